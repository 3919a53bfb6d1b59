// Exponentials, logarithms, trigonometric and hyperbolic functions. Integers give float32.

import { defineElementwise } from './define-elementwise.js';
import type { UnaryFn } from './signatures.js';

/** eˣ. */
export const exp = defineElementwise<UnaryFn>('exp', (x) => x.exp());

/** eˣ − 1, exact near 0. */
export const expm1 = defineElementwise<UnaryFn>('expm1', (x) => x.expm1());

/** ln x; −∞ at 0, NaN below. */
export const log = defineElementwise<UnaryFn>('log', (x) => x.log());

/** ln(1 + x), exact near 0. */
export const log1p = defineElementwise<UnaryFn>('log1p', (x) => x.log1p());

/** sin x, x in radians. */
export const sin = defineElementwise<UnaryFn>('sin', (x) => x.sin());

/** cos x, x in radians. */
export const cos = defineElementwise<UnaryFn>('cos', (x) => x.cos());

/** tan x, x in radians. */
export const tan = defineElementwise<UnaryFn>('tan', (x) => x.tan());

/** arcsin x in radians; NaN outside of [−1, 1]. */
export const asin = defineElementwise<UnaryFn>('asin', (x) => x.asin());

/** arccos x in radians; NaN outside of [−1, 1]. */
export const acos = defineElementwise<UnaryFn>('acos', (x) => x.acos());

/** arctan x in radians. */
export const atan = defineElementwise<UnaryFn>('atan', (x) => x.atan());

/** sinh x. */
export const sinh = defineElementwise<UnaryFn>('sinh', (x) => x.sinh());

/** cosh x. */
export const cosh = defineElementwise<UnaryFn>('cosh', (x) => x.cosh());

/** tanh x. */
export const tanh = defineElementwise<UnaryFn>('tanh', (x) => x.tanh());

/** The error function, 2/√π ∫₀ˣ exp(−t²) dt. */
export const erf = defineElementwise<UnaryFn>('erf', (x) => x.erf());
