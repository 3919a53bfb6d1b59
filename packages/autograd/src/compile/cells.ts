// Cells that live in the memory of programs: one block each, however many programs read it.

import { bytesPerElement, type DType } from '../tensor/dtype.js';
import { formatShape } from '../tensor/shape.js';
import type { Storage } from '../tensor/storage.js';
import type { Variable } from '../tensor/variable.js';
import type { Heap } from './memory.js';
import { arrayAt, read, write } from './views.js';

/** A cell's place, and which of its versions lies there. */
export interface Resident {
  readonly cell: Variable;
  readonly dtype: DType;
  readonly address: number;
  readonly bytes: number;
  /** Copies the value out, when somebody reads the cell after a program has written it. */
  readonly fetch: () => Storage;
  version: number;
  users: number;
}

export class Cells {
  readonly #heap: Heap;
  readonly #residents = new WeakMap<Variable, Resident>();

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** The cell's block; made for the first program that asks. */
  hold(cell: Variable): Resident {
    let resident = this.#residents.get(cell);
    // A cell that has been converted since is another one to the memory.
    if (resident === undefined || resident.dtype !== cell.dtype) {
      resident = this.#settle(cell);
      this.#residents.set(cell, resident);
    }
    resident.users++;
    return resident;
  }

  #settle(cell: Variable): Resident {
    const { dtype, size, rank } = cell;
    const { memory } = this.#heap;
    const bytes = size * bytesPerElement(dtype);
    const address = this.#heap.take(bytes, `a cell of shape ${formatShape(cell.shape)}`);
    const fetch = (): Storage => read(arrayAt(memory, dtype, address, size), dtype, rank);
    return { cell, dtype, address, bytes, fetch, version: -1, users: 0 };
  }

  /** A program that is evicted gives its cells back; one that no other program holds moves to an array of its own. */
  drop(resident: Resident): void {
    resident.users--;
    if (resident.users > 0) return;
    const { cell, address, bytes } = resident;
    cell.read();
    if (this.#residents.get(cell) === resident) this.#residents.delete(cell);
    this.#heap.give(address, bytes);
  }

  /** Copies the cell's value in. */
  load(resident: Resident): void {
    const { cell, address } = resident;
    const array = arrayAt(this.#heap.memory, cell.dtype, address, cell.size);
    write(array, cell.read().storage);
    resident.version = cell.version;
  }
}
