// Axes in another order. Tensors are contiguous, so this copies.

import { AxisError } from '../errors.js';
import type { Operand } from '../tensor/operand.js';
import { contiguous, normalizeAxis, stridesOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { toTensor } from './convert.js';
import { defineLinear } from './define-linear.js';
import type { OpFunction } from './define-op.js';
import type { PermuteFn, TransposeFn } from './signatures.js';

function inverse(axes: readonly number[]): number[] {
  const result = new Array<number>(axes.length);
  axes.forEach((axis, i) => {
    result[axis] = i;
  });
  return result;
}

/** Axis i of y is axis `axes[i]` of x. */
export const permuteOp: OpFunction<{ axes: readonly number[] }> = defineLinear<{
  axes: readonly number[];
}>({
  name: 'permute',
  output: ([x], { axes }) => ({ shape: axes.map((axis) => x.shape[axis]), dtype: x.dtype }),
  covers: true,
  lower: ([x], [y], { axes }, kernels) => {
    const strides = stridesOf(x.shape);
    kernels.copy(
      x.data,
      { offset: 0, strides: axes.map((axis) => strides[axis]) },
      y.data,
      contiguous(y.shape),
      y.shape,
    );
  },
  vjp: (g, { attrs: { axes } }) => permuteOp(g, { axes: inverse(axes) }),
});

/** The axes in another order, which may be theirs already. */
export function permuted(x: Tensor, axes: readonly number[]): Tensor {
  return axes.every((axis, i) => axis === i) ? x : permuteOp(x, { axes });
}

/** Axes reordered: axis i of the result is axis `axes[i]` of x. @throws AxisError unless every axis is named once. */
export const permute = ((x: Operand, axes: readonly number[]): Tensor => {
  const value = toTensor('permute', x);
  const order = axes.map((axis) => normalizeAxis('permute', axis, value.rank));
  if (order.length !== value.rank || new Set(order).size !== order.length) {
    throw new AxisError(
      `permute: every one of the ${value.rank} axes is named once, got [${axes.join(', ')}]. ` +
        'List all axes in their new order.',
    );
  }
  return permuted(value, order);
}) as PermuteFn;

/** All axes reversed, as NumPy's transpose; a matrix has its rows and columns exchanged. */
export const transpose = ((x: Operand): Tensor => {
  const value = toTensor('transpose', x);
  const { rank } = value;
  if (rank < 2) return value;
  return permuteOp(value, { axes: Array.from({ length: rank }, (_, i) => rank - 1 - i) });
}) as TransposeFn;
