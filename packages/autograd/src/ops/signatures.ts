// Operations floor: the types of the operations as functions, what each makes of typed shapes.
//
// The overloads of a function stand in one order. First what is generic in sizes or shapes, so that a
// function with type parameters of its own compiles without a cast; then shapes of unknown rank, which
// can't be checked; last the checking one, whose parameter turns into a sentence where shapes don't fit.
import type { DType } from '../tensor/dtype.js';
import type { Operand, TensorLike } from '../tensor/operand.js';
import type { Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import type {
  Broadcast,
  BroadcastProblem,
  BroadcastToProblem,
  MatmulProblem,
  MatmulShape,
  UnknownBatch,
  UnknownRank,
  Unless,
} from '../tensor/typed-shape.js';
import type { Product, ReshapedTo, ReshapeProblem } from '../tensor/typed-shape-arithmetic.js';
import type {
  Axes,
  AxisProblem,
  Concatenated,
  Inserted,
  InsertProblem,
  Permuted,
  PermuteProblem,
  Reduced,
  Replaced,
  SameRank,
  SizeAt,
  Sliced,
  SliceRange,
  Squeezed,
  SqueezeProblem,
  Transposed,
  Unsqueezed,
} from '../tensor/typed-shape-axes.js';

export type { Axes, SliceRange };

/** What broadcasts to any shape without changing it: a number, a boolean, a tensor without axes. */
export type ScalarLike = TensorLike<readonly []>;

/** An argument that names axes of a tensor of shape S, or the sentence on an axis out of range. */
export type AxisArgument<Op extends string, S extends Shape, A> = Unless<AxisProblem<Op, S, A>, A>;

/** The shapes of a list of operands. */
export type ShapesOf<L extends readonly Operand[]> = {
  [I in keyof L]: L[I] extends Operand<infer S> ? S : Shape;
};

// ── Elementwise ────────────────────────────────────────────────────────────────────────────────────

/** Keeps the shape. `Rest` are the parameters after the tensor. */
export type UnaryFn<Rest extends readonly unknown[] = []> = <S extends Shape = []>(
  x: TensorLike<S>,
  ...rest: Rest
) => Tensor<S>;

export type ClampFn = UnaryFn<[min: number, max: number]>;

/** Broadcasts two operands. */
export interface BinaryFn<Op extends string = string> {
  <S extends Shape = []>(a: TensorLike<S>, b: TensorLike<NoInfer<S>> | ScalarLike): Tensor<S>;
  <S extends Shape>(a: ScalarLike, b: Operand<S>): Tensor<S>;
  <Lead extends Shape, N extends number>(
    a: Operand<readonly [...Lead, N]>,
    b: Operand<readonly [NoInfer<N>]>,
  ): Tensor<[...Lead, N]>;
  (a: TensorLike<UnknownRank>, b: TensorLike): Tensor<number[]>;
  (a: TensorLike, b: TensorLike<UnknownRank>): Tensor<number[]>;
  <A extends Shape = [], B extends Shape = []>(
    a: TensorLike<A>,
    b: Unless<BroadcastProblem<Op, A, B>, TensorLike<B>>,
  ): Tensor<Broadcast<A, B>>;
}

/** Broadcasts a condition and two operands. */
export interface WhereFn {
  <S extends Shape>(
    condition: Operand<S>,
    a: TensorLike<NoInfer<S>> | ScalarLike,
    b: TensorLike<NoInfer<S>> | ScalarLike,
  ): Tensor<S>;
  (condition: Operand<UnknownRank>, a: TensorLike, b: TensorLike): Tensor<number[]>;
  (condition: TensorLike, a: Operand<UnknownRank>, b: TensorLike): Tensor<number[]>;
  (condition: TensorLike, a: TensorLike, b: Operand<UnknownRank>): Tensor<number[]>;
  <C extends Shape = [], A extends Shape = [], B extends Shape = []>(
    condition: TensorLike<C>,
    a: Unless<BroadcastProblem<'where', C, A>, TensorLike<A>>,
    b: Unless<BroadcastProblem<'where', Broadcast<C, A>, B>, TensorLike<B>>,
  ): Tensor<Broadcast<Broadcast<C, A>, B>>;
}

// ── Reductions ─────────────────────────────────────────────────────────────────────────────────────

/** Options of every reduction. */
export interface KeepDims<K extends boolean = boolean> {
  /** Keeps the reduced axes, with size 1. Default: false. */
  readonly keepDims?: K;
}

/** Reduces one axis, several, or all of them. `Extra` are the options besides `keepDims`. */
export interface ReduceFn<Op extends string = string, Extra extends object = object> {
  (x: TensorLike, axes?: undefined, options?: KeepDims<false> & Extra): Tensor<[]>;
  (x: Operand<UnknownRank>, axes?: Axes, options?: KeepDims & Extra): Tensor<number[]>;
  <S extends Shape, const A extends Axes = undefined, K extends boolean = false>(
    x: Operand<S>,
    axes?: AxisArgument<Op, S, A>,
    options?: KeepDims<K> & Extra,
  ): Tensor<Reduced<S, A, K>>;
}

/** Reduces one axis, or the flattened tensor, to a position. */
export interface ArgReduceFn<Op extends string = string> {
  (x: TensorLike, axis?: undefined, options?: KeepDims<false>): Tensor<[]>;
  (x: Operand<UnknownRank>, axis?: number, options?: KeepDims): Tensor<number[]>;
  <S extends Shape, A extends number | undefined = undefined, K extends boolean = false>(
    x: Operand<S>,
    axis?: AxisArgument<Op, S, A>,
    options?: KeepDims<K>,
  ): Tensor<Reduced<S, A, K>>;
}

/** Works along one axis (by default the last) or along several, and keeps the shape. */
export interface AlongFn<Op extends string = string, A extends Axes = number, Options = undefined> {
  <S extends UnknownRank>(x: Operand<S>, axis?: A, options?: Options): Tensor<S>;
  <S extends Shape, const B extends A = A>(
    x: Operand<S>,
    axis?: AxisArgument<Op, S, B>,
    options?: Options,
  ): Tensor<S>;
}

/** Works along one axis, which must be named, and keeps the shape. */
export interface CumulativeFn<Op extends string = string> {
  <S extends UnknownRank>(x: Operand<S>, axis: number): Tensor<S>;
  <S extends Shape, A extends number>(x: Operand<S>, axis: AxisArgument<Op, S, A>): Tensor<S>;
}

// ── Products ───────────────────────────────────────────────────────────────────────────────────────

/** Which operand of `matmul` is read with its last two axes exchanged, without copying it. */
export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

export interface MatmulFn {
  (a: Operand, b: Operand, options: MatmulOptions): Tensor<number[]>;
  <M extends number, K extends number, N extends number>(
    a: Operand<readonly [M, K]>,
    b: Operand<readonly [NoInfer<K>, N]>,
  ): Tensor<[M, N]>;
  <Lead extends Shape, K extends number>(
    a: Operand<readonly [...Lead, K]>,
    b: Operand<readonly [NoInfer<K>]>,
  ): Tensor<[...Lead]>;
  <Lead extends Shape, M extends number, K extends number, N extends number>(
    a: Operand<readonly [...Lead, M, K]>,
    b: Operand<readonly [NoInfer<K>, N]>,
  ): Tensor<[...Lead, M, N]>;
  (a: Operand<UnknownRank>, b: Operand): Tensor<number[]>;
  (a: Operand, b: Operand<UnknownRank>): Tensor<number[]>;
  <A extends Shape, B extends Shape>(
    a: Operand<A>,
    b: Unless<MatmulProblem<A, B>, Operand<B>>,
  ): Tensor<MatmulShape<A, B>>;
}

/** The inner product of two vectors. */
export interface DotFn {
  <K extends number>(a: Operand<readonly [K]>, b: Operand<readonly [NoInfer<K>]>): Tensor<[]>;
  (a: Operand<UnknownRank>, b: Operand): Tensor<[]>;
  (a: Operand, b: Operand<UnknownRank>): Tensor<[]>;
  <K extends number, L extends number>(
    a: Operand<readonly [K]>,
    b: Unless<MatmulProblem<[K], [L], 'dot'>, Operand<readonly [L]>>,
  ): Tensor<[]>;
}

/** Every product of an element of one vector with one of the other. */
export interface OuterFn {
  <M extends number, N extends number>(
    a: Operand<readonly [M]>,
    b: Operand<readonly [N]>,
  ): Tensor<[M, N]>;
  (a: Operand, b: Operand): Tensor<[number, number]>;
}

export type EinsumFn = (equation: string, ...operands: readonly TensorLike[]) => Tensor<number[]>;

// ── Shapes ─────────────────────────────────────────────────────────────────────────────────────────

export interface ReshapeFn {
  <const T extends number[]>(
    x: Operand<UnknownBatch>,
    shape: readonly [...T],
  ): Tensor<ReshapedTo<Shape, T>>;
  <S extends Shape, const T extends number[]>(
    x: Operand<S>,
    shape: Unless<ReshapeProblem<S, T>, readonly [...T]>,
  ): Tensor<ReshapedTo<S, T>>;
}

export interface TransposeFn {
  <M extends number, N extends number>(x: Operand<readonly [M, N]>): Tensor<[N, M]>;
  <S extends Shape>(x: Operand<S>): Tensor<Transposed<S>>;
}

export interface PermuteFn {
  (x: Operand<UnknownRank>, axes: Shape): Tensor<number[]>;
  <S extends Shape, const Order extends number[]>(
    x: Operand<S>,
    axes: Unless<PermuteProblem<S, Order>, readonly [...Order]>,
  ): Tensor<Permuted<S, Order>>;
}

export interface BroadcastToFn {
  <const T extends number[]>(x: TensorLike<UnknownRank>, shape: readonly [...T]): Tensor<T>;
  <S extends Shape, const T extends number[]>(
    x: Operand<S>,
    shape: Unless<BroadcastToProblem<S, T>, readonly [...T]>,
  ): Tensor<T>;
}

export interface SqueezeFn {
  (x: Operand<UnknownRank>, axes?: Axes): Tensor<number[]>;
  <S extends Shape, const A extends Axes = undefined>(
    x: Operand<S>,
    axes?: Unless<SqueezeProblem<S, A>, A>,
  ): Tensor<Squeezed<S, A>>;
}

export interface UnsqueezeFn {
  (x: Operand<UnknownRank>, axis: number): Tensor<number[]>;
  <S extends Shape, A extends number>(
    x: Operand<S>,
    axis: Unless<InsertProblem<'unsqueeze', S, A>, A>,
  ): Tensor<Unsqueezed<S, A>>;
}

export type SliceFn = <S extends Shape, const R extends readonly SliceRange[]>(
  x: Operand<S>,
  ...ranges: R
) => Tensor<Sliced<S, R>>;

export type PadFn = <S extends Shape>(
  x: Operand<S>,
  widths: readonly (readonly [before: number, after: number])[],
  value?: number,
) => Tensor<SameRank<S>>;

export type ConcatFn = <const L extends readonly Operand[], A extends number = 0>(
  tensors: L,
  axis?: A,
) => Tensor<Concatenated<ShapesOf<L>, A>>;

export type StackFn = <const L extends readonly Operand[], A extends number = 0>(
  tensors: L,
  axis?: A,
) => Tensor<Inserted<ShapesOf<L>[number], A, L['length']>>;

export type SplitFn = <S extends Shape, A extends number = 0>(
  x: Operand<S>,
  sections: number | readonly number[],
  axis?: A,
) => Tensor<Replaced<S, A, [number]>>[];

export type TileFn = (x: Operand, repetitions: readonly number[]) => Tensor<number[]>;

export type RepeatFn = <S extends Shape, C extends number, A extends number>(
  x: Operand<S>,
  count: C,
  axis: A,
) => Tensor<Replaced<S, A, [Product<SizeAt<S, A>, C>]>>;

// ── Indices ────────────────────────────────────────────────────────────────────────────────────────

/** Takes whole slices: the axis gives way to the axes of `indices`. */
export type GatherFn = <S extends Shape, I extends Shape, A extends number = 0>(
  x: Operand<S>,
  indices: Operand<I>,
  axis?: A,
) => Tensor<Replaced<S, A, I>>;

/** Takes single elements: the result has the shape of `indices`. */
export type TakeAlongFn = <I extends Shape>(
  x: Operand,
  indices: Operand<I>,
  axis: number,
) => Tensor<I>;

export type ScatterAddFn = <S extends Shape>(
  x: Operand<S>,
  indices: Operand,
  updates: TensorLike,
  axis?: number,
) => Tensor<S>;

export type IndexFn = (x: Operand, ...indices: readonly Operand[]) => Tensor<number[]>;

export type OneHotFn = <I extends Shape, C extends number>(
  indices: Operand<I>,
  classes: C,
  options?: { readonly dtype?: DType },
) => Tensor<[...I, C]>;

/** A vector onto the diagonal of a matrix, or the diagonal of a matrix as a vector. */
export interface DiagFn {
  <N extends number>(x: Operand<readonly [N]>, k?: 0): Tensor<[N, N]>;
  (x: Operand<readonly [number]>, k?: number): Tensor<[number, number]>;
  (x: Operand<readonly [number, number]>, k?: number): Tensor<[number]>;
  (x: Operand, k?: number): Tensor<number[]>;
}

// ── Order ──────────────────────────────────────────────────────────────────────────────────────────

export interface SortOptions {
  /** From the largest to the smallest. Default: false. */
  readonly descending?: boolean;
}

export interface TopKOptions {
  /** The largest elements, or the smallest. Default: true. */
  readonly largest?: boolean;
}

/** Elements in order, and the positions where they were. */
export interface Sorted<S extends Shape = Shape> {
  readonly values: Tensor<S>;
  readonly indices: Tensor<S>;
}

export interface SortFn {
  <S extends UnknownRank>(x: Operand<S>, axis?: number, options?: SortOptions): Sorted<S>;
  <S extends Shape, A extends number = -1>(
    x: Operand<S>,
    axis?: AxisArgument<'sort', S, A>,
    options?: SortOptions,
  ): Sorted<S>;
}

export type TopKFn = <S extends Shape, K extends number, A extends number = -1>(
  x: Operand<S>,
  k: K,
  axis?: A,
  options?: TopKOptions,
) => Sorted<Replaced<S, A, [K]>>;

// ── Conversion ─────────────────────────────────────────────────────────────────────────────────────

export type CastFn = UnaryFn<[dtype: DType]>;
