// Operands that are computed with: bool counts as int32, and operands of several dtypes meet in one.

import { type DType, promote, toFloating } from '../tensor/dtype.js';
import type { TensorLike } from '../tensor/operand.js';
import type { Tensor } from '../tensor/tensor.js';
import { cast } from './broadcast.js';
import { toTensor } from './convert.js';

/** bool as int32, or integers as float32 where fractions arise. */
export function numeric(op: string, value: TensorLike, fractions = false): Tensor {
  const x = toTensor(op, value);
  if (fractions) return cast(x, toFloating(x.dtype));
  return x.dtype === 'bool' ? cast(x, 'int32') : x;
}

/** All in the dtype that they, and `least`, promote to. */
export function promoted(values: readonly Tensor[], least: DType): Tensor[] {
  const dtype = values.reduce((common, x) => promote(common, x.dtype), least);
  return values.map((x) => cast(x, dtype));
}

/** Two operands of a product. */
export function numericPair(op: string, a: TensorLike, b: TensorLike): readonly Tensor[] {
  const pair = [toTensor(op, a), toTensor(op, b)];
  const [x, y] = pair;
  return x.dtype === y.dtype && x.dtype !== 'bool' ? pair : promoted(pair, 'int32');
}
