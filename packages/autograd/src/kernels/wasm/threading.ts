// What cuts large products over threads: there once the part of the library that has threads is loaded.

import type { Gemm } from './gemm-module.js';
import type { Placed } from './gemm-threads.js';
import type { LaneType } from './vector.js';

/** A product that is cut over several threads. */
export interface Cut {
  /** Bytes of scratch beyond those that one thread needs. */
  readonly scratch: number;
  multiply(gemm: Gemm, product: Placed, scratch: number): void;
}

export interface Threading {
  /** A memory that threads share, if there can be threads. */
  newMemory(initial: number): WebAssembly.Memory;
  /** How a product of this size, on a memory, is cut over threads; null where it isn't worth more than one. */
  cut(memory: WebAssembly.Memory, dtype: LaneType, m: number, n: number, k: number): Cut | null;
}

/** A program that is bundled for a page and compiles nothing need not carry threads with it. */
export const threading: { current: Threading | null } = { current: null };

/** Whether several threads may work on a memory. */
export function isShared({ buffer }: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer === 'function' && buffer instanceof SharedArrayBuffer;
}
