// What networks put between their layers. Integers give float32.

import type { TensorLike } from '../tensor/operand.js';
import { defineElementwise } from './define-elementwise.js';
import { defineUnary } from './define-named.js';
import { namedFunction } from './named-function.js';
import type { UnaryFn } from './signatures.js';

/** 1 / (1 + e⁻ˣ). */
export const sigmoid = defineUnary('sigmoid');

/** ln sigmoid(x), without overflow. */
export const logSigmoid = defineUnary('logSigmoid');

/** ln(1 + eˣ), without overflow. */
export const softplus = defineUnary('softplus');

/** max(x, 0); NaN stays. The derivative at 0 is 0. */
export const relu = defineElementwise<UnaryFn>('relu', (x) => x.lessEqual(0).select(0, x));

/** x for x > 0, slope · x otherwise. */
const leakyReluOp = defineElementwise('leakyRelu', (x, slope) =>
  x.greater(0).select(x, x.mul(slope)),
);

/** x for x > 0, `slope` · x otherwise (default 0.01). The derivative at 0 is the slope. */
export const leakyRelu = namedFunction(leakyReluOp.op, (x: TensorLike, slope: TensorLike = 0.01) =>
  leakyReluOp(x, slope),
) as UnaryFn<[slope?: TensorLike<readonly []>]> & { readonly op: typeof leakyReluOp.op };

const eluOp = defineElementwise('elu', (x, alpha) => x.greater(0).select(x, x.expm1().mul(alpha)));

/** x for x > 0, `alpha` (eˣ − 1) otherwise (default 1). */
export const elu = namedFunction(eluOp.op, (x: TensorLike, alpha: TensorLike = 1) =>
  eluOp(x, alpha),
) as UnaryFn<[alpha?: TensorLike<readonly []>]> & { readonly op: typeof eluOp.op };

/** x Φ(x), Φ the normal distribution: the exact form, ½ x (1 + erf(x/√2)). D. Hendrycks, K. Gimpel, 2016. */
export const gelu = defineElementwise<UnaryFn>('gelu', (x) =>
  x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1)),
);

/** x · sigmoid(x). */
export const silu = defineElementwise<UnaryFn>('silu', (x) => x.mul(x.sigmoid()));
