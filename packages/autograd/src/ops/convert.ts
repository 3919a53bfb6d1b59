// The door of every operation: what a caller passes becomes tensors of one dtype, or a clear refusal.

import { ArgumentError } from '../errors.js';
import { coerce, type DType, promote, promoteNumber } from '../tensor/dtype.js';
import { describeValue, Operand, type TensorLike } from '../tensor/operand.js';
import { normalizeAxis } from '../tensor/shape.js';
import { scalarTensor, type Tensor } from '../tensor/tensor.js';

/** The tensor that is meant by an operand; a JS number or boolean becomes a scalar of float32 or bool. */
export function toTensor(op: string, value: TensorLike): Tensor {
  if (value instanceof Operand) return value.read();
  if (typeof value === 'number') return scalarTensor(Math.fround(value), 'float32');
  if (typeof value === 'boolean') return scalarTensor(value ? 1 : 0, 'bool');
  throw new ArgumentError(
    `${op}: takes tensors, variables and numbers, got ${describeValue(value)}. ` +
      'Wrap arrays with tensor(…).',
  );
}

/** The tensor that is meant, and one of its axes as 0 … rank − 1. */
export function withAxis(op: string, value: TensorLike, axis: number): [Tensor, number] {
  const x = toTensor(op, value);
  return [x, normalizeAxis(op, axis, x.rank)];
}

/** The dtype that operands are computed in: tensors decide, JS numbers follow. */
export function commonDType(values: readonly TensorLike[]): DType {
  let dtype: DType | null = null;
  let numbers = false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value instanceof Operand) {
      dtype = dtype === null ? value.dtype : promote(dtype, value.dtype);
    } else if (typeof value === 'boolean') dtype ??= 'bool';
    else numbers = true;
  }
  if (dtype === null) return 'float32';
  if (!numbers) return dtype;
  let result: DType = dtype;
  for (const value of values) if (typeof value === 'number') result = promoteNumber(result, value);
  return result;
}

/** A JS number as a constant of `dtype`. */
export function scalarOf(op: string, value: TensorLike, dtype: DType): Tensor {
  if (typeof value === 'number' || typeof value === 'boolean') {
    return scalarTensor(coerce(Number(value), dtype), dtype);
  }
  return toTensor(op, value);
}
