// eˣ and its kin: expm1, sigmoid, tanh, sinh, cosh.

import type { Lanes, Vec } from '../vector.js';
import { powerOfTwo, roundToInteger, scaleByPower, signOf, withSign } from './bits.js';
import { EXP, SINH } from './coefficients.js';
import { polynomial } from './polynomial.js';

/** ln 2 as a number of few bits, so that its multiples are exact, and the rest. */
export const LN2 = {
  float32: [0.693145751953125, 1.428606765330187e-6],
  float64: [0.6931471804855391, 7.440617110012397e-11],
} as const;

/** Beyond these eˣ is 0 or ∞. */
const RANGE = { float32: [-104, 89], float64: [-746, 710] } as const;

const clamp = (l: Lanes, x: Vec, low: number, high: number): Vec =>
  l.pmax(l.pmin(x, l.number(high)), l.number(low));

/** x = n·ln 2 + r, |r| ≤ ln 2 / 2. */
function reduce(l: Lanes, x: Vec): { readonly shifted: Vec; readonly r: Vec } {
  const { shifted, value } = roundToInteger(l, l.mul(x, l.number(Math.LOG2E)));
  const [high, low] = LN2[l.dtype];
  const r = l.sub(l.sub(x, l.mul(value, l.number(high))), l.mul(value, l.number(low)));
  return { shifted, r };
}

/** eʳ − 1 for |r| ≤ ln 2 / 2. */
export const expm1Reduced = (l: Lanes, r: Vec): Vec =>
  l.add(r, l.mul(l.mul(r, r), polynomial(l, EXP, r)));

/**
 * eˣ·2^extra. What underflows is not computed: a product whose result is no normal number takes a processor a hundred times
 * as long, and −∞ is what masks are made of.
 */
function scaledExp(l: Lanes, x: Vec, extra: number): Vec {
  const [low, high] = RANGE[l.dtype];
  const gone = l.lt(x, l.number(low));
  const { shifted, r } = reduce(l, l.pmin(l.andNot(x, gone), l.number(high + 1)));
  const power = scaleByPower(l, l.add(l.number(1), expm1Reduced(l, r)), shifted, extra);
  return l.andNot(power, gone);
}

export const exp = (l: Lanes, x: Vec): Vec => scaledExp(l, x, 0);

/** eˣ for x between the logarithm of the least normal number and ½: the same bits with fewer instructions. */
export function expOfNormal(l: Lanes, x: Vec): Vec {
  const { shifted, r } = reduce(l, x);
  return l.mul(powerOfTwo(l, shifted, 0), l.add(l.number(1), expm1Reduced(l, r)));
}

/** 2ⁿ(eʳ − 1) + (2ⁿ − 1), at half the size so that 2ⁿ may overflow only in the result; x itself near 0. */
export function expm1(l: Lanes, x: Vec): Vec {
  const lowest = l.dtype === 'float32' ? -26 : -45;
  const { shifted, r } = reduce(l, clamp(l, x, lowest, RANGE[l.dtype][1]));
  const half = powerOfTwo(l, shifted, -1);
  const sum = l.add(l.mul(half, expm1Reduced(l, r)), l.sub(half, l.number(0.5)));
  const tiny = l.lt(l.abs(x), l.number(2 ** -(l.mantissa + 3)));
  return l.choose(tiny, x, l.add(sum, sum));
}

/** 1/(1 + e⁻ˣ), by the exponential of −|x|: the numerator is 1 or that. */
export function sigmoid(l: Lanes, x: Vec): Vec {
  const e = exp(l, l.neg(l.abs(x)));
  const numerator = l.choose(l.lt(x, l.number(0)), e, l.number(1));
  return l.div(numerator, l.add(l.number(1), e));
}

/** −t/(t + 2), t = e^(−2|x|) − 1. */
export function tanh(l: Lanes, x: Vec): Vec {
  const t = expm1(l, l.mul(l.abs(x), l.number(-2)));
  const y = l.div(l.neg(t), l.add(t, l.number(2)));
  return withSign(l, y, signOf(l, x));
}

/** (eˣ − e⁻ˣ)/2; a polynomial up to 1, where that would cancel. */
export function sinh(l: Lanes, x: Vec): Vec {
  const a = l.abs(x);
  const half = scaledExp(l, a, -1);
  const large = l.sub(half, l.div(l.number(0.25), half));
  const z = l.mul(a, a);
  const small = l.add(a, l.mul(l.mul(a, z), polynomial(l, SINH, z)));
  return withSign(l, l.choose(l.lt(a, l.number(1)), small, large), signOf(l, x));
}

/** (eˣ + e⁻ˣ)/2. */
export function cosh(l: Lanes, x: Vec): Vec {
  const half = scaledExp(l, l.abs(x), -1);
  return l.add(half, l.div(l.number(0.25), half));
}
