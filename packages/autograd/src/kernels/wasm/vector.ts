// Vectors of lanes as an expression graph: what the SIMD mathematics and the loops of formulas are written in.

import { tableOf } from '../../scalar/table.js';
import { dtypeOfArray, isFloating, type TypedArray } from '../../tensor/dtype.js';
import { f32x4, f64x2, i8x16, i32, i32x4, i64x2, v128 } from './assembler/index.js';
import { hasFma } from './fma.js';

/** The dtypes that have SIMD kernels. */
export type LaneType = 'float32' | 'float64';

/** The instructions on their vectors. */
export const instructionsOf = (dtype: LaneType): typeof f32x4 | typeof f64x2 =>
  dtype === 'float32' ? f32x4 : f64x2;

export function laneTypeOf(x: TypedArray): LaneType | null {
  const dtype = dtypeOfArray(x);
  return isFloating(dtype) ? dtype : null;
}

interface LaneMoves {
  readonly load: typeof v128.load32_zero;
  readonly splat: typeof v128.load32_splat;
  readonly store: typeof v128.store32_lane;
}

/** What moves one lane, of 4 or 8 bytes, between memory and a vector. */
export const LANE_MOVES: { readonly [bytes: number]: LaneMoves } = {
  4: { load: v128.load32_zero, splat: v128.load32_splat, store: v128.store32_lane },
  8: { load: v128.load64_zero, splat: v128.load64_splat, store: v128.store64_lane },
};

/** A value of 128 bits: an instruction on the values below it. Immutable; used twice, it is computed once. */
export interface Vec {
  readonly args: readonly Vec[];
  /** Emits the instruction; its operands are on the stack. */
  readonly emit: () => void;
  /** As short as a reference to a local: written out again wherever it is used. */
  readonly trivial: boolean;
}

export const vec = (emit: () => void, args: readonly Vec[] = [], trivial = false): Vec => ({
  args,
  emit,
  trivial,
});

/** A vector, or a number that stands in all lanes. */
export type VecOrNumber = Vec | number;

type Unary = (a: Vec) => Vec;
type Binary = (a: VecOrNumber, b: VecOrNumber) => Vec;

/** Arithmetic on vectors of one dtype. Integers are as wide as the lanes; masks are all ones or all zeros. */
export interface Lanes {
  readonly dtype: LaneType;
  /** How many lanes, the bytes of each, the bits of the mantissa; the exponent's bias. */
  readonly count: number;
  readonly bytes: number;
  readonly mantissa: number;
  readonly bias: number;

  /** The number in all lanes. */
  number(x: number): Vec;
  /** The integer in all lanes. */
  integer(x: bigint | number): Vec;

  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly div: Binary;
  /** a·b + c, rounded once where there is such an instruction, else twice. For what is no less right either way. */
  madd(a: VecOrNumber, b: VecOrNumber, c: VecOrNumber): Vec;
  readonly sqrt: Unary;
  readonly neg: Unary;
  readonly abs: Unary;
  readonly floor: Unary;
  readonly ceil: Unary;
  readonly trunc: Unary;
  /** To the nearest integer, ties to the even one. */
  readonly nearest: Unary;
  /** NaN if either is; −0 is below +0. */
  readonly min: Binary;
  readonly max: Binary;
  /** One instruction each; `a` where either is NaN. */
  readonly pmin: Binary;
  readonly pmax: Binary;

  readonly eq: Binary;
  readonly ne: Binary;
  readonly lt: Binary;
  readonly le: Binary;
  readonly gt: Binary;
  readonly ge: Binary;

  readonly and: Binary;
  readonly or: Binary;
  readonly xor: Binary;
  /** a and not b. */
  readonly andNot: Binary;
  readonly not: Unary;
  /** `a` where the mask is ones, else `b`. */
  choose(mask: Vec, a: VecOrNumber, b: VecOrNumber): Vec;

  readonly integerAdd: Binary;
  readonly integerSub: Binary;
  shiftLeft(a: Vec, by: number): Vec;
  /** Zeros come in from above. */
  shiftRight(a: Vec, by: number): Vec;
}

const constantOf = (array: TypedArray | BigInt64Array): Vec =>
  vec(() => v128.const(array), [], true);

/** Instructions of one operand and of two, which are called the same for all lanes that are numbers. */
const UNARY = ['sqrt', 'neg', 'abs', 'floor', 'ceil', 'trunc', 'nearest'] as const;
const BINARY = [
  ...(['add', 'sub', 'mul', 'div', 'min', 'max', 'pmin', 'pmax'] as const),
  ...(['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const),
];

/** What f32x4 and f64x2 have in common with the integers of their width, so that functions are written once for both. */
function operations(
  floating: typeof f32x4 | typeof f64x2,
  integral: typeof i32x4 | typeof i64x2,
  number: (x: number) => Vec,
) {
  const lift = (x: VecOrNumber): Vec => (typeof x === 'number' ? number(x) : x);
  const one =
    (instruction: () => unknown): Unary =>
    (a) =>
      vec(instruction, [a]);
  const two =
    (instruction: () => unknown): Binary =>
    (a, b) =>
      vec(instruction, [lift(a), lift(b)]);
  const shift = (instruction: () => unknown) => (a: Vec, by: number) =>
    vec(() => {
      i32.const(by);
      instruction();
    }, [a]);
  const binary = tableOf(BINARY, (name) => two(floating[name]));
  return {
    number,
    ...tableOf(UNARY, (name) => one(floating[name])),
    ...binary,
    madd: (a: VecOrNumber, b: VecOrNumber, c: VecOrNumber) =>
      hasFma()
        ? vec(() => floating.relaxed_madd(), [lift(a), lift(b), lift(c)])
        : binary.add(binary.mul(a, b), c),
    and: two(v128.and),
    or: two(v128.or),
    xor: two(v128.xor),
    andNot: two(v128.andnot),
    not: one(v128.not),
    choose: (mask: Vec, a: VecOrNumber, b: VecOrNumber) =>
      vec(() => v128.bitselect(), [lift(a), lift(b), mask]),
    integerAdd: two(integral.add),
    integerSub: two(integral.sub),
    shiftLeft: shift(integral.shl),
    shiftRight: shift(integral.shr_u),
  };
}

const LANES: Readonly<Record<LaneType, Lanes>> = {
  float32: {
    dtype: 'float32',
    count: 4,
    bytes: 4,
    mantissa: 23,
    bias: 127,
    integer: (x) => constantOf(new Int32Array(4).fill(Number(x))),
    ...operations(f32x4, i32x4, (x) => constantOf(new Float32Array(4).fill(x))),
  },
  float64: {
    dtype: 'float64',
    count: 2,
    bytes: 8,
    mantissa: 52,
    bias: 1023,
    integer: (x) => constantOf(new BigInt64Array(2).fill(BigInt(x))),
    ...operations(f64x2, i64x2, (x) => constantOf(new Float64Array(2).fill(x))),
  },
};

export const lanesOf = (dtype: LaneType): Lanes => LANES[dtype];

// ---- Between the two --------------------------------------------------------------------------------------------------

/** The bytes of elements of so many bytes each, as instructions name them. */
export const bytesOfElements = (bytes: number, elements: readonly number[]): number[] =>
  elements.flatMap((e) => Array.from({ length: bytes }, (_, k) => e * bytes + k));

/** The elements of x and y with these numbers, of so many bytes each; those of y come after those of x. */
export const shuffle = (bytes: number, elements: readonly number[], x: Vec, y: Vec): Vec =>
  vec(() => i8x16.shuffle(bytesOfElements(bytes, elements)), [x, y]);

/** Four numbers of float32 as twice two of float64. */
export function widen(a: Vec): [Vec, Vec] {
  const high = shuffle(8, [1, 1], a, a);
  return [vec(() => f64x2.promote_low_f32x4(), [a]), vec(() => f64x2.promote_low_f32x4(), [high])];
}

/** Rounds twice two numbers of float64 to four of float32. */
export function narrow(low: Vec, high: Vec): Vec {
  const [a, b] = [low, high].map((half) => vec(() => f32x4.demote_f64x2_zero(), [half]));
  return shuffle(8, [0, 2], a, b);
}

/** Computes on float32 in float64. */
export function inDouble(f: (...args: Vec[]) => Vec): (...args: Vec[]) => Vec {
  return (...args) => {
    const wide = args.map(widen);
    return narrow(f(...wide.map(([low]) => low)), f(...wide.map(([, high]) => high)));
  };
}
