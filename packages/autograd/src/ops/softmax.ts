// Softmax and its logarithm, along one axis.

import type { Kernels, KernelView } from '../kernels/kernels.js';
import { toFloating } from '../tensor/dtype.js';
import type { Operand } from '../tensor/operand.js';
import { normalizeAxis, sizeBetween } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { mul, sub } from './arithmetic.js';
import { cast, sumOp } from './broadcast.js';
import { toTensor } from './convert.js';
import { defineElementwise } from './define-elementwise.js';
import { defineOp, type OpFunction } from './define-op.js';
import type { AlongFn } from './signatures.js';
import { exp } from './transcendental.js';

interface AxisAttrs {
  readonly axis: number;
}

function run(
  kernels: Kernels,
  x: KernelView,
  y: KernelView,
  axis: number,
  logarithm: boolean,
): void {
  const outer = sizeBetween(x.shape, 0, axis);
  const inner = sizeBetween(x.shape, axis + 1, x.shape.length);
  kernels.softmax(x.data, y.data, outer, x.shape[axis] ?? 1, inner, logarithm);
}

/** y (g − s). */
const weighted = defineElementwise('softmax.weighted', (y, g, s) => y.mul(g.sub(s)));

/** Jᵀg = y ⊙ (g − Σ g y) with J = diag(y) − yyᵀ, which is symmetric: jvp and vjp are one formula. */
function throughSoftmax(g: Tensor, y: Tensor, axis: number): Tensor {
  return weighted(y, g, sumOp(mul(g, y), { axes: [axis], keepDims: true }));
}

export const softmaxOp: OpFunction<AxisAttrs> = defineOp<AxisAttrs>({
  name: 'softmax',
  output: ([x]) => x,
  covers: true,
  lower: ([x], [y], { axis }, kernels) => run(kernels, x, y, axis, false),
  saves: { outputs: true },
  vjp: (g, { y, attrs: { axis } }) => throughSoftmax(g, y, axis),
  jvp: ([t], { y, attrs: { axis } }) => t && throughSoftmax(t, y, axis),
});

export const logSoftmaxOp: OpFunction<AxisAttrs> = defineOp<AxisAttrs>({
  name: 'logSoftmax',
  output: ([x]) => x,
  covers: true,
  lower: ([x], [y], { axis }, kernels) => run(kernels, x, y, axis, true),
  saves: { outputs: true },
  vjp: (g, { y, attrs: { axis } }) =>
    sub(g, mul(exp(y), sumOp(g, { axes: [axis], keepDims: true }))),
  jvp: ([t], { y, attrs: { axis } }) =>
    t && sub(t, sumOp(mul(exp(y), t), { axes: [axis], keepDims: true })),
});

function prepared(op: string, x: Operand, axis: number): [Tensor, AxisAttrs] {
  const value = toTensor(op, x);
  return [cast(value, toFloating(value.dtype)), { axis: normalizeAxis(op, axis, value.rank) }];
}

/**
 * eˣ / Σ eˣ along an axis (default: the last), the largest taken out first. A row of nothing but −∞ (fully masked)
 * gives zeros.
 */
export const softmax = ((x: Operand, axis = -1): Tensor => {
  const [value, attrs] = prepared('softmax', x, axis);
  return softmaxOp(value, attrs);
}) as AlongFn<'softmax'>;

/** ln softmax(x) = x − logsumexp(x) along an axis (default: the last). A fully masked row gives −∞. */
export const logSoftmax = ((x: Operand, axis = -1): Tensor => {
  const [value, attrs] = prepared('logSoftmax', x, axis);
  return logSoftmaxOp(value, attrs);
}) as AlongFn<'logSoftmax'>;
