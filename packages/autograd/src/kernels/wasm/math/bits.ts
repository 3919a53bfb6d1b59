// Signs, exponents and mantissas of floating-point lanes, taken apart and put together.

import type { Lanes, Vec } from '../vector.js';

/** The bit pattern of a positive number, as an integer as wide as the lanes. */
export function patternOf(l: Lanes, x: number): bigint {
  if (l.dtype === 'float32') return BigInt(new Int32Array(new Float32Array([x]).buffer)[0]);
  return new BigInt64Array(new Float64Array([x]).buffer)[0];
}

export const signBit = (l: Lanes): Vec => l.number(-0);

export const signOf = (l: Lanes, x: Vec): Vec => l.and(x, signBit(l));

/** |x| with the sign of `s` turned by that of x: an odd function from its right half. */
export const withSign = (l: Lanes, x: Vec, sign: Vec): Vec => l.xor(x, sign);

/** Adding it to a number of less than 2^(mantissa − 2) leaves the nearest integer in the lowest bits. */
export const roundingMagic = (l: Lanes): number => 1.5 * 2 ** l.mantissa;

/** x to the nearest integer: as the integer's bits above those of the magic number, and as a number. */
export function roundToInteger(l: Lanes, x: Vec): { readonly shifted: Vec; readonly value: Vec } {
  const magic = l.number(roundingMagic(l));
  const shifted = l.add(x, magic);
  return { shifted, value: l.sub(shifted, magic) };
}

/** 2ⁿ for the integer n + `extra` with n in `shifted`, where that is a normal number. */
export function powerOfTwo(l: Lanes, shifted: Vec, extra: number): Vec {
  const offset = patternOf(l, roundingMagic(l)) - BigInt(l.bias + extra);
  return l.shiftLeft(l.integerSub(shifted, l.integer(offset)), l.mantissa);
}

/** x·2ⁿ for any n that matters, in two steps: neither overflows early, and a denormal result is rounded once. */
export function scaleByPower(l: Lanes, x: Vec, shifted: Vec, extra = 0): Vec {
  const offset = patternOf(l, roundingMagic(l)) - BigInt(2 * l.bias + extra);
  const sum = l.integerSub(shifted, l.integer(offset));
  const first = l.shiftRight(sum, 1);
  const second = l.integerSub(sum, first);
  const step = (exponent: Vec) => l.shiftLeft(exponent, l.mantissa);
  return l.mul(l.mul(x, step(first)), step(second));
}

/** x = m·2ᵉ with m between √½ and √2, for positive normal x. */
export function splitExponent(
  l: Lanes,
  x: Vec,
): { readonly m: Vec; readonly e: Vec; readonly biased: Vec } {
  const root = patternOf(l, Math.SQRT1_2);
  const one = BigInt(l.bias) << BigInt(l.mantissa);
  const moved = l.integerAdd(x, l.integer(one - root));
  const biased = l.shiftRight(moved, l.mantissa);
  const mask = (1n << BigInt(l.mantissa)) - 1n;
  const m = l.integerAdd(l.and(moved, l.integer(mask)), l.integer(root));
  // An integer in the lowest bits of 2^mantissa is that number more.
  const e = l.sub(l.or(biased, l.number(2 ** l.mantissa)), l.number(2 ** l.mantissa + l.bias));
  return { m, e, biased };
}

export const smallestNormal = (l: Lanes): number => 2 ** (1 - l.bias);
