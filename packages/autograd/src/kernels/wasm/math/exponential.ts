// eˣ and its kin: expm1, sigmoid, tanh, sinh, cosh.

import type { Lanes, Vec } from '../vector.js';
import { powerOfTwo, roundProduct, scaleByPower, scaleOffset, withSignOf } from './bits.js';
import { EXP, SINH, TANH } from './coefficients.js';
import { clamp, oddPolynomial, oddQuotient, polynomial } from './polynomial.js';

/** ln 2 as a number of few bits, so that its multiples are exact, and the rest. */
export const LN2 = {
  float32: [0.693145751953125, 1.428606765330187e-6],
  float64: [0.6931471804855391, 7.440617110012397e-11],
} as const;

interface Reduced {
  readonly shifted: Vec;
  readonly r: Vec;
}

/** x = n·ln 2 + r, |r| ≤ ln 2 / 2; n + offset in `shifted`. */
function reduce(l: Lanes, x: Vec, offset: number): Reduced {
  const { shifted, value } = roundProduct(l, x, Math.LOG2E, offset);
  const [high, low] = LN2[l.dtype];
  const r = l.madd(value, -low, l.madd(value, -high, x));
  return { shifted, r };
}

/** eʳ − 1 for |r| ≤ ln 2 / 2. */
const expm1Reduced = (l: Lanes, r: Vec): Vec => l.madd(l.mul(r, r), polynomial(l, EXP, r), r);

const expReduced = (l: Lanes, r: Vec): Vec => l.add(1, expm1Reduced(l, r));

/**
 * eˣ·2^extra. Of arguments far below 0 nothing is left, not even a product whose result is no normal number, which takes a
 * processor a hundred times as long.
 */
function scaledExp(l: Lanes, x: Vec, extra: number): Vec {
  const offset = scaleOffset(l);
  const bounded = clamp(l, x, -offset * Math.LN2, (l.bias + 2.3) * Math.LN2);
  const { shifted, r } = reduce(l, bounded, offset);
  return scaleByPower(l, expReduced(l, r), shifted, extra);
}

export const exp = (l: Lanes, x: Vec): Vec => scaledExp(l, x, 0);

/** eˣ·2^extra as 2ⁿ + 2ⁿ(eʳ − 1), where 2ⁿ is below 2^(bias + 1): 0 if it is less than about the least normal number. */
function boundedExp(l: Lanes, x: Vec, extra: number): Vec {
  const { shifted, r } = reduce(l, x, l.bias + extra);
  const power = powerOfTwo(l, shifted);
  return l.madd(power, expm1Reduced(l, r), power);
}

/** eˣ for x ≤ ½: what is no normal number counts as 0. */
export const expOfNegative = (l: Lanes, x: Vec): Vec =>
  boundedExp(l, l.pmax(x, -l.bias * Math.LN2), 0);

/** 2ⁿ(eʳ − 1) + (2ⁿ − 1), at half the size so that 2ⁿ may overflow only in the result; x itself near 0. */
export function expm1(l: Lanes, x: Vec): Vec {
  const lowest = l.dtype === 'float32' ? -26 : -45;
  const bounded = clamp(l, x, lowest, (l.bias + 1.3) * Math.LN2);
  const { shifted, r } = reduce(l, bounded, l.bias - 1);
  const half = powerOfTwo(l, shifted);
  const sum = l.madd(half, expm1Reduced(l, r), l.sub(half, 0.5));
  const tiny = l.lt(l.abs(x), 2 ** -(l.mantissa + 3));
  return l.choose(tiny, x, l.add(sum, sum));
}

/**
 * c/(c + c·e⁻ˣ), where c = 2^−(mantissa + 9) leaves room for the results that are no normal numbers, and the exponential is
 * 2^bias where nothing is left of them.
 */
export function sigmoid(l: Lanes, x: Vec): Vec {
  const extra = -(l.mantissa + 9);
  const bounded = clamp(l, l.neg(x), extra * Math.LN2, (l.bias - extra) * Math.LN2);
  const share = 2 ** extra;
  return l.div(share, l.add(share, boundedExp(l, bounded, extra)));
}

/** c·x + x·P(x²)/Q(x²), up to where the result is 1. */
export const tanh = (l: Lanes, x: Vec): Vec => oddQuotient(l, TANH[l.dtype], x);

/** (eˣ − e⁻ˣ)/2; a polynomial up to 1, where that would cancel. */
export function sinh(l: Lanes, x: Vec): Vec {
  const a = l.abs(x);
  const half = scaledExp(l, a, -1);
  const large = l.sub(half, l.div(0.25, half));
  const z = l.mul(a, a);
  const small = oddPolynomial(l, SINH, a, z);
  return withSignOf(l, x, l.choose(l.lt(a, 1), small, large));
}

/** (eˣ + e⁻ˣ)/2. */
export function cosh(l: Lanes, x: Vec): Vec {
  const half = scaledExp(l, l.abs(x), -1);
  return l.add(half, l.div(0.25, half));
}
