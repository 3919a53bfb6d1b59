// What a program does, for people: its kernels, what was fused, bytes, operations, memory.

import { nodesOf, toSource } from '../scalar/index.js';
import { formatShape, sizeOf } from '../tensor/shape.js';
import { inColumns, Printed } from '../tensor/text.js';
import type { Call, Instruction, ReduceCall } from './instruction.js';
import { bytesOf } from './plan.js';

/** One kernel of a program. */
export interface ExplainedKernel {
  readonly kernel: string;
  /** `wasm`, `threads` for WebAssembly on several threads, `blas` for the system's library, or `host` for JavaScript. */
  readonly engine: 'wasm' | 'threads' | 'blas' | 'host';
  /** Bytes read and written. */
  readonly bytes: number;
  /** Arithmetic operations; a function such as exp counts as one. */
  readonly flops: number;
}

/** What a call does, in words and in arithmetic operations. */
function describe(call: Call): readonly [kernel: string, flops: number] {
  switch (call.kind) {
    case 'elementwise': {
      const operations = nodesOf(call.f).filter(({ args }) => args.length > 0).length;
      const kernel = `${toSource(call.f)} on ${formatShape(call.shape)}`;
      return [kernel, operations * sizeOf(call.shape)];
    }
    case 'reduce':
      return alongAxis(call.reduction, call);
    case 'axis':
      return alongAxis(call.kernel.replace('WithLogs', ' and its logarithm'), call);
    case 'reduceFormula': {
      const [reduction, own] = describe(call.reduce);
      const [formula, flops] = describe(call.formula);
      return [`${reduction} of ${formula}`, own + flops];
    }
    case 'matmul': {
      const { m, n, k, batch } = call;
      const a = call.transposeA ? `${formatShape([k, m])}ᵀ` : formatShape([m, k]);
      const b = call.transposeB ? `${formatShape([n, k])}ᵀ` : formatShape([k, n]);
      const times = batch.length > 1 ? ` × ${batch.length}` : '';
      return [`matmul ${a} · ${b}${times}`, 2 * m * n * k * batch.length];
    }
    case 'descent': {
      const [product, flops] = describe(call.product);
      return [`W - rate * (${product})`, flops];
    }
    case 'copy':
    case 'accumulate': {
      const { kind, shape } = call;
      return [`${kind} ${formatShape(shape)}`, kind === 'copy' ? 0 : sizeOf(shape)];
    }
    case 'convert':
      return [`convert ${call.from} → ${call.to}`, 0];
    case 'host':
      return [call.name, 0];
    case 'draw':
      return ['random numbers', 0];
  }
}

const alongAxis = (
  name: string,
  { outer, count, inner }: Pick<ReduceCall, 'outer' | 'count' | 'inner'>,
): readonly [kernel: string, flops: number] => [
  `${name} ${formatShape([outer, count, inner])}`,
  outer * count * inner,
];

export function explainInstruction(
  { call, inputs, outputs }: Instruction,
  engine: ExplainedKernel['engine'],
): ExplainedKernel {
  const [kernel, flops] = describe(call);
  const written = call.kind === 'reduceFormula' && call.written ? ', which is kept' : '';
  const bytes = [...inputs, ...outputs].reduce((sum, block) => sum + bytesOf(block), 0);
  return { kernel: kernel + written, engine, bytes, flops };
}

/** Everything that `explain()` tells; printing it shows a table. */
export class Explanation extends Printed {
  declare readonly kernels: readonly ExplainedKernel[];
  /** Kernel calls that were noted down, before anything was folded, shared and fused. */
  declare readonly traced: number;
  declare readonly arenaBytes: number;
  declare readonly cellBytes: number;
  /** Distinct WebAssembly functions, and the size of the module that holds them. */
  declare readonly functions: number;
  declare readonly moduleBytes: number;

  /** @internal */
  constructor(parts: Omit<Explanation, 'toString'>) {
    super();
    Object.assign(this, parts);
  }

  toString(): string {
    const rows = this.kernels.map(({ kernel, engine, bytes, flops }, k) => [
      String(k),
      engine,
      String(bytes),
      String(flops),
      kernel,
    ]);
    const total = (pick: (kernel: ExplainedKernel) => number) =>
      this.kernels.reduce((sum, kernel) => sum + pick(kernel), 0);
    return [
      inColumns([['#', 'runs in', 'bytes', 'flops', 'kernel'], ...rows], [2, 3]),
      `${this.kernels.length} kernels from ${this.traced} that were traced; ` +
        `${total(({ bytes }) => bytes)} bytes moved, ${total(({ flops }) => flops)} operations`,
      `arena ${this.arenaBytes} bytes, cells ${this.cellBytes} bytes; ` +
        `${this.functions} functions in a module of ${this.moduleBytes} bytes`,
    ].join('\n');
  }
}
