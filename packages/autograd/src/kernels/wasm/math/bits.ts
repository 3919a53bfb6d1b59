// Signs, exponents and mantissas of floating-point lanes, taken apart and put together.

import type { Lanes, Vec, VecOrNumber } from '../vector.js';

/** The bit pattern of a positive number, as an integer as wide as the lanes. */
export function patternOf(l: Lanes, x: number): bigint {
  if (l.dtype === 'float32') return BigInt(new Int32Array(new Float32Array([x]).buffer)[0]);
  return new BigInt64Array(new Float64Array([x]).buffer)[0];
}

/** The sign bits, those of −0. */
export const signOf = (l: Lanes, x: Vec): Vec => l.and(x, -0);

/** y, turned where x is negative: an odd function from its right half. */
export const withSignOf = (l: Lanes, x: Vec, y: Vec): Vec => l.xor(y, signOf(l, x));

/** An integer n as a number, and n + `offset` in the lowest bits of `shifted`. */
interface Rounded {
  readonly shifted: Vec;
  readonly value: Vec;
}

/** Adding it to a number of less than 2^(mantissa − 2) leaves the nearest integer, and `offset`, in the lowest bits. */
const roundingMagic = (l: Lanes, offset: number): number => 1.5 * 2 ** l.mantissa + offset;

/** x to the nearest integer. */
export function roundToInteger(l: Lanes, x: Vec, offset = 0): Rounded {
  const magic = roundingMagic(l, offset);
  const shifted = l.add(x, magic);
  return { shifted, value: l.sub(shifted, magic) };
}

/** a·b to the nearest integer, or one of both in the middle. */
export function roundProduct(l: Lanes, a: Vec, b: VecOrNumber, offset = 0): Rounded {
  const magic = roundingMagic(l, offset);
  const shifted = l.madd(a, b, magic);
  return { shifted, value: l.sub(shifted, magic) };
}

/** 2ⁿ where that is a normal number, 0 for n = −bias and ∞ for n = bias + 1; the offset of n is the bias. */
export const powerOfTwo = (l: Lanes, shifted: Vec): Vec => l.shiftLeft(shifted, l.mantissa);

/** The offset that `scaleByPower` takes: x·2^−offset is 0 for every x up to 2. */
export const scaleOffset = (l: Lanes): number => l.bias + l.mantissa + 2;

/**
 * x·2^(n + extra) in two steps, −offset ≤ n ≤ bias + 2: neither overflows early, and a denormal result is rounded once.
 * At n = −offset the first step is by 0.
 */
export function scaleByPower(l: Lanes, x: Vec, shifted: Vec, extra = 0): Vec {
  const first = l.shiftRight(shifted, 1);
  const rest = l.integer(2 * l.bias - scaleOffset(l) + extra);
  const second = l.integerAdd(l.integerSub(shifted, first), rest);
  return l.mul(l.mul(x, powerOfTwo(l, first)), powerOfTwo(l, second));
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
  const e = l.sub(l.or(biased, 2 ** l.mantissa), 2 ** l.mantissa + l.bias);
  return { m, e, biased };
}

/** The same for denormals too. */
export function splitAny(l: Lanes, x: Vec): { readonly m: Vec; readonly e: Vec } {
  const up = l.mantissa + 2;
  const denormal = l.lt(x, 2 ** (1 - l.bias));
  const { m, e } = splitExponent(l, l.choose(denormal, l.mul(x, 2 ** up), x));
  return { m, e: l.sub(e, l.and(denormal, up)) };
}
