// aᵇ: float32 by way of float64, float64 by way of a logarithm in two doubles.

import { inDouble, type Lanes, lanesOf, type Vec } from '../vector.js';
import { roundToInteger, scaleByPower, scaleOffset, splitAny } from './bits.js';
import { EXP, LOG, POW } from './coefficients.js';
import { clamp, polynomial, polynomialOf } from './polynomial.js';

/** 2^(high + low), where `low` is nothing beside 1. */
function powerOf2(l: Lanes, high: Vec, low: Vec | null, coefficients: readonly number[]): Vec {
  const offset = scaleOffset(l);
  const bounded = clamp(l, high, -offset, l.bias + 2);
  const { shifted, value } = roundToInteger(l, bounded, offset);
  const difference = l.sub(bounded, value);
  // What an exponent out of bounds has for a low part has nothing to say.
  const rest = low === null ? null : l.and(low, l.eq(bounded, high));
  const r = l.mul(rest === null ? difference : l.add(difference, rest), Math.LN2);
  const sum = l.add(r, l.mul(l.mul(r, r), polynomialOf(l, coefficients, r)));
  return scaleByPower(l, l.add(1, sum), shifted);
}

// ---- Two doubles ------------------------------------------------------------------------------------------------------

/** An unevaluated sum; the low part is less than half a unit in the last place of the high one. */
interface Pair {
  readonly high: Vec;
  readonly low: Vec;
}

/** a·b and what its rounding dropped, by halves of 26 bits (T. J. Dekker). */
function exactProduct(l: Lanes, a: Vec, b: Vec): Pair {
  const mask = l.integer(-(1n << 27n));
  const [aHigh, bHigh] = [l.and(a, mask), l.and(b, mask)];
  const [aLow, bLow] = [l.sub(a, aHigh), l.sub(b, bHigh)];
  const high = l.mul(a, b);
  const first = l.sub(l.mul(aHigh, bHigh), high);
  const cross = l.add(l.add(first, l.mul(aHigh, bLow)), l.mul(aLow, bHigh));
  return { high, low: l.add(cross, l.mul(aLow, bLow)) };
}

function product(l: Lanes, a: Pair, b: Pair): Pair {
  const { high, low } = exactProduct(l, a.high, b.high);
  return { high, low: l.add(low, l.add(l.mul(a.high, b.low), l.mul(a.low, b.high))) };
}

/** a + b for a that is 0 or the greater. */
function sum(l: Lanes, a: Vec, b: Pair): Pair {
  const high = l.add(a, b.high);
  return { high, low: l.add(l.add(l.sub(a, high), b.high), b.low) };
}

/** log₂(2ᵉm) in two doubles: 2/ln 2 · s(1 + z(1/3 + zT(z))) with s = (m − 1)/(m + 1), z = s². */
function log2(l: Lanes, m: Vec, e: Vec): Pair {
  const one = l.number(1);
  const above = l.add(m, one);
  const aboveLow = l.sub(m, l.sub(above, one));
  const below = l.sub(m, one);
  const quotient = l.div(below, above);
  const back = exactProduct(l, quotient, above);
  const remainder = l.sub(l.sub(below, back.high), l.add(back.low, l.mul(quotient, aboveLow)));
  const s = { high: quotient, low: l.div(remainder, above) };
  const z = product(l, s, s);
  const third = {
    high: l.mul(z.high, polynomial(l, POW, z.high)),
    low: l.number(1.850371707708594e-17),
  };
  const series = product(l, z, sum(l, l.number(1 / 3), third));
  const factor = { high: l.number(2.8853900817779268), low: l.number(4.0710547481862066e-17) };
  return sum(l, e, product(l, product(l, s, sum(l, one, series)), factor));
}

// ---- The power --------------------------------------------------------------------------------------------------------

function magnitudeDouble(a: Vec, b: Vec): Vec {
  const l = lanesOf('float64');
  const { m, e } = splitAny(l, a);
  const log = log2(l, m, e);
  // Larger exponents change nothing, but their halves would overflow.
  const bounded = clamp(l, b, -(2 ** 70), 2 ** 70);
  const { high, low } = product(l, log, { high: bounded, low: l.number(0) });
  return powerOf2(l, high, low, EXP.float64);
}

/** In double precision there is more than enough room for a float32 result. */
const magnitudeSingle = inDouble((a, b) => {
  const l = lanesOf('float64');
  const { m, e } = splitAny(l, a);
  const f = l.sub(m, 1);
  const s = l.div(f, l.add(2, f));
  const z = l.mul(s, s);
  const twice = l.add(s, s);
  const log = l.add(twice, l.mul(l.mul(s, z), polynomial(l, LOG, z)));
  const log2 = l.add(e, l.mul(log, Math.LOG2E));
  return powerOf2(l, l.mul(log2, b), null, EXP.float32);
});

/** aᵇ as IEEE 754 has it: 1ᵇ = a⁰ = (−1)^±∞ = 1 even for NaN, NaN for a < 0 and a fraction. */
export function pow(l: Lanes, a: Vec, b: Vec): Vec {
  const base = l.abs(a);
  const finite = l.dtype === 'float64' ? magnitudeDouble(base, b) : magnitudeSingle(base, b);
  // At the bases 0 and ∞ only the sign of the exponent counts.
  const isZero = l.eq(base, 0);
  const extreme = l.choose(l.xor(isZero, l.lt(b, 0)), 0, Infinity);
  const isExtreme = l.or(isZero, l.eq(base, Infinity));
  let y = l.choose(l.and(isExtreme, l.eq(b, b)), extreme, finite);

  const half = l.mul(b, 0.5);
  const whole = l.eq(l.trunc(b), b);
  const odd = l.and(whole, l.ne(l.trunc(half), half));
  y = l.xor(y, l.and(l.and(odd, a), -0));
  const negative = l.and(l.lt(a, 0), l.gt(a, -Infinity));
  y = l.choose(l.andNot(l.and(negative, l.eq(b, b)), whole), NaN, y);

  const unit = l.and(l.eq(a, -1), l.eq(l.abs(b), Infinity));
  const isOne = l.or(l.or(l.eq(a, 1), l.eq(b, 0)), unit);
  y = l.choose(l.ne(a, a), a, y);
  return l.choose(isOne, 1, y);
}
