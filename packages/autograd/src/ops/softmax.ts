// Softmax and its logarithm, along one axis.

import type { Operand } from '../tensor/operand.js';
import { normalizeAxis } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { type AxisAttrs, scanning } from './along-axis.js';
import { mul, sub } from './arithmetic.js';
import { sumOp } from './broadcast.js';
import { defineElementwise } from './define-elementwise.js';
import { defineOp, type OpFunction } from './define-op.js';
import { numeric } from './numeric.js';
import type { AlongFn } from './signatures.js';
import { exp } from './transcendental.js';

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
  lower: scanning('softmax', () => false),
  saves: { outputs: true },
  vjp: (g, { y, attrs: { axis } }) => throughSoftmax(g, y, axis),
  jvp: ([t], { y, attrs: { axis } }) => t && throughSoftmax(t, y, axis),
});

export const logSoftmaxOp: OpFunction<AxisAttrs> = defineOp<AxisAttrs>({
  name: 'logSoftmax',
  output: ([x]) => x,
  covers: true,
  lower: scanning('softmax', () => true),
  saves: { outputs: true },
  vjp: (g, { y, attrs: { axis } }) =>
    sub(g, mul(exp(y), sumOp(g, { axes: [axis], keepDims: true }))),
  jvp: ([t], { y, attrs: { axis } }) =>
    t && sub(t, sumOp(mul(exp(y), t), { axes: [axis], keepDims: true })),
});

const along =
  (op: string, declared: OpFunction<AxisAttrs>) =>
  (x: Operand, axis = -1): Tensor => {
    const value = numeric(op, x, true);
    return declared(value, { axis: normalizeAxis(op, axis, value.rank) });
  };

/**
 * eˣ / Σ eˣ along an axis (default: the last), the largest taken out first. A row of nothing but −∞ (fully masked)
 * gives zeros.
 */
export const softmax = along('softmax', softmaxOp) as AlongFn<'softmax'>;

/** ln softmax(x) = x − logsumexp(x) along an axis (default: the last). A fully masked row gives −∞. */
export const logSoftmax = along('logSoftmax', logSoftmaxOp) as AlongFn<'logSoftmax'>;
