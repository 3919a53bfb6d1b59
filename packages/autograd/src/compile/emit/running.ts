// What WebAssembly calls back: one pair of imports for all modules, answered by the program that is running.

import { i32, importFunc } from '../../kernels/wasm/assembler/index.js';

/** Answers what a running program asks of JavaScript. */
export interface Host {
  /** What is done for each instruction that is left to JavaScript. */
  readonly hosted: readonly (() => void)[];
  /** Throws because instruction k was given an index that there is not. */
  refuse(k: number, index: number): never;
  /** Is told that the program has ended, also if it has thrown. */
  ended(): void;
}

/** Runs all steps of a program: where the arena begins, and where the table of parameters. */
export type Run = (arena: number, table: number) => void;

let running: Host | null = null;

/** (k): instruction k, in JavaScript. */
export const hostCall = importFunc({ in: [i32], out: [] }, (k) => running?.hosted[k]());

/** (k, index): never returns. */
export const refusal = importFunc({ in: [i32, i32], out: [] }, (k, index) =>
  running?.refuse(k, index),
);

/** Calls `run(arena, table)` with its callbacks answered by `host`; programs may run within programs. */
export function runWith(host: Host, run: Run, arena: number, table: number): void {
  const outer = running;
  running = host;
  try {
    run(arena, table);
  } finally {
    running = outer;
    host.ended();
  }
}
