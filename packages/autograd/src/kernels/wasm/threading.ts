// What cuts large products over threads: there once the part of the library that has threads is loaded.

import type { Gemm } from './gemm-module.js';
import type { Placed } from './gemm-threads.js';
import type { LaneType } from './vector.js';

export interface Threading {
  /** A memory that threads share, if there can be threads. */
  newMemory(initial: number): WebAssembly.Memory;
  /** How many threads a product on a memory may use: 1 where it isn't worth more. */
  threadsFor(memory: WebAssembly.Memory, dtype: LaneType, m: number, n: number, k: number): number;
  scratchPerThread(dtype: LaneType, n: number, k: number): number;
  /** The product on at most `threads` threads, more than one. */
  multiply(
    gemm: Gemm,
    dtype: LaneType,
    product: Placed,
    scratch: number,
    perThread: number,
    threads: number,
  ): void;
}

/** A program that is bundled for a page and compiles nothing need not carry threads with it. */
export const threading: { current: Threading | null } = { current: null };

/** Whether several threads may work on a memory. */
export function isShared({ buffer }: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer === 'function' && buffer instanceof SharedArrayBuffer;
}
