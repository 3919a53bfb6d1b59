// What the elements of a tensor are: four dtypes, their order of promotion and their arrays.

import { DTypeError } from '../errors.js';

export type DType = 'float32' | 'float64' | 'int32' | 'bool';

/** The arrays behind the four dtypes; a bool is a byte, 0 or 1. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** 0 … 3, bool < int32 < float32 < float64: the order of promotion. */
export const RANK: Readonly<Record<DType, number>> = { bool: 0, int32: 1, float32: 2, float64: 3 };

export function isDType(value: unknown): value is DType {
  return typeof value === 'string' && Object.hasOwn(RANK, value);
}

export function isFloating(dtype: DType): dtype is 'float32' | 'float64' {
  return dtype === 'float32' || dtype === 'float64';
}

export function bytesPerElement(dtype: DType): number {
  if (dtype === 'float32' || dtype === 'int32') return 4;
  return dtype === 'float64' ? 8 : 1;
}

/** The higher of two dtypes in bool < int32 < float32 < float64. */
export function promote(a: DType, b: DType): DType {
  return a === b || RANK[a] > RANK[b] ? a : b;
}

/** float32 for int and bool, which have no fractions; floating dtypes stay what they are. */
export function toFloating(dtype: DType): DType {
  return isFloating(dtype) ? dtype : 'float32';
}

/**
 * The dtype of a tensor that meets a plain JS number. Numbers are weak: they take the tensor's dtype,
 * unless the tensor can't hold them (a fraction lifts int32 and bool to float32, a whole number bool to int32).
 */
export function promoteNumber(dtype: DType, value: number): DType {
  if (isFloating(dtype)) return dtype;
  if (!Number.isInteger(value) || Math.abs(value) > 0x7fffffff) return 'float32';
  return 'int32';
}

/** The number that is stored when `value` is written to an element of `dtype`. */
export function coerce(value: number, dtype: DType): number {
  switch (dtype) {
    case 'float32':
      return Math.fround(value);
    case 'float64':
      return value;
    case 'int32':
      return value | 0;
    case 'bool':
      return value === 0 ? 0 : 1;
  }
}

/**
 * The same for a value that the caller wrote: what an int32 can't hold is refused instead of cut off.
 * @throws DTypeError for fractions, NaN, and numbers beyond 2³¹.
 */
export function coerceExactly(op: string, value: number, dtype: DType): number {
  if (dtype === 'int32' && value !== (value | 0)) {
    throw new DTypeError(
      `${op}: int32 holds whole numbers below 2^31, got ${value}. Round it, or use float32.`,
    );
  }
  return coerce(value, dtype);
}

/** An array over bytes `start` and following of a buffer. */
export function viewOf(
  dtype: DType,
  buffer: ArrayBufferLike,
  start: number,
  length: number,
): TypedArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, start, length);
    case 'float64':
      return new Float64Array(buffer, start, length);
    case 'int32':
      return new Int32Array(buffer, start, length);
    case 'bool':
      return new Uint8Array(buffer, start, length);
  }
}

/** An array of zeros with a buffer of its own. */
export function arrayOfLength(dtype: DType, length: number): TypedArray {
  return viewOf(dtype, new ArrayBuffer(length * bytesPerElement(dtype)), 0, length);
}

export function dtypeOfArray(array: TypedArray): DType {
  if (array instanceof Float32Array) return 'float32';
  if (array instanceof Float64Array) return 'float64';
  if (array instanceof Int32Array) return 'int32';
  return 'bool';
}

/** @throws DTypeError for a dtype that no gradient flows through. */
export function checkDifferentiable(op: string, dtype: DType): void {
  if (isFloating(dtype)) return;
  throw new DTypeError(
    `${op}: requiresGrad needs a floating dtype, got ${dtype}. Use float32 or float64.`,
  );
}

export function checkDType(op: string, value: unknown): DType {
  if (isDType(value)) return value;
  throw new DTypeError(
    `${op}: dtype is one of float32, float64, int32, bool, got ${String(value)}. Pass one of these four.`,
  );
}
