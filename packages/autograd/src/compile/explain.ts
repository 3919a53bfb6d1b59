// What a program does, for people: its kernels, what was fused, bytes, operations, memory.

import { nodesOf, toSource } from '../scalar/index.js';
import { formatShape, sizeOf } from '../tensor/shape.js';
import type { Instruction } from './instruction.js';
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

function describe(instruction: Instruction): string {
  const { call } = instruction;
  switch (call.kind) {
    case 'elementwise':
      return `${toSource(call.f)} on ${formatShape(call.shape)}`;
    case 'reduce':
      return `${call.reduction} [${call.outer}, ${call.count}, ${call.inner}]`;
    case 'reduceFormula': {
      const [reduction, formula] = [call.reduce, call.formula].map((own) =>
        describe({ ...instruction, call: own }),
      );
      const written = instruction.outputs.length > 1 ? ', which is kept' : '';
      return `${reduction} of ${formula}${written}`;
    }
    case 'matmul': {
      const a = call.transposeA ? `[${call.k}, ${call.m}]ᵀ` : `[${call.m}, ${call.k}]`;
      const b = call.transposeB ? `[${call.n}, ${call.k}]ᵀ` : `[${call.k}, ${call.n}]`;
      return `matmul ${a} · ${b}${call.batch.length > 1 ? ` × ${call.batch.length}` : ''}`;
    }
    case 'descent':
      return `W - rate * (${describe({ ...instruction, call: call.product })})`;
    case 'axis':
      return `${call.kernel} [${call.outer}, ${call.count}, ${call.inner}]`;
    case 'softmaxWithLogs':
      return `softmax and its logarithm [${call.outer}, ${call.count}, ${call.inner}]`;
    case 'copy':
      return `copy ${formatShape(call.shape)}`;
    case 'accumulate':
      return `accumulate ${formatShape(call.shape)}`;
    case 'convert':
      return `convert ${call.from} → ${call.to}`;
    case 'host':
      return call.name;
    case 'draw':
      return 'random numbers';
  }
}

function flopsOf(instruction: Instruction): number {
  const {
    call,
    outputs: [out],
  } = instruction;
  switch (call.kind) {
    case 'reduceFormula':
      return [call.reduce, call.formula].reduce(
        (sum, own) => sum + flopsOf({ ...instruction, call: own }),
        0,
      );
    case 'elementwise': {
      const operations = nodesOf(call.f).filter(({ args }) => args.length > 0).length;
      return operations * sizeOf(call.shape);
    }
    case 'descent':
      return 2 * call.product.m * call.product.n * call.product.k;
    case 'matmul':
      return 2 * call.m * call.n * call.k * call.batch.length;
    case 'accumulate':
      return sizeOf(call.shape);
    case 'reduce':
    case 'axis':
    case 'softmaxWithLogs':
      return call.outer * call.count * call.inner;
    default:
      return 0 * out.length;
  }
}

export function explainInstruction(
  instruction: Instruction,
  engine: ExplainedKernel['engine'],
): ExplainedKernel {
  const blocks = [...instruction.inputs, ...instruction.outputs];
  return {
    kernel: describe(instruction),
    engine,
    bytes: blocks.reduce((sum, block) => sum + bytesOf(block), 0),
    flops: flopsOf(instruction),
  };
}

/** Everything that `explain()` tells; printing it shows a table. */
export class Explanation {
  readonly kernels: readonly ExplainedKernel[];
  /** Kernel calls that were noted down, before anything was folded, shared and fused. */
  readonly traced: number;
  readonly arenaBytes: number;
  readonly cellBytes: number;
  /** Distinct WebAssembly functions, and the size of the module that holds them. */
  readonly functions: number;
  readonly moduleBytes: number;

  /** @internal */
  constructor(parts: Omit<Explanation, 'toString'>) {
    this.kernels = parts.kernels;
    this.traced = parts.traced;
    this.arenaBytes = parts.arenaBytes;
    this.cellBytes = parts.cellBytes;
    this.functions = parts.functions;
    this.moduleBytes = parts.moduleBytes;
  }

  toString(): string {
    const rows = this.kernels.map(({ kernel, engine, bytes, flops }, k) => [
      String(k),
      engine,
      String(bytes),
      String(flops),
      kernel,
    ]);
    const table = [['#', 'runs in', 'bytes', 'flops', 'kernel'], ...rows];
    const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
    const lines = table.map((row) =>
      row
        .map((cell, column) =>
          column === 2 || column === 3
            ? cell.padStart(widths[column])
            : cell.padEnd(widths[column]),
        )
        .join('  ')
        .trimEnd(),
    );
    const total = (pick: (kernel: ExplainedKernel) => number) =>
      this.kernels.reduce((sum, kernel) => sum + pick(kernel), 0);
    return [
      ...lines,
      `${this.kernels.length} kernels from ${this.traced} that were traced; ` +
        `${total(({ bytes }) => bytes)} bytes moved, ${total(({ flops }) => flops)} operations`,
      `arena ${this.arenaBytes} bytes, cells ${this.cellBytes} bytes; ` +
        `${this.functions} functions in a module of ${this.moduleBytes} bytes`,
    ].join('\n');
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
