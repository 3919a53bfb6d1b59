// Arrays for the tests of the SIMD kernels: both dtypes, odd offsets, and figures that repeat.

import type { LaneType } from '../../../src/kernels/wasm/vector.js';

export type Floats = Float32Array | Float64Array;

export const DTYPES = ['float32', 'float64'] as const;

export const zeros = (dtype: LaneType, length: number): Floats =>
  dtype === 'float32' ? new Float32Array(length) : new Float64Array(length);

/** `length` elements that begin `offset` elements into their buffer. */
export function filled(
  dtype: LaneType,
  length: number,
  value: (i: number) => number,
  offset = 0,
): Floats {
  const array = zeros(dtype, length + offset).subarray(offset);
  for (let i = 0; i < length; i++) array[i] = value(i);
  return array;
}

/** Numbers between −scale and scale, without a pattern that a kernel could share. */
export const scattered =
  (seed: number, scale = 3) =>
  (i: number): number => {
    let bits = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca77);
    bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
    bits ^= bits >>> 13;
    return ((bits >>> 0) / 2 ** 31 - 1) * scale;
  };

/** The first index at which bits differ (all NaN are one); −1 if none does. */
export function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  for (let i = 0; i < b.length; i++) if (!Object.is(a[i], b[i])) return i;
  return -1;
}

/** max |a − b| / max |b|; NaN where an infinity or a NaN stands in one of them only. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let largest = Number.MIN_VALUE;
  for (let i = 0; i < b.length; i++) {
    if (Number.isFinite(b[i])) largest = Math.max(largest, Math.abs(b[i]));
    if (a[i] !== b[i] && !(Number.isNaN(a[i]) && Number.isNaN(b[i]))) {
      difference = Math.max(difference, Math.abs(a[i] - b[i]));
    }
  }
  return difference === Infinity ? NaN : difference / largest;
}
