// The one memory that all programs share: blocks of cells that stay, and an arena for what comes and goes.

import { MemoryError } from '../errors.js';
import { newMemory } from '../kernels/threads/index.js';

/** Blocks begin at cache lines, which matrix products want. */
export const ALIGNMENT = 64;

const VECTOR_BYTES = 16;
const PAGE = 65536;

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

interface Gap {
  start: number;
  size: number;
}

/** What a block takes: its bytes, and one vector behind them that may be written when the last one is not full. */
function room(bytes: number): number {
  return aligned(bytes + VECTOR_BYTES);
}

/** A first-fit allocator over addresses, merging what is given back. */
export class Addresses {
  #gaps: Gap[] = [];
  #end: number;

  constructor(start = 0) {
    this.#end = start;
  }

  /** The first address that was never taken. */
  get end(): number {
    return this.#end;
  }

  take(bytes: number): number {
    const size = room(bytes);
    const gap = this.#gaps.find((one) => one.size >= size);
    const start = gap?.start ?? this.#end;
    if (gap === undefined) this.#end += size;
    else {
      gap.start += size;
      gap.size -= size;
      if (gap.size === 0) this.#gaps = this.#gaps.filter((one) => one !== gap);
    }
    return start;
  }

  give(start: number, bytes: number): void {
    const all = [...this.#gaps, { start, size: room(bytes) }].sort((a, b) => a.start - b.start);
    this.#gaps = [];
    let last: Gap | null = null;
    for (const gap of all) {
      if (last !== null && last.start + last.size === gap.start) last.size += gap.size;
      else {
        last = gap;
        this.#gaps.push(gap);
      }
    }
    if (last !== null && last.start + last.size === this.#end) {
      this.#end = last.start;
      this.#gaps.pop();
    }
  }
}

/** WebAssembly memory with an allocator on it, shared with other threads if there can be any. It grows, and never shrinks. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  // Address 0 stays free, so that no block is mistaken for none.
  readonly #addresses = new Addresses(ALIGNMENT);

  constructor() {
    this.memory = newMemory(1);
  }

  /** @throws MemoryError, before anything is taken, if it doesn't fit into 4 GiB or the engine refuses. */
  take(bytes: number, what: string): number {
    const address = this.#addresses.take(bytes);
    const missing = Math.ceil((this.#addresses.end - this.memory.buffer.byteLength) / PAGE);
    try {
      if (missing > 0) this.memory.grow(missing);
      return address;
    } catch {
      this.#addresses.give(address, bytes);
      throw new MemoryError(
        `compile: a program and its cells fit into the 4 GiB of WebAssembly, got ${bytes} bytes for ${what} ` +
          `besides ${this.memory.buffer.byteLength} bytes in use. Use smaller batches, or run it without compile.`,
      );
    }
  }

  give(address: number, bytes: number): void {
    this.#addresses.give(address, bytes);
  }
}
