// asin, acos, atan.

import type { Lanes, Vec } from '../vector.js';
import { withSignOf } from './bits.js';
import { ASIN, ATAN } from './coefficients.js';
import { oddPolynomial } from './polynomial.js';

/** π/4, π/2 and π are rounded up or down to a number; these are the rests. */
const PI = {
  float32: { number: Math.fround(Math.PI), rest: -8.742277657347586e-8 },
  float64: { number: Math.PI, rest: 1.2246467991473532e-16 },
} as const;

const pi = (l: Lanes, factor: number): number => PI[l.dtype].number * factor;
const piRest = (l: Lanes, factor: number): number => PI[l.dtype].rest * factor;

/** asin s for s = x where |x| ≤ ½, else for s = √((1 − |x|)/2): half the angle to 1. */
function arcsine(l: Lanes, x: Vec): { readonly near: Vec; readonly angle: Vec } {
  const a = l.abs(x);
  const near = l.le(a, 0.5);
  const half = l.mul(l.sub(1, a), 0.5);
  const z = l.choose(near, l.mul(a, a), half);
  const s = l.choose(near, a, l.sqrt(half));
  return { near, angle: oddPolynomial(l, ASIN, s, z) };
}

/** Beyond ½: π/2 − 2 asin √((1 − |x|)/2). NaN beyond 1, by the root. */
export function asin(l: Lanes, x: Vec): Vec {
  const { near, angle } = arcsine(l, x);
  const rest = l.sub(l.add(angle, angle), piRest(l, 0.5));
  return withSignOf(l, x, l.choose(near, angle, l.sub(pi(l, 0.5), rest)));
}

/** π/2 − asin x; beyond ½: 2 asin √((1 − x)/2), and below −½ what that lacks to π. */
export function acos(l: Lanes, x: Vec): Vec {
  const { near, angle } = arcsine(l, x);
  const signed = withSignOf(l, x, angle);
  const middle = l.sub(pi(l, 0.5), l.sub(signed, piRest(l, 0.5)));
  const twice = l.add(angle, angle);
  const left = l.sub(pi(l, 1), l.sub(twice, piRest(l, 1)));
  return l.choose(near, middle, l.choose(l.lt(x, 0), left, twice));
}

const TAN_PI_8 = Math.SQRT2 - 1;

/** Turned by π/4 or π/2 to where |t| ≤ tan(π/8): t = x, (x − 1)/(x + 1) or −1/x. */
export function atan(l: Lanes, x: Vec): Vec {
  const a = l.abs(x);
  const low = l.le(a, TAN_PI_8);
  const high = l.gt(a, 1 / TAN_PI_8);
  const numerator = l.choose(low, a, l.choose(high, -1, l.sub(a, 1)));
  const denominator = l.choose(low, 1, l.choose(high, a, l.add(a, 1)));
  const t = l.div(numerator, denominator);
  const z = l.mul(t, t);
  const angle = oddPolynomial(l, ATAN, t, z);
  const turn = l.andNot(l.choose(high, pi(l, 0.5), pi(l, 0.25)), low);
  const rest = l.andNot(l.choose(high, piRest(l, 0.5), piRest(l, 0.25)), low);
  return withSignOf(l, x, l.add(turn, l.add(angle, rest)));
}
