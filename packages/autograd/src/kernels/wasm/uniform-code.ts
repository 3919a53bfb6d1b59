// From random words to uniform numbers on vectors, the bits of tensor/random.ts.

import { f32x4, f64x2, i8x16, type Local } from './assembler/index.js';
import { fromLocal } from './emit.js';
import { load, type Pointer } from './statements.js';
import { type LaneType, lanesOf, narrow, type Vec, vec } from './vector.js';

/** What a distribution is moved and stretched by, in both lanes of float64, and where a range ends. */
export interface DrawParameters {
  readonly origin: Local<'v128'>;
  readonly scale: Local<'v128'>;
  readonly limit: Local<'v128'>;
}

const single = lanesOf('float32');
const double = lanesOf('float64');

const WORD_BITS = 32;

/** Two numbers in [0, 1) of 53 bits, the words of each one behind the other: 27 bits of the first, 26 of the second. */
export function unitDoubles(at: Pointer, offset = 0): Vec {
  const words = load(at, offset);
  // An integer in the lowest bits of 2²⁵ is that many 2⁻²⁷ more, in those of ½ that many 2⁻⁵³.
  const high = double.shiftRight(double.shiftLeft(words, WORD_BITS), WORD_BITS + 5);
  const low = double.shiftRight(words, WORD_BITS + 6);
  return double.add(
    double.sub(double.or(high, 2 ** 25), 2 ** 25),
    double.sub(double.or(low, 0.5), 0.5),
  );
}

const bitsOfSingles = (at: Pointer): Vec => single.shiftRight(load(at), 8);

/** Four numbers in [0, 1) of 24 bits, one from each word. */
export const unitNumbers = (at: Pointer): Vec =>
  single.mul(
    vec(() => f32x4.convert_i32x4_s(), [bitsOfSingles(at)]),
    2 ** -24,
  );

const HIGH_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];

/** The same as twice two of float64. */
function unitSingles(at: Pointer): Vec[] {
  const bits = bitsOfSingles(at);
  const high = vec(() => i8x16.shuffle(HIGH_HALF), [bits, bits]);
  return [bits, high].map((half) =>
    double.mul(
      vec(() => f64x2.convert_low_i32x4_s(), [half]),
      2 ** -24,
    ),
  );
}

/** A vector of numbers between `origin` and `limit`; what rounding has lifted to the limit begins again at the origin. */
export function uniformNumbers(
  dtype: LaneType,
  at: Pointer,
  { origin, scale, limit }: DrawParameters,
): Vec {
  const [low, span, high] = [origin, scale, limit].map(fromLocal);
  const stretched = (unit: Vec): Vec => double.add(low, double.mul(unit, span));
  const below = (value: Vec, rounded: Vec): Vec =>
    double.choose(double.lt(rounded, high), value, low);
  if (dtype === 'float64') {
    const value = stretched(unitDoubles(at));
    return below(value, value);
  }
  const [first, second] = unitSingles(at).map((unit) => {
    const value = stretched(unit);
    const single = vec(() => f32x4.demote_f64x2_zero(), [value]);
    return below(
      value,
      vec(() => f64x2.promote_low_f32x4(), [single]),
    );
  });
  return narrow(first, second);
}
