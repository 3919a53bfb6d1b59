// Cells that live in the memory of programs: one block each, however many programs read it.

import { bytesPerElement, type TypedArray } from '../tensor/dtype.js';
import type { Storage } from '../tensor/storage.js';
import type { Variable } from '../tensor/variable.js';
import type { Heap } from './memory.js';
import { arrayAt } from './views.js';

/** A cell's place, and which of its versions lies there. */
export interface Resident {
  readonly cell: Variable;
  readonly address: number;
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
    if (resident === undefined) {
      const address = this.#heap.take(
        bytesOfCell(cell),
        `a cell of shape [${cell.shape.join(', ')}]`,
      );
      resident = { cell, address, version: -1, users: 0 };
      this.#residents.set(cell, resident);
    }
    resident.users++;
    return resident;
  }

  /** A program that is evicted gives its cells back; one that no other program holds moves to an array of its own. */
  drop(resident: Resident): void {
    resident.users--;
    if (resident.users > 0) return;
    resident.cell.read();
    this.#residents.delete(resident.cell);
    this.#heap.give(resident.address, bytesOfCell(resident.cell));
  }

  /** Copies the cell's value in, unless it is what lies there already. */
  load(resident: Resident): void {
    const { cell, address } = resident;
    if (resident.version === cell.version) return;
    const elements = cell.read().storage as TypedArray | number;
    const array = arrayAt(this.#heap.memory, cell.dtype, address, cell.size);
    if (typeof elements === 'number') array[0] = elements;
    else array.set(elements);
    resident.version = cell.version;
  }

  /** Says that a program has written a new value; it is copied out when somebody reads the cell. */
  store({ cell, address }: Resident): void {
    cell.defer((): Storage => {
      const array = arrayAt(this.#heap.memory, cell.dtype, address, cell.size);
      return cell.rank === 0 ? array[0] : array.slice();
    });
  }
}

function bytesOfCell(cell: Variable): number {
  return cell.size * bytesPerElement(cell.dtype);
}
