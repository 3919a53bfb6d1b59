// Broadcasting and summing, each the adjoint of the other; and the cast between dtypes.

import { ShapeError } from '../errors.js';
import { checkDType, type DType } from '../tensor/dtype.js';
import type { Operand, TensorLike } from '../tensor/operand.js';
import {
  broadcastAxes,
  broadcastShapes,
  broadcastStrides,
  checkShape,
  contiguous,
  formatShape,
  reducedShape,
  type Shape,
  sameShape,
} from '../tensor/shape.js';
import { asArray } from '../tensor/storage.js';
import { isSymbolic } from '../tensor/symbolic.js';
import { Tensor } from '../tensor/tensor.js';
import { toTensor } from './convert.js';
import { defineLinear } from './define-linear.js';
import { defineOp, type OpFunction } from './define-op.js';
import { type ReduceAttrs, reducing } from './reduce-axes.js';

/** y = x read with another shape: sizes of 1 and missing leading axes repeat. */
export const broadcastOp: OpFunction<{ shape: Shape }> = defineLinear({
  name: 'broadcastTo',
  output: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  covers: true,
  lower: ([x], [y], { shape }, kernels) =>
    kernels.copy(
      x.data,
      { offset: 0, strides: broadcastStrides(x.shape, shape) },
      y.data,
      contiguous(shape),
      shape,
    ),
  vjp: (g, node) => sumTo(g, node.inputShape(0)),
});

/** y = Σ x over some axes, which are kept with size 1 or dropped. */
export const sumOp: OpFunction<ReduceAttrs> = defineLinear<ReduceAttrs>({
  name: 'sum',
  ...reducing('sum'),
  vjp: (g, node) => {
    const shape = node.inputShape(0);
    return expandTo(g, shape, node.attrs.axes);
  },
});

/** Undoes a reduction's shape: puts the reduced axes back with size 1 and broadcasts along them. */
export function expandTo(g: Tensor, shape: Shape, axes: readonly number[]): Tensor {
  const kept = reducedShape(shape, axes, true);
  return stretchTo(reshapeTo(g, kept), shape);
}

/** x, which broadcasts to `shape`, with that shape. */
export function stretchTo(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : broadcastOp(x, { shape });
}

/** x, which has as many elements, in `shape`. */
export function reshapeTo(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : reshapeOp(x, { shape });
}

/** Sums a gradient over the axes along which its input was broadcast. */
export function sumTo(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const axes = broadcastAxes(g.shape, shape);
  const sum = axes.length === 0 ? g : sumOp(g, { axes, keepDims: false });
  return reshapeTo(sum, shape);
}

/** The same elements in another shape; storage is shared. */
export const reshapeOp: OpFunction<{ shape: Shape }> = defineLinear({
  name: 'reshape',
  forward: ([x], { shape }) => {
    const { storage, dtype } = x;
    const becomesNumber = shape.length === 0 && !isSymbolic(storage);
    const elements = becomesNumber ? x.item() : asArray(storage, dtype);
    return new Tensor(elements, shape, dtype, null, 0);
  },
  vjp: (g, node) => reshapeOp(g, { shape: node.inputShape(0) }),
});

const castOp: OpFunction<{ dtype: DType }> = defineLinear({
  name: 'cast',
  output: ([x], { dtype }) => ({ shape: x.shape, dtype }),
  lower: ([x], [y], _attrs, kernels) => kernels.convert(x.data, x.dtype, y.data, y.dtype),
  vjp: (g, node) => castOp(g, { dtype: node.inputDType(0) }),
});

/** The same cast where no gradient follows: fractions have no meaning in int32 and bool. */
const discreteCastOp = defineOp<{ dtype: DType }>({
  name: 'cast',
  forward: ([x], attrs) => castOp(x, attrs),
  vjp: 'nondifferentiable',
});

/**
 * Converts the elements: to int32 by cutting fractions off (NaN becomes 0, 2³¹ wraps), to bool as "is not 0".
 * Gradients are cast back; casting to int32 or bool cuts them off.
 */
export function cast<S extends Shape>(x: Operand<S>, dtype: DType): Tensor<S> {
  const value = x.read();
  if (value.dtype === dtype) return value;
  checkDType('cast', dtype);
  const discrete = dtype === 'int32' || dtype === 'bool';
  return (discrete ? discreteCastOp : castOp)(value, { dtype }) as Tensor<S>;
}

/** x repeated to `shape` by NumPy's rules. @throws ShapeError if it does not broadcast to that. */
export function broadcastTo(x: TensorLike, shape: Shape): Tensor {
  const value = toTensor('broadcastTo', x);
  const target = checkShape('broadcastTo', shape);
  if (sameShape(value.shape, target)) return value;
  if (!sameShape(broadcastShapes('broadcastTo', value.shape, target), target)) {
    throw new ShapeError(
      `broadcastTo: ${formatShape(value.shape)} repeats to ${formatShape(target)} only along axes of size 1, ` +
        'got a larger one. Swap the two, or reduce first.',
    );
  }
  return broadcastOp(value, { shape: target });
}
