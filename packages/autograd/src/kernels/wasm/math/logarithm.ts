// The logarithm and its kin: log1p, softplus, logSigmoid.

import type { Lanes, Vec } from '../vector.js';
import { splitAny, splitExponent } from './bits.js';
import { LOG, LOG1P, type Polynomial } from './coefficients.js';
import { exp, LN2 } from './exponential.js';
import { polynomial } from './polynomial.js';

/** f²/2 − s(f²/2 + zL(z)) = f − log(1 + f), where s = f/(2 + f), z = s². */
function deficit(l: Lanes, f: Vec, p: Polynomial, more: Vec | null): Vec {
  const s = l.div(f, l.add(2, f));
  const z = l.mul(s, s);
  const square = l.mul(l.mul(f, f), 0.5);
  const rest = l.mul(s, l.add(square, l.mul(z, polynomial(l, p, z))));
  return l.sub(square, more === null ? rest : l.add(rest, more));
}

/** log(1 + f) + e·ln 2, summed from the smallest. */
function combine(l: Lanes, f: Vec, e: Vec): Vec {
  const [high, low] = LN2[l.dtype];
  const rest = deficit(l, f, LOG, l.mul(e, low));
  return l.sub(l.mul(e, high), l.sub(rest, f));
}

/** `inside` for 0 < u < ∞; −∞ at 0, NaN below, u itself at ∞ and NaN. */
function finish(l: Lanes, u: Vec, inside: Vec): Vec {
  const outside = l.choose(l.lt(u, 0), NaN, u);
  const edge = l.choose(l.eq(u, 0), -Infinity, outside);
  return l.choose(l.and(l.gt(u, 0), l.lt(u, Infinity)), inside, edge);
}

export function log(l: Lanes, x: Vec): Vec {
  const { m, e } = splitAny(l, x);
  return finish(l, x, combine(l, l.sub(m, 1), e));
}

/** log u, u = 1 + x, with what the rounding of u dropped put back into the reduced argument. */
export function log1p(l: Lanes, x: Vec): Vec {
  const u = l.add(1, x);
  const back = l.sub(u, x);
  const dropped = l.add(l.sub(x, l.sub(u, back)), l.sub(1, back));
  const { m, e, biased } = splitExponent(l, u);
  // What u = 2ᵉm dropped is nothing beside a logarithm once e is large: 2⁻ᵉ may stop there.
  const most = l.integer(l.bias + l.mantissa + 2);
  const large = l.gt(e, l.mantissa + 2);
  const bounded = l.choose(large, most, biased);
  const inverse = l.shiftLeft(l.integerSub(l.integer(2 * l.bias), bounded), l.mantissa);
  const f = l.add(l.sub(m, 1), l.mul(dropped, inverse));
  const tiny = l.lt(l.abs(x), 2 ** -(l.mantissa + 2));
  return l.choose(tiny, x, finish(l, u, combine(l, f, e)));
}

/** log(1 + e^−|x|): the argument lies between 0 and 1, so nothing has to be split off. */
function softTail(l: Lanes, x: Vec): Vec {
  const e = exp(l, l.neg(l.abs(x)));
  return l.sub(e, deficit(l, e, LOG1P, null));
}

/** max(x, 0) + log(1 + e^−|x|). */
export const softplus = (l: Lanes, x: Vec): Vec => l.add(l.pmax(x, 0), softTail(l, x));

/** min(x, 0) − log(1 + e^−|x|). */
export const logSigmoid = (l: Lanes, x: Vec): Vec => l.sub(l.pmin(x, 0), softTail(l, x));
