// Conversions between dtypes.

import type { DType, TypedArray } from '../../tensor/dtype.js';

export function convert(x: TypedArray, _from: DType, out: TypedArray, to: DType): void {
  if (to === 'bool') {
    for (let i = 0; i < out.length; i++) out[i] = x[i] === 0 ? 0 : 1;
  } else out.set(x);
}
