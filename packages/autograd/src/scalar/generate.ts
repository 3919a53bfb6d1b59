// scalar/generate: kernels of formulas as generated JavaScript, one statement a shared node.

import type { DType } from '../tensor/dtype.js';
import type { Expr } from './expr.js';
import { argumentsOf, checkArity, nodesOf } from './graph.js';
import type { ScalarKernel } from './kernel.js';
import { constantOf, HELPERS, meaningOf } from './meaning.js';

/**
 * Statements that run together. A branch of a select is a block within the block of the select: what only that branch
 * uses is computed there, and not at all when the other branch is taken.
 */
interface Block {
  readonly parent: Block | null;
  readonly depth: number;
  readonly statements: string[];
}

const childOf = (parent: Block | null): Block => ({
  parent,
  depth: parent === null ? 0 : parent.depth + 1,
  statements: [],
});

/** The innermost block around both. */
function common(a: Block, b: Block): Block {
  let [p, q] = [a, b];
  while (p !== q) {
    if (p.depth >= q.depth) p = p.parent as Block;
    else q = q.parent as Block;
  }
  return p;
}

/** Where each node is computed, how often it is used, and the blocks of each select's branches. */
interface Plan {
  readonly block: Map<Expr, Block>;
  readonly uses: Map<Expr, number>;
  readonly branches: Map<Expr, readonly [Block, Block]>;
}

/** Goes from users to operands, so that all uses of a node are known when it is reached. */
function planOf(f: Expr, nodes: readonly Expr[]): Plan {
  const plan: Plan = { block: new Map([[f, childOf(null)]]), uses: new Map(), branches: new Map() };
  const use = (node: Expr, where: Block): void => {
    const known = plan.block.get(node);
    plan.block.set(node, known === undefined ? where : common(known, where));
    plan.uses.set(node, (plan.uses.get(node) ?? 0) + 1);
  };
  for (let k = nodes.length - 1; k >= 0; k--) {
    const node = nodes[k];
    const here = plan.block.get(node) as Block;
    if (node.op === 'select') {
      const branches = [childOf(here), childOf(here)] as const;
      plan.branches.set(node, branches);
      use(node.args[0], here);
      use(node.args[1], branches[0]);
      use(node.args[2], branches[1]);
    } else {
      for (const arg of node.args) use(arg, here);
    }
  }
  return plan;
}

/** Expressions nest no deeper than this, so that neither the parser nor a reader runs out of breath. */
const MAX_NESTING = 12;

/** An expression, how deeply it nests, and as a condition ("isn't 0") where there is a shorter way to say that. */
interface Code {
  readonly text: string;
  readonly nesting: number;
  readonly test: string | null;
}

const inline = (text: string): Code => ({ text, nesting: 0, test: null });

const literal = (value: number): string => {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.startsWith('-') ? `(${text})` : text;
};

/** The statements that compute `f` from x0, x1, … (numbers of `dtype`), and the expression of its value. */
function bodyOf(f: Expr, dtype: DType): { statements: string[]; result: string } {
  const nodes = nodesOf(f);
  const plan = planOf(f, nodes);
  const codes = new Map<Expr, Code>();
  const codeOf = (node: Expr): Code => codes.get(node) as Code;
  let names = 0;

  /** Leaves the code inline, or binds it to a name if it is used again or nests too deeply. */
  const settle = (node: Expr, code: Code): void => {
    if ((plan.uses.get(node) ?? 0) <= 1 && code.nesting < MAX_NESTING) {
      codes.set(node, code);
      return;
    }
    const name = `t${names++}`;
    (plan.block.get(node) as Block).statements.push(`const ${name} = ${code.text};`);
    codes.set(node, inline(name));
  };

  const select = (node: Expr): void => {
    const [condition, a, b] = node.args.map(codeOf);
    const [left, right] = plan.branches.get(node) as readonly [Block, Block];
    const test = condition.test ?? `${condition.text} !== 0`;
    if (left.statements.length === 0 && right.statements.length === 0) {
      const nesting = 1 + Math.max(condition.nesting, a.nesting, b.nesting);
      settle(node, { text: `(${test} ? ${a.text} : ${b.text})`, nesting, test: null });
      return;
    }
    const name = `t${names++}`;
    (plan.block.get(node) as Block).statements.push(
      `let ${name};`,
      `if (${test}) {`,
      ...left.statements.map((line) => `  ${line}`),
      `  ${name} = ${a.text};`,
      '} else {',
      ...right.statements.map((line) => `  ${line}`),
      `  ${name} = ${b.text};`,
      '}',
    );
    codes.set(node, inline(name));
  };

  for (const node of nodes) {
    if (node.op === 'argument') {
      codes.set(node, inline(`x${node.index}`));
    } else if (node.op === 'constant') {
      codes.set(node, inline(literal(constantOf(node.value, dtype))));
    } else if (node.op === 'select') {
      select(node);
    } else {
      const { code, exact, test } = meaningOf(node.op, dtype);
      const [a, b = '', c = ''] = node.args.map((arg) => codeOf(arg).text);
      const text = code(a, b, c);
      settle(node, {
        text: dtype === 'float32' && !exact ? `Math.fround(${text})` : text,
        nesting: 1 + Math.max(...node.args.map((arg) => codeOf(arg).nesting)),
        test: test === null ? null : test(a, b),
      });
    }
  }
  return { statements: (plan.block.get(f) as Block).statements, result: codeOf(f).text };
}

const COERCE: Readonly<Record<DType, (x: string) => string>> = {
  float64: (x) => x,
  float32: (x) => `Math.fround(${x})`,
  int32: (x) => `${x} | 0`,
  bool: (x) => `${x} !== 0 ? 1 : 0`,
};

const indent = (lines: readonly string[], by: string): string =>
  lines.map((line) => `${by}${line}\n`).join('');

/**
 * JavaScript that returns the kernel `{ scalar, loop }` of `f`, for reading and for `new Function`.
 * Throws an `ArgumentError` if `f` uses more arguments than `arity`, a `DTypeError` for ops that `dtype` hasn't.
 */
export function kernelSource(f: Expr, arity: number, dtype: DType): string {
  checkArity(f, arity);
  const { statements, result } = bodyOf(f, dtype);
  const each = Array.from({ length: arity }, (_, i) => i);
  const used = argumentsOf(f);
  const coerce = COERCE[dtype];
  const scalarHead = dtype === 'float64' ? [] : used.map((i) => `x${i} = ${coerce(`x${i}`)};`);
  const loads = used.map((i) => `const x${i} = ${coerce(`a${i}[i${i}]`)};`);
  const steps = used.map((i) => `i${i} += s${i};`);
  return `'use strict';
return {
  scalar(${each.map((i) => `x${i}`).join(', ')}) {
${indent([...scalarHead, ...statements], '    ')}    return ${result};
  },
  loop(${['out', 'o', 'n', ...each.map((i) => `a${i}, i${i}, s${i}`)].join(', ')}) {
    for (const end = o + n; o < end; o++) {
${indent([...loads, ...statements, `out[o] = ${result};`, ...steps], '      ')}    }
  },
};
`;
}

/** The kernel of `f` as compiled JavaScript. Throws an `EvalError` where generated code is forbidden. */
export function generateKernel(f: Expr, arity: number, dtype: DType): ScalarKernel {
  const source = kernelSource(f, arity, dtype);
  return new Function(...Object.keys(HELPERS), source)(...Object.values(HELPERS));
}
