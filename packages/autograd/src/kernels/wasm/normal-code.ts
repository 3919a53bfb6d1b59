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
import { f32x4, i8x16, i32, i64x2, if_, type Local, local, v128 } from './assembler/index.js';
import { Emitter, fromLocal } from './emit.js';
import { splitExponent, withSignOf } from './math/bits.js';
import { advance, assign, load, type Pointer, store, whileBelow } from './statements.js';
import { type DrawParameters, unitDoubles } from './uniform-code.js';
import { type LaneType, lanesOf, narrow, type Vec, vec } from './vector.js';

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

const central = (q: Vec): Vec =>
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

/** An element of the tails: p, and the address of the element. */
export const NORMAL_BYTES = 16;
const ADDRESS = { offset: 8 };

const VECTOR_BYTES = 16;

const POOL = 16;
const OWN = 4;

/** Vectors that the code works with. */
export const NORMAL_VECTORS = OWN + POOL;

/**
 * Normal numbers in passes over a chunk, each of them a loop whose turns depend on little and not on each other: a processor
 * then works on several at once. A seventh of the elements lies in the tails, which takes a logarithm, a root and another
 * quotient. They are set apart and computed two by two, so that neither half of a vector is computed in vain, and no branch
 * is taken at random.
 */
export class NormalCode {
  readonly #narrow: boolean;
  readonly #bytes: number;
  readonly #moved: (z: Vec) => Vec;
  readonly #own: readonly Vector[];
  readonly #pool: readonly Vector[];
  readonly #list: Pointer;
  readonly #bits: Pointer;

  /** `list` is where the next element of the tails is set down. */
  constructor(
    dtype: LaneType,
    { origin, scale }: DrawParameters,
    vectors: readonly Vector[],
    [list, bits]: readonly Pointer[],
  ) {
    this.#narrow = dtype === 'float32';
    this.#bytes = lanesOf(dtype).bytes;
    this.#moved = (z) => l.add(fromLocal(origin), l.mul(fromLocal(scale), z));
    this.#own = vectors.slice(0, OWN);
    this.#pool = vectors.slice(OWN);
    this.#list = list;
    this.#bits = bits;
  }

  /** Words from `at` to `end` become p in their place. */
  writeProbabilities(at: Pointer, end: Pointer): void {
    whileBelow(at, end, () => {
      // Half a step off the grid of 2⁻⁵³, as tensor/random.ts has it.
      const open = l.add(unitDoubles(at), 2 ** -54);
      store(this.#pool, at, l.pmin(open, 1 - 2 ** -53));
      advance(at, VECTOR_BYTES);
    });
  }

  /** A vector of elements from the p at `at`, as if all were central; both pointers go on. */
  writeVector(out: Pointer, at: Pointer): void {
    const values = this.#own.slice(0, this.#narrow ? 2 : 1);
    values.forEach((value, half) => {
      this.#draw(value, at, half * VECTOR_BYTES);
      this.#setApart(out, 2 * half * this.#bytes);
    });
    const [low, high] = values.map(fromLocal);
    store(this.#pool, out, this.#narrow ? narrow(low, high) : low);
    advance(at, values.length * VECTOR_BYTES);
    advance(out, VECTOR_BYTES);
  }

  /** Two values into a local, their p and which of them are in a tail into the last two of the own ones. */
  #draw(value: Vector, at: Pointer, offset: number): void {
    const [p, far] = this.#own.slice(-2);
    const drawn = load(at, offset);
    const q = l.sub(drawn, 0.5);
    const isFar = l.gt(l.abs(q), CENTRAL);
    assign(this.#pool, [value, p, far], [this.#moved(central(q)), drawn, isFar]);
  }

  /** Writes both down, the second over the first where that is none, and counts those that are. */
  #setApart(out: Pointer, offset: number): void {
    const [p, far] = this.#own.slice(-2);
    local.set(this.#bits, i64x2.bitmask(far));
    for (const lane of [0, 1]) {
      v128.store64_lane({}, lane, this.#list, p);
      local.get(this.#list);
      i32.add(out, offset + lane * this.#bytes);
      i32.store(ADDRESS);
      i32.and(this.#bits, 1 << lane);
      i32.const(lane === 0 ? 4 : 3);
      i32.shl();
      local.get(this.#list);
      i32.add();
      local.set(this.#list);
    }
  }

  /** The elements of the list, which begins at `first`; it gets one more that is written to nowhere. */
  writeTails(first: Pointer, at: Pointer): void {
    i32.add(this.#list, NORMAL_BYTES);
    local.set(this.#bits);
    i32.store(ADDRESS, this.#list, this.#bits);
    local.set(at, first);
    whileBelow(at, this.#list, () => this.#findRadius(at));
    local.set(at, first);
    whileBelow(at, this.#list, () => this.#writePair(at));
  }

  /** p of two elements becomes the radius, negative in the lower tail. */
  #findRadius(at: Pointer): void {
    const [p, r] = this.#own;
    this.#loadPair(p, at);
    const q = l.sub(fromLocal(p), 0.5);
    assign(this.#pool, [r], [withSignOf(l, q, radius(fromLocal(p), q))]);
    for (const lane of [0, 1]) v128.store64_lane({ offset: lane * NORMAL_BYTES }, lane, at, r);
    advance(at, 2 * NORMAL_BYTES);
  }

  #writePair(at: Pointer): void {
    const [signed, r, z] = this.#own;
    this.#loadPair(signed, at);
    assign(this.#pool, [r], [l.abs(fromLocal(signed))]);
    assign(this.#pool, [z], [middle(fromLocal(r))]);
    const far = l.gt(fromLocal(r), MIDDLE_END);
    new Emitter(this.#pool).push(far);
    v128.any_true();
    if_(null, () => {
      assign(this.#pool, [z], [l.choose(far, tail(fromLocal(r)), fromLocal(z))]);
    });
    const value = this.#moved(withSignOf(l, fromLocal(signed), fromLocal(z)));
    const rounded = this.#narrow ? vec(() => f32x4.demote_f64x2_zero(), [value]) : value;
    assign(this.#pool, [z], [rounded]);
    for (const lane of [0, 1]) {
      i32.load({ offset: ADDRESS.offset + lane * NORMAL_BYTES }, at);
      local.get(z);
      if (this.#narrow) v128.store32_lane({}, lane);
      else v128.store64_lane({}, lane);
    }
    advance(at, 2 * NORMAL_BYTES);
  }

  #loadPair(into: Vector, at: Pointer): void {
    v128.load64_splat({}, at);
    v128.load64_splat({ offset: NORMAL_BYTES }, at);
    i8x16.shuffle(FIRST_OF_BOTH);
    local.set(into);
  }
}

const FIRST_OF_BOTH = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
