// scalar/closure: kernels of formulas without generated code, for pages whose policy forbids `new Function`.

import { coerce, type DType } from '../tensor/dtype.js';
import type { Expr } from './expr.js';
import { checkArity, nodesOf } from './graph.js';
import type { Loop, ScalarKernel } from './kernel.js';
import { constantOf, meaningOf } from './meaning.js';

interface Step {
  readonly run: (a: number, b: number, c: number) => number;
  readonly to: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/**
 * The kernel of `f` as a list of steps over an array of registers, one a node: arguments first, operands before users.
 * Both branches of a select are computed and one is taken, which without side effects is the same.
 * Throws an `ArgumentError` if `f` uses more arguments than `arity`, a `DTypeError` for ops that `dtype` hasn't.
 */
export function closureKernel(f: Expr, arity: number, dtype: DType): ScalarKernel {
  checkArity(f, arity);
  const register = new Map<Expr, number>();
  const registers: number[] = new Array(arity).fill(0);
  const steps: Step[] = [];
  for (const node of nodesOf(f)) {
    if (node.op === 'argument') {
      register.set(node, node.index);
      continue;
    }
    const to = registers.length;
    register.set(node, to);
    registers.push(0);
    if (node.op === 'constant') {
      registers[to] = constantOf(node.value, dtype);
      continue;
    }
    const { run, exact } = meaningOf(node.op, dtype);
    const [a, b = 0, c = 0] = node.args.map((arg) => register.get(arg) as number);
    const rounded: Step['run'] = (x, y, z) => Math.fround(run(x, y, z));
    steps.push({ run: dtype === 'float32' && !exact ? rounded : run, to, a, b, c });
  }
  const result = register.get(f) as number;

  const compute = (): number => {
    for (const { run, to, a, b, c } of steps) {
      registers[to] = run(registers[a], registers[b], registers[c]);
    }
    return registers[result];
  };

  const scalar = (...args: number[]): number => {
    for (let i = 0; i < arity; i++) registers[i] = coerce(args[i], dtype);
    return compute();
  };

  const loop: Loop = (out, o, n, ...operands) => {
    const row: number[] = new Array(arity).fill(0);
    for (let k = 0; k < n; k++) {
      for (let i = 0; i < arity; i++) {
        const array = operands[3 * i] as ArrayLike<number>;
        const start = operands[3 * i + 1] as number;
        const stride = operands[3 * i + 2] as number;
        row[i] = array[start + k * stride];
      }
      out[o + k] = scalar(...row);
    }
  };

  return { scalar, loop };
}
