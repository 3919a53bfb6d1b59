// The error function.

import { ERF_LARGE, ERF_SMALL } from '../../../scalar/special.js';
import type { Lanes, Vec } from '../vector.js';
import { withSignOf } from './bits.js';
import { ERF } from './coefficients.js';
import { expOfNegative } from './exponential.js';
import { oddQuotient, polynomialOf } from './polynomial.js';

/** x + x·R(x²) up to 1; the complement exp(−x²)·Q(v) up to 6, beyond which nothing changes any more. */
function inTwoParts(l: Lanes, x: Vec): Vec {
  const a = l.pmin(l.abs(x), 6);
  const z = l.mul(a, a);
  const small = l.madd(a, polynomialOf(l, ERF_SMALL, z), a);
  const t = l.div(2, l.add(a, 2));
  const v = l.mul(l.sub(t, 11 / 24), 4.8);
  const complement = l.mul(expOfNegative(l, l.neg(z)), polynomialOf(l, ERF_LARGE, v));
  const large = l.sub(1, complement);
  return withSignOf(l, x, l.choose(l.le(a, 1), small, large));
}

/** A quotient in float32. In float64 it would need far more coefficients: eleven above and below give 14 digits. */
export const erf = (l: Lanes, x: Vec): Vec =>
  l.dtype === 'float32' ? oddQuotient(l, ERF, x) : inTwoParts(l, x);
