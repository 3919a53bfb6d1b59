// Tensor floor: what the compiler knows of axes. Types only: permuting, reducing, squeezing, joining.
//
// Axes are compared as text, '0' or '-2': so a tuple spells its keys, and so a number can be negated. On a
// walk along a shape, the axis at hand is `${Seen['length']}` from the front and `-${Rest['length']}` from
// the end, Rest beginning with it.
import type { Shape } from './shape.js';
import type { Shown, SizesMeet } from './typed-shape.js';
import type { Sum } from './typed-shape-arithmetic.js';

/** One axis, several, or (undefined) all of them. */
export type Axes = number | readonly number[] | undefined;

// ── Naming axes ────────────────────────────────────────────────────────────────────────────────────

type Each<A> = A extends readonly (infer N)[] ? N : A;

/** The axes as a union of their spellings: [0, -1] → '0' | '-1'. */
type Spelled<A> = Each<A> extends infer N extends number ? `${N}` : never;

/** `true` where the axes are known: literals, and their number too. */
type Known<A> =
  number extends Each<A>
    ? false
    : A extends readonly unknown[]
      ? number extends A['length']
        ? false
        : true
      : A extends number
        ? true
        : false;

type FromEnd<S extends readonly unknown[]> = S extends readonly [unknown, ...infer Rest]
  ? `-${S['length']}` | FromEnd<Rest>
  : never;

/** Every spelling of an axis of S. */
type Spellings<S extends readonly unknown[]> = (keyof S & `${number}`) | FromEnd<S>;

type RangeSentence<Op extends string, Bad extends string, S extends Shape> = [Bad] extends [never]
  ? never
  : `${Op}: axis ${Bad} is out of range for shape ${Shown<S>}`;

/** `sum: axis 2 is out of range for shape [3,4]`, or `never`. */
export type AxisProblem<Op extends string, S extends Shape, A> = number extends S['length']
  ? never
  : Known<A> extends true
    ? RangeSentence<Op, Exclude<Spelled<A>, Spellings<S>>, S>
    : never;

/** The size of an axis counted from either end; `number` where it can't be told. */
export type SizeAt<S extends Shape, Axis extends number> = number extends S['length'] | Axis
  ? number
  : `${Axis}` extends `-${infer Back}`
    ? At<[0, ...Reversed<S>], Back>
    : At<S, `${Axis}`>;

type At<S extends Shape, Key extends string> = S extends {
  readonly [K in Key]: infer N extends number;
}
  ? N
  : number;

// ── Order ──────────────────────────────────────────────────────────────────────────────────────────

/** The axes in reverse order. */
export type Transposed<S extends Shape> = number extends S['length'] ? number[] : Reversed<S>;

type Reversed<S extends Shape, Out extends number[] = []> = S extends readonly [
  infer N extends number,
  ...infer Rest extends Shape,
]
  ? Reversed<Rest, [N, ...Out]>
  : Out;

/** The axes in the order of `Order`: [2, 3, 4] by [2, 0, 1] → [4, 2, 3]. */
export type Permuted<S extends Shape, Order extends Shape> = number extends
  | S['length']
  | Order['length']
  ? number[]
  : PermutedWalk<S, Order>;

type PermutedWalk<
  S extends Shape,
  Order extends Shape,
  Out extends number[] = [],
> = Order extends readonly [infer Axis extends number, ...infer Rest extends Shape]
  ? PermutedWalk<S, Rest, [...Out, SizeAt<S, Axis>]>
  : Out;

/** `permute: axes [0,0] do not name each axis of shape [3,4] once`, or `never`. */
export type PermuteProblem<S extends Shape, Order extends Shape> = number extends
  | S['length']
  | Order['length']
  | Order[number]
  ? never
  : Order['length'] extends S['length']
    ? NamesEach<S, Spelled<Order>> extends true
      ? never
      : PermuteSentence<S, Order>
    : PermuteSentence<S, Order>;

type PermuteSentence<
  S extends Shape,
  Order extends Shape,
> = `permute: axes ${Shown<Order>} do not name each axis of shape ${Shown<S>} once`;

/** `true` where `Keys` spell every axis of S, one way or the other. */
type NamesEach<S extends Shape, Keys extends string, Seen extends 0[] = []> = S extends readonly [
  unknown,
  ...infer Rest extends Shape,
]
  ? [Keys & (`${Seen['length']}` | `-${S['length']}`)] extends [never]
    ? false
    : NamesEach<Rest, Keys, [...Seen, 0]>
  : true;

// ── Reducing ───────────────────────────────────────────────────────────────────────────────────────

/** The shape after a reduction over `A`: reduced axes go, or stay with size 1 where `Keep` is true. */
export type Reduced<
  S extends Shape,
  A = undefined,
  Keep extends boolean = false,
> = boolean extends Keep
  ? number[]
  : [A] extends [undefined]
    ? Keep extends true
      ? Ones<S>
      : []
    : number extends S['length']
      ? number[]
      : Known<A> extends true
        ? ReducedWalk<S, Spelled<A>, Keep>
        : number[];

type ReducedWalk<
  S extends Shape,
  Keys extends string,
  Keep extends boolean,
  Seen extends 0[] = [],
  Out extends number[] = [],
> = S extends readonly [infer N extends number, ...infer Rest extends Shape]
  ? ReducedWalk<
      Rest,
      Keys,
      Keep,
      [...Seen, 0],
      [Keys & (`${Seen['length']}` | `-${S['length']}`)] extends [never]
        ? [...Out, N]
        : Keep extends true
          ? [...Out, 1]
          : Out
    >
  : Out;

type Ones<S extends Shape, Out extends number[] = []> = number extends S['length']
  ? number[]
  : S extends readonly [unknown, ...infer Rest extends Shape]
    ? Ones<Rest, [...Out, 1]>
    : Out;

/** The rank of S with no size known. */
export type SameRank<S extends Shape, Out extends number[] = []> = number extends S['length']
  ? number[]
  : S extends readonly [unknown, ...infer Rest extends Shape]
    ? SameRank<Rest, [...Out, number]>
    : Out;

// ── Axes put in, left out, exchanged ───────────────────────────────────────────────────────────────

/** The shape without the axes named, or without every axis of size 1 where none is. */
export type Squeezed<S extends Shape, A = undefined> = [A] extends [undefined]
  ? number extends S['length'] | S[number]
    ? number[]
    : WithoutOnes<S>
  : Reduced<S, A>;

type WithoutOnes<S extends Shape, Out extends number[] = []> = S extends readonly [
  infer N extends number,
  ...infer Rest extends Shape,
]
  ? WithoutOnes<Rest, N extends 1 ? Out : [...Out, N]>
  : Out;

/** The axes among `N` whose size is known not to be 1. */
type Thick<S extends Shape, N> = N extends number
  ? SizesMeet<SizeAt<S, N>, 1> extends true
    ? never
    : `${N}`
  : never;

type ThickSentence<S extends Shape, Bad extends string> = [Bad] extends [never]
  ? never
  : `squeeze: axis ${Bad} of shape ${Shown<S>} is not of size 1`;

/** `squeeze: axis 1 of shape [3,4] is not of size 1`, or an axis out of range, or `never`. */
export type SqueezeProblem<S extends Shape, A> = number extends S['length']
  ? never
  : Known<A> extends true
    ? [AxisProblem<'squeeze', S, A>] extends [never]
      ? ThickSentence<S, Thick<S, Each<A>>>
      : AxisProblem<'squeeze', S, A>
    : never;

/** The shape with an axis of size `Put` put in at `Axis`, counted in the result. */
export type Inserted<S extends Shape, Axis extends number, Put extends number> = number extends
  | S['length']
  | Axis
  ? number[]
  : InsertedWalk<S, `${Axis}`, Put>;

type InsertedWalk<
  S extends Shape,
  Key extends string,
  Put extends number,
  Front extends number[] = [],
> = Key extends `${Front['length']}` | `-${[...S, 0]['length'] & number}`
  ? [...Front, Put, ...S]
  : S extends readonly [infer N extends number, ...infer Rest extends Shape]
    ? InsertedWalk<Rest, Key, Put, [...Front, N]>
    : number[];

/** The shape with an axis of size 1 put in, counted in the result. */
export type Unsqueezed<S extends Shape, Axis extends number> = Inserted<S, Axis, 1>;

/** `unsqueeze: axis 4 is out of range for a result of 3 axes`, or `never`. */
export type InsertProblem<Op extends string, S extends Shape, Axis extends number> = number extends
  | S['length']
  | Axis
  ? never
  : `${Axis}` extends Spellings<[...S, 1]>
    ? never
    : `${Op}: axis ${Axis} is out of range for a result of ${[...S, 1]['length'] & number} axes`;

/** The shape with the sizes `Put` (any number of them) in place of one axis. */
export type Replaced<S extends Shape, Axis extends number, Put extends Shape> = number extends
  | S['length']
  | Put['length']
  | Axis
  ? number[]
  : ReplacedWalk<S, `${Axis}`, Put>;

type ReplacedWalk<
  S extends Shape,
  Key extends string,
  Put extends Shape,
  Front extends number[] = [],
> = S extends readonly [infer N extends number, ...infer Rest extends Shape]
  ? Key extends `${Front['length']}` | `-${S['length']}`
    ? [...Front, ...Put, ...Rest]
    : ReplacedWalk<Rest, Key, Put, [...Front, N]>
  : number[];

/** One axis of a slice: an index (drops the axis), null (all of it), or [start, stop, step]. */
export type SliceRange =
  | number
  | null
  | readonly [start: number | null, stop?: number | null, step?: number | null];

/** The shape of a slice: indices drop their axis, ranges leave it with a size that is not known. */
export type Sliced<S extends Shape, R extends readonly SliceRange[]> = number extends
  | S['length']
  | R['length']
  ? number[]
  : SlicedWalk<S, R>;

type SlicedWalk<
  S extends Shape,
  R extends readonly SliceRange[],
  Out extends number[] = [],
> = R extends readonly [infer First, ...infer RestR extends readonly SliceRange[]]
  ? S extends readonly [infer N extends number, ...infer RestS extends Shape]
    ? SlicedWalk<
        RestS,
        RestR,
        First extends number ? Out : [...Out, First extends null ? N : number]
      >
    : number[]
  : [...Out, ...S];

/** Shapes laid end to end along `Axis`; where they do not fit, nothing is known. */
export type Concatenated<
  L extends readonly Shape[],
  Axis extends number = 0,
> = number extends L['length']
  ? SameRank<L[number]>
  : L extends readonly [infer First extends Shape, ...infer Rest extends readonly Shape[]]
    ? ConcatenatedWalk<First, Rest, Axis>
    : number[];

type ConcatenatedWalk<
  S extends Shape,
  L extends readonly Shape[],
  Axis extends number,
> = L extends readonly [infer Next extends Shape, ...infer Rest extends readonly Shape[]]
  ? Joined<S, Next, Axis> extends infer Both extends Shape
    ? ConcatenatedWalk<Both, Rest, Axis>
    : number[]
  : [...S];

type Joined<A extends Shape, B extends Shape, Axis extends number> = A['length'] extends B['length']
  ? Replaced<A, Axis, [Sum<SizeAt<A, Axis>, SizeAt<B, Axis>>]>
  : number[];
