// Where elements live: typed arrays owned by the garbage collector, small ones cut from shared slabs.

import { callSite, TraceError } from '../errors.js';
import { arrayOfLength, bytesPerElement, type DType, type TypedArray, viewOf } from './dtype.js';
import { Symbolic } from './symbolic.js';

/** The elements of a tensor, row-major. A scalar's single element is kept as a plain number. */
export type Storage = TypedArray | number | Symbolic;

/** The elements, where they are needed at once. @throws TraceError while tracing, when there are none yet. */
export function elementsOf(op: string, storage: Storage): TypedArray | number {
  if (!(storage instanceof Symbolic)) return storage;
  throw new TraceError(
    `${op}: elements are read after a run, got a tensor that is being traced${callSite()}. ` +
      'Use tensor operations instead, return the tensor from the traced function, or pass the value in.',
  );
}

/**
 * A slab is one ArrayBuffer that many small tensors share, as Node's Buffer pool does: making a typed
 * array with its own buffer costs about ten times as much as a view. It is small so that a tensor that
 * is kept for long keeps little else alive.
 */
const SLAB_BYTES = 8192;
const LARGEST_IN_SLAB = 2048;

let slab = new ArrayBuffer(SLAB_BYTES);
let used = 0;

/** From so many bytes on, zeros take longer than asking for none. */
export const UNSET_FROM = 16384;

/**
 * An array for `length` elements: zeroed, unless the caller is going to write them all. In Node large arrays are then whatever
 * the memory held: zeros would have to be brought into the caches and out again.
 */
export function allocate(dtype: DType, length: number, covered = false): TypedArray {
  const bytes = length * bytesPerElement(dtype);
  if (bytes <= LARGEST_IN_SLAB && length > 0) {
    if (used + bytes > SLAB_BYTES) {
      slab = new ArrayBuffer(SLAB_BYTES);
      used = 0;
    }
    const start = used;
    used = (start + bytes + 7) & ~7;
    return viewOf(dtype, slab, start, length);
  }
  if (covered && bytes >= UNSET_FROM && globalThis.Buffer !== undefined) {
    return viewOf(dtype, globalThis.Buffer.allocUnsafeSlow(bytes).buffer, 0, length);
  }
  return arrayOfLength(dtype, length);
}

/** The storage as an array, for kernels that don't tell a scalar from an array of one element; symbolic ones stay. */
export function asArray(storage: TypedArray | number, dtype: DType): TypedArray;
export function asArray(storage: Storage, dtype: DType): TypedArray | Symbolic;
export function asArray(storage: Storage, dtype: DType): TypedArray | Symbolic {
  if (typeof storage !== 'number') return storage;
  const array = allocate(dtype, 1);
  array[0] = storage;
  return array;
}

/** The elements converted to another dtype, in a new array. */
export function convertArray(source: ArrayLike<number>, dtype: DType): TypedArray {
  const array = allocate(dtype, source.length);
  if (dtype === 'bool') {
    for (let i = 0; i < array.length; i++) array[i] = source[i] === 0 ? 0 : 1;
  } else array.set(source);
  return array;
}
