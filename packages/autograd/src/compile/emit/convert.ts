// Conversions between dtypes, vector by vector.

import { type Func, f32x4, i32, type ValueType, v128 } from '../../kernels/wasm/assembler/index.js';
import { define } from '../../kernels/wasm/emit.js';
import {
  type Pointer,
  pushAddress,
  pushVector,
  reset,
  VECTOR_BYTES,
  whileBelow,
} from './addresses.js';

/** (out, x, bytes): int32 to float32. */
export function floatsFromIntegers(): Func<ValueType[], ValueType[]> {
  return define({ in: [i32, i32, i32], locals: [i32], out: [] }, (parameters, [local]) => {
    const [out, x, bytes] = parameters as Pointer[];
    const at = local as Pointer;
    reset(at);
    whileBelow(at, bytes, VECTOR_BYTES, () => {
      pushAddress(out, at);
      pushVector(x, at);
      f32x4.convert_i32x4_s();
      v128.store({});
    });
  });
}
