// Arrays over the memory of programs.

import type { DType, TypedArray } from '../tensor/dtype.js';

/** The elements at an address. The array is good until the memory grows. */
export function arrayAt(
  memory: WebAssembly.Memory,
  dtype: DType,
  address: number,
  length: number,
): TypedArray {
  const { buffer } = memory;
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, address, length);
    case 'float64':
      return new Float64Array(buffer, address, length);
    case 'int32':
      return new Int32Array(buffer, address, length);
    case 'bool':
      return new Uint8Array(buffer, address, length);
  }
}
