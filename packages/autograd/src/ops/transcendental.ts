// Exponentials, logarithms, trigonometric and hyperbolic functions. Integers give float32.

import { defineUnary } from './define-named.js';

/** eˣ. */
export const exp = defineUnary('exp');

/** eˣ − 1, exact near 0. */
export const expm1 = defineUnary('expm1');

/** ln x; −∞ at 0, NaN below. */
export const log = defineUnary('log');

/** ln(1 + x), exact near 0. */
export const log1p = defineUnary('log1p');

/** sin x, x in radians. */
export const sin = defineUnary('sin');

/** cos x, x in radians. */
export const cos = defineUnary('cos');

/** tan x, x in radians. */
export const tan = defineUnary('tan');

/** arcsin x in radians; NaN outside of [−1, 1]. */
export const asin = defineUnary('asin');

/** arccos x in radians; NaN outside of [−1, 1]. */
export const acos = defineUnary('acos');

/** arctan x in radians. */
export const atan = defineUnary('atan');

/** sinh x. */
export const sinh = defineUnary('sinh');

/** cosh x. */
export const cosh = defineUnary('cosh');

/** tanh x. */
export const tanh = defineUnary('tanh');

/** The error function, 2/√π ∫₀ˣ exp(−t²) dt. */
export const erf = defineUnary('erf');
