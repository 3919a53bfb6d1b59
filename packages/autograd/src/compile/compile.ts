// compile(fn): the same function, traced once, run as a program from then on.

import { ArgumentError } from '../errors.js';
import { instantiateGemm } from '../kernels/wasm/gemm-module.js';
import type { Tensor } from '../tensor/tensor.js';
import { leavesOf, mapTree } from '../transforms/tree.js';
import { Cells } from './cells.js';
import { assertSame } from './compare.js';
import type { Explanation } from './explain.js';
import { Heap } from './memory.js';
import { type Engine, Program } from './program.js';
import { trace } from './trace.js';

/** A compiled function: called like the original one. */
export interface Compiled<A extends readonly unknown[], R> {
  (...args: A): R;
  /** What the program for these arguments does; by default, the one that ran last. Traces it if there is none yet. */
  explain(...args: A | []): Explanation;
}

/** Programs kept for one function, for different shapes and static arguments; the one used longest ago goes first. */
const PROGRAMS_KEPT = 16;

let shared: Engine | null = null;

function engine(): Engine {
  if (shared === null) {
    const heap = new Heap();
    shared = {
      heap,
      cells: new Cells(heap),
      gemm: instantiateGemm(heap.memory),
      arena: { address: 0, bytes: 0 },
    };
  }
  return shared;
}

/** What a program is made for: shapes and dtypes of tensors, and the values of everything else. */
function keyOf(args: readonly unknown[]): string {
  const described = mapTree(args, (value) => `${value.dtype}[${value.shape.join()}]`);
  return JSON.stringify(described, (_key, value: unknown) => {
    if (typeof value === 'function' || typeof value === 'symbol') {
      throw new ArgumentError(
        `compile: arguments are tensors, variables, plain values and nested arrays or objects of them, ` +
          `got a ${typeof value}. Close over it instead of passing it.`,
      );
    }
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
    return typeof value === 'bigint' ? `${value}n` : value;
  });
}

/**
 * The function as a program: traced on symbolic tensors for each combination of shapes, dtypes and static arguments,
 * optimised, and run in WebAssembly's memory from then on. Cells that it assigns stay there, and everybody sees their
 * new values.
 *
 * The function must do the same every time: it is traced twice, and two traces that differ are refused.
 * @throws TraceError if it asks for elements while it is traced, or if two traces differ.
 */
export function compile<A extends readonly unknown[], R>(fn: (...args: A) => R): Compiled<A, R> {
  const programs = new Map<string, Program>();
  const programFor = (args: A): Program => {
    const key = keyOf(args);
    let program = programs.get(key);
    if (program === undefined || !program.fits()) {
      const first = trace(fn as never, args);
      assertSame(first, trace(fn as never, args));
      program?.evict();
      program = new Program(engine(), first);
      makeRoom(programs);
    } else programs.delete(key);
    programs.set(key, program);
    return program;
  };
  const run = (...args: A): R => {
    const program = programFor(args);
    const inputs: Tensor[] = leavesOf(args).map(({ value }) => value.read());
    return program.run(inputs) as R;
  };
  const explain = (...args: A | []): Explanation => {
    const last = [...programs.values()].at(-1);
    const program = args.length === 0 && last !== undefined ? last : programFor(args as A);
    return program.explain();
  };
  return Object.assign(run, { explain });
}

function makeRoom(programs: Map<string, Program>): void {
  if (programs.size < PROGRAMS_KEPT) return;
  const [oldest] = programs.keys();
  programs.get(oldest)?.evict();
  programs.delete(oldest);
}
