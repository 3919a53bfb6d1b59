// Tensor floor: what the compiler knows of a shape. Types only: sizes, broadcasting, matrix products.
//
// A shape is a tuple of literal sizes as far as they are known: [32, 784]. `number` is a size that is not
// known (a batch), `number[]` a shape of which not even the rank is. Both are always allowed: what can't
// be known can't be called wrong here, and the check at run time remains.
import type { Shape } from './shape.js';

// ── Sizes ──────────────────────────────────────────────────────────────────────────────────────────

// `number` is assignable to every member of a numeric enum, a literal only to the member of its value.
// No size is 0.5: this member takes sizes that are not known, and nothing else.
declare enum Size {
  unknown = 0.5,
}

/** Takes `number` and type parameters `N extends number`, and no literal size. */
export type UnknownSize = Size.unknown;

/** Takes shapes of unknown rank: `number[]`, type parameters `S extends Shape`, and no tuple. */
export type UnknownRank = Shape & { readonly length: UnknownSize };

/** Takes shapes of unknown rank, and those whose first size is unknown (a batch). */
export type UnknownBatch = UnknownRank | readonly [UnknownSize, ...Shape];

// The comparisons below wrap the sizes in an object type. A bare `X extends Y` waits for as long as X is a
// type parameter; the wrapped one is decided at once where both sides are the same parameter, and that
// lets a function that is generic in its sizes compile without a cast. `n` asks whether a size is unknown:
// `number` is assignable to `number` and to no literal. (The reverse, with UnknownSize, would be decided
// too early: a type that still waits to be computed passes for any number that it could become.)

/** `true` where two sizes can be equal: the same, or either unknown. */
export type SizesMeet<X extends number, Y extends number> = { x: X; y: Y; n: number } extends
  | { x: Y }
  | { y: X }
  | { n: X }
  | { n: Y }
  ? true
  : false;

/** `true` where one of two sizes can be stretched to the other: equal, 1, or unknown. */
type SizesBroadcast<X extends number, Y extends number> = { x: X; y: Y; n: number } extends
  | { x: Y | 1 }
  | { y: X | 1 }
  | { n: X }
  | { n: Y }
  ? true
  : false;

/** `true` where the first size can be stretched to the second. */
type Stretches<X extends number, Y extends number> = { x: X; y: Y; n: number } extends
  | { x: Y | 1 }
  | { y: X }
  | { n: X }
  | { n: Y }
  ? true
  : false;

/** The size that two sizes broadcast to. An unknown one gives way to any size but 1. */
type BroadcastSize<X extends number, Y extends number> = { x: X; y: Y } extends
  | { x: Y; y: X }
  | { y: 1 }
  ? X
  : { x: X; n: number } extends { x: 1 } | { n: X }
    ? Y
    : X;

// ── Sentences ──────────────────────────────────────────────────────────────────────────────────────

/** A size as a sentence prints it: `3`, or `?` where it is unknown. */
export type ShownSize<N> = N extends number ? (number extends N ? '?' : `${N}`) : '?';

type ShownSizes<S extends readonly unknown[]> = S extends readonly [infer N]
  ? ShownSize<N>
  : S extends readonly [infer N, ...infer Rest]
    ? `${ShownSize<N>},${ShownSizes<Rest>}`
    : '';

/** A shape as a sentence prints it, the way run-time errors do: `[32,784]`. */
export type Shown<S extends readonly unknown[]> = number extends S['length']
  ? '[…]'
  : `[${ShownSizes<S>}]`;

/**
 * The type of a parameter: `T`, or the sentence `Problem` where there is one (no problem is `never`). An
 * argument never fits the sentence, and so the compiler prints it.
 */
export type Unless<Problem, T> = [Problem] extends [never] ? T : Problem;

// ── Broadcasting ───────────────────────────────────────────────────────────────────────────────────

/** The shape that two shapes broadcast to, by NumPy's rules: aligned at the end, sizes equal or 1. */
export type Broadcast<A extends Shape, B extends Shape> = number extends A['length'] | B['length']
  ? number[]
  : BroadcastFromEnd<A, B>;

type BroadcastFromEnd<
  A extends Shape,
  B extends Shape,
  End extends number[] = [],
> = A extends readonly [...infer RestA extends Shape, infer X extends number]
  ? B extends readonly [...infer RestB extends Shape, infer Y extends number]
    ? BroadcastFromEnd<RestA, RestB, [BroadcastSize<X, Y>, ...End]>
    : [...A, ...End]
  : [...B, ...End];

/** The first pair of sizes, from the end, that does not broadcast; `never` where all do. */
type Clash<A extends Shape, B extends Shape> = A extends readonly [
  ...infer RestA extends Shape,
  infer X extends number,
]
  ? B extends readonly [...infer RestB extends Shape, infer Y extends number]
    ? SizesBroadcast<X, Y> extends true
      ? Clash<RestA, RestB>
      : `${ShownSize<X>} against ${ShownSize<Y>}`
    : never
  : never;

type ClashSentence<Op extends string, A extends Shape, B extends Shape, Pair> = [Pair] extends [
  never,
]
  ? never
  : `${Op}: shapes ${Shown<A>} and ${Shown<B>} do not broadcast: ${Pair & string}`;

/** `add: shapes [3,4] and [5] do not broadcast: 4 against 5`, or `never`. */
export type BroadcastProblem<Op extends string, A extends Shape, B extends Shape> = number extends
  | A['length']
  | B['length']
  ? never
  : ClashSentence<Op, A, B, Clash<A, B>>;

/** Where S can't be stretched to T, from the end; `never` where it can. */
type StretchClash<S extends Shape, T extends Shape> = S extends readonly [
  ...infer RestS extends Shape,
  infer X extends number,
]
  ? T extends readonly [...infer RestT extends Shape, infer Y extends number]
    ? Stretches<X, Y> extends true
      ? StretchClash<RestS, RestT>
      : `${ShownSize<X>} against ${ShownSize<Y>}`
    : 'the first has more axes'
  : never;

type StretchSentence<S extends Shape, T extends Shape, Pair> = [Pair] extends [never]
  ? never
  : `broadcastTo: shape ${Shown<S>} does not broadcast to ${Shown<T>}: ${Pair & string}`;

/** `broadcastTo: shape [3] does not broadcast to [2,4]: 3 against 4`, or `never`. */
export type BroadcastToProblem<S extends Shape, T extends Shape> = number extends
  | S['length']
  | T['length']
  ? never
  : StretchSentence<S, T, StretchClash<S, T>>;

// ── Matrix products ────────────────────────────────────────────────────────────────────────────────

/**
 * The shape of a matrix product, by NumPy's rules: [K]·[K] → [], [M,K]·[K] → [M], [K]·[…,K,N] → […,N],
 * […,M,K]·[…,K,N] → […,M,N] with the leading axes broadcast.
 */
export type MatmulShape<A extends Shape, B extends Shape> = number extends A['length'] | B['length']
  ? number[]
  : A extends readonly [unknown]
    ? B extends readonly [...infer Lead extends Shape, unknown, infer N extends number]
      ? [...Lead, N]
      : []
    : A extends readonly [...infer LeadA extends Shape, infer M extends number, unknown]
      ? B extends readonly [...infer LeadB extends Shape, unknown, infer N extends number]
        ? [...BroadcastFromEnd<LeadA, LeadB>, M, N]
        : [...LeadA, M]
      : number[];

/** The size of B that a product sums over: the last but one, or the only one. */
type InnerSize<B extends Shape> = B extends readonly [...unknown[], infer K extends number, unknown]
  ? K
  : B[0];

/** The axes of a stack of matrices before the last two. */
type Stack<S extends Shape> = S extends readonly [...infer Lead extends Shape, unknown, unknown]
  ? Lead
  : [];

/**
 * `matmul: inner dimensions 784 and 128 differ`, or a sentence on a scalar operand, or on stacks that do
 * not broadcast; `never` where the product exists.
 */
export type MatmulProblem<
  A extends Shape,
  B extends Shape,
  Op extends string = 'matmul',
> = number extends A['length'] | B['length']
  ? never
  : 0 extends A['length'] | B['length']
    ? `${Op}: both operands need an axis, got ${Shown<A>} and ${Shown<B>}`
    : A extends readonly [...unknown[], infer K extends number]
      ? SizesMeet<K, InnerSize<B>> extends true
        ? BroadcastProblem<Op, Stack<A>, Stack<B>>
        : `${Op}: inner dimensions ${ShownSize<K>} and ${ShownSize<InnerSize<B>>} differ`
      : never;

// ── Nested arrays ──────────────────────────────────────────────────────────────────────────────────

/**
 * The shape of nested arrays: [[1, 2], [3, 4]] → [2, 2], `number[]` → [number], a number → []. Where
 * numbers and arrays may both stand, and past eight axes, nothing is known.
 */
export type NestedShape<T, Out extends number[] = []> = [T] extends [number | boolean]
  ? Out
  : Out['length'] extends 8
    ? number[]
    : [T] extends [readonly unknown[] & { readonly length: infer N extends number }]
      ? [T] extends [readonly []]
        ? [...Out, 0]
        : NestedShape<T[0], [...Out, N]>
      : number[];
