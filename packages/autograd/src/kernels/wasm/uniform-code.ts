// From random words to uniform numbers on vectors, the bits of tensor/random.ts.

import { f32x4, type Local } from './assembler/index.js';
import { fromLocal } from './emit.js';
import { load, type Pointer } from './statements.js';
import { inDouble, type LaneType, lanesOf, type Vec, vec } from './vector.js';

const single = lanesOf('float32');
const double = lanesOf('float64');

/** Two numbers in [0, 1) of 53 bits, the words of each one behind the other: 27 bits of the first, 26 of the second. */
export function unitDoubles(at: Pointer): Vec {
  const words = load(at);
  const high = double.shiftRight(double.shiftLeft(words, 32), 37);
  const low = double.shiftRight(words, 38);
  // An integer in the lowest bits of 2²⁵ is that many 2⁻²⁷ more, in those of ½ that many 2⁻⁵³.
  return double.add(
    double.sub(double.or(high, 2 ** 25), 2 ** 25),
    double.sub(double.or(low, 0.5), 0.5),
  );
}

/** Four numbers in [0, 1) of 24 bits, one from each word. */
export function unitSingles(at: Pointer): Vec {
  const bits = single.shiftRight(load(at), 8);
  return single.mul(
    vec(() => f32x4.convert_i32x4_s(), [bits]),
    2 ** -24,
  );
}

/** Numbers from `origin` on, `scale` apart at most; what rounding has lifted to `limit` begins again at the origin. */
export function rangeNumbers(
  dtype: LaneType,
  at: Pointer,
  parameters: readonly Local<'v128'>[],
): Vec {
  const [origin, scale, limit] = parameters.map(fromLocal);
  const stretched = (unit: Vec): Vec => double.add(origin, double.mul(unit, scale));
  const below = (x: Vec): Vec => double.choose(double.lt(x, limit), x, origin);
  return dtype === 'float64'
    ? below(stretched(unitDoubles(at)))
    : inDouble(below)(inDouble(stretched)(unitSingles(at)));
}
