// Arrays over the memory of programs.

import { type DType, type TypedArray, viewOf } from '../tensor/dtype.js';
import { allocate, type Storage, UNSET_FROM } from '../tensor/storage.js';

/** The elements at an address. The array is good until the memory grows. */
export function arrayAt(
  memory: WebAssembly.Memory,
  dtype: DType,
  address: number,
  length: number,
): TypedArray {
  return viewOf(dtype, memory.buffer, address, length);
}

/** Writes elements to an array over the memory. */
export function write(array: TypedArray, elements: Storage): void {
  if (typeof elements === 'number') array[0] = elements;
  else array.set(elements as TypedArray);
}

/** The elements on their own: in no array of a slab, which would be held as long as the least of its arrays. */
export function read(array: TypedArray, dtype: DType, rank: number): Storage {
  if (rank === 0) return array[0];
  if (array.byteLength < UNSET_FROM) return array.slice();
  const copy = allocate(dtype, array.length, true);
  copy.set(array);
  return copy;
}
