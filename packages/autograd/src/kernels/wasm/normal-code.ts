// The inverse of the normal distribution on vectors: the operations of tensor/normal.ts in their order, for the same bits.

import {
  CENTRE,
  CENTRE_BELOW,
  LN2,
  LOG_TERMS,
  MIDDLE,
  MIDDLE_BELOW,
  TAIL,
  TAIL_BELOW,
} from '../../tensor/normal.js';
import { $, f32x4, i32, type Local, local, signsOfTwo, v128 } from './assembler/index.js';
import { Emitter, fromLocal } from './emit.js';
import { splitExponent, withSignOf } from './math/bits.js';
import { VECTOR_BYTES } from './scratch.js';
import { advance, assign, eachStep, load, type Pointer, store } from './statements.js';
import { unitDoubles } from './uniform-code.js';
import { LANE_MOVES, type LaneType, lanesOf, narrow, shuffle, type Vec, vec } from './vector.js';

type Vector = Local<'v128'>;

const l = lanesOf('float64');

// ---- The function -----------------------------------------------------------------------------------------------------

function horner(x: Vec, coefficients: readonly number[]): Vec {
  const last = l.number(coefficients[coefficients.length - 1]);
  return coefficients.slice(0, -1).reduceRight<Vec>((sum, c) => l.add(l.mul(sum, x), c), last);
}

const rational = (x: Vec, numerator: readonly number[], denominator: readonly number[]): Vec =>
  l.div(horner(x, numerator), horner(x, denominator));

/** Where |q| is more, q = p − ½, lie the tails. */
const CENTRAL = 0.425;

const centre = (q: Vec): Vec =>
  l.mul(q, rational(l.sub(0.180625, l.mul(q, q)), CENTRE, CENTRE_BELOW));

/** ln x for 0 < x < √½. */
function naturalLog(x: Vec): Vec {
  const { m, e } = splitExponent(l, x);
  const s = l.div(l.sub(m, 1), l.add(m, 1));
  const odd = Array.from({ length: (LOG_TERMS + 1) / 2 }, (_, k) => 1 / (2 * k + 1));
  const sum = horner(l.mul(s, s), odd);
  return l.add(l.mul(e, LN2), l.mul(l.mul(2, s), sum));
}

/** √(−ln p) in the lower tail, √(−ln(1 − p)) in the upper one. */
const radius = (p: Vec, q: Vec): Vec =>
  l.sqrt(l.neg(naturalLog(l.choose(l.lt(q, 0), p, l.sub(1, p)))));

/** |z| for a radius up to this, and for greater ones. */
const MIDDLE_END = 5;
const middle = (r: Vec): Vec => rational(l.sub(r, 1.6), MIDDLE, MIDDLE_BELOW);
const tail = (r: Vec): Vec => rational(l.sub(r, MIDDLE_END), TAIL, TAIL_BELOW);

// ---- The loops --------------------------------------------------------------------------------------------------------

/** An element of the tails: p or the radius, and the address of the element. */
export const ENTRY_BYTES = 16;
const ADDRESS = 8;

const POOL = 16;
const OWN = 4;

/** Vectors that the code works with. */
export const NORMAL_VECTORS = OWN + POOL;

/** The loops of `normalLoops`. */
interface NormalLoops {
  /** Words from `at` to `end` become p in their place. */
  readonly probabilities: (at: Pointer, end: Pointer) => void;
  /** The elements from `out` to `end`, from the p at `at` on, as if all were central. */
  readonly central: (out: Pointer, end: Pointer, at: Pointer) => void;
  /** Those of the list, which begins at `first`; it gets one more that is written to nowhere. */
  readonly tails: (first: Pointer, at: Pointer) => void;
}

/**
 * Normal numbers in passes over a chunk, each of them a loop whose turns depend on little and not on each other: a processor
 * then works on several at once. A seventh of the elements lies in the tails, which takes a logarithm, a root and another
 * quotient. They are set apart, at `list`, and computed two by two, so that neither half of a vector is computed in vain,
 * and no branch is taken at random.
 */
export function normalLoops(
  dtype: LaneType,
  [mean, deviation]: readonly Vector[],
  vectors: readonly Vector[],
  [list, bits]: readonly Pointer[],
): NormalLoops {
  const isNarrow = dtype === 'float32';
  const { bytes } = lanesOf(dtype);
  const [first, second, p, r] = vectors;
  const pool = vectors.slice(OWN);
  const moved = (z: Vec): Vec => l.add(fromLocal(mean), l.mul(fromLocal(deviation), z));

  /** Writes both lanes down, the second over the first where that is central, and counts those that are not. */
  const setApart = (far: Vec, out: Pointer, offset: number): void => {
    new Emitter(pool).push(far);
    local.set(bits, signsOfTwo());
    for (const lane of [0, 1]) {
      v128.store64_lane({}, lane, list, p);
      local.get(list);
      i32.add(out, offset + lane * bytes);
      i32.store({ offset: ADDRESS });
      i32.mul(i32.and(bits, 1 << lane), ENTRY_BYTES >> lane);
      local.set(list, i32.add(list, $));
    }
  };

  const loadPair = (at: Pointer): void => {
    assign(pool, [p], [shuffle(8, [0, 2], load(at), load(at, ENTRY_BYTES))]);
  };

  return {
    probabilities: (at, end) =>
      eachStep(at, end, VECTOR_BYTES, () => {
        // Half a step off the grid of 2⁻⁵³, as tensor/random.ts has it.
        const open = l.add(unitDoubles(at), 2 ** -54);
        store(pool, at, l.pmin(open, 1 - 2 ** -53));
      }),

    central: (out, end, at) =>
      eachStep(out, end, VECTOR_BYTES, () => {
        const values = isNarrow ? [first, second] : [first];
        values.forEach((value, half) => {
          assign(pool, [p], [load(at)]);
          const q = l.sub(fromLocal(p), 0.5);
          assign(pool, [value, r], [moved(centre(q)), l.gt(l.abs(q), CENTRAL)]);
          setApart(fromLocal(r), out, 2 * half * bytes);
          advance(at, VECTOR_BYTES);
        });
        const [low, high] = values.map(fromLocal);
        store(pool, out, isNarrow ? narrow(low, high) : low);
      }),

    tails: (begin, at) => {
      local.set(bits, i32.add(list, ENTRY_BYTES));
      i32.store({ offset: ADDRESS }, list, bits);
      local.set(at, begin);
      eachStep(at, list, 2 * ENTRY_BYTES, () => {
        loadPair(at);
        const q = l.sub(fromLocal(p), 0.5);
        assign(pool, [r], [withSignOf(l, q, radius(fromLocal(p), q))]);
        for (const lane of [0, 1]) v128.store64_lane({ offset: lane * ENTRY_BYTES }, lane, at, r);
      });
      local.set(at, begin);
      eachStep(at, list, 2 * ENTRY_BYTES, () => {
        loadPair(at);
        const signed = fromLocal(p);
        assign(pool, [r], [l.abs(signed)]);
        const radius = fromLocal(r);
        const z = l.choose(l.gt(radius, MIDDLE_END), tail(radius), middle(radius));
        const value = moved(withSignOf(l, signed, z));
        assign(pool, [first], [isNarrow ? vec(() => f32x4.demote_f64x2_zero(), [value]) : value]);
        for (const lane of [0, 1]) {
          i32.load({ offset: ADDRESS + lane * ENTRY_BYTES }, at);
          local.get(first);
          LANE_MOVES[bytes].store({}, lane);
        }
      });
    },
  };
}
