// Operations floor: the types of the operations as methods, the twins of those in signatures.ts.
//
// Each method has type parameters of its own and takes its tensor through `this`; so none depends on the
// parameter of the class, and a tensor stays covariant in its shape. Overloads stand in the same order.
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
import type {
  AxisArgument,
  KeepDims,
  MatmulOptions,
  ScalarLike,
  Sorted,
  SortOptions,
  TopKOptions,
} from './signatures.js';

// ── Elementwise ────────────────────────────────────────────────────────────────────────────────────

export type UnaryMethod<Rest extends readonly unknown[] = []> = <S extends Shape>(
  this: Operand<S>,
  ...rest: Rest
) => Tensor<S>;

export interface BinaryMethod<Op extends string = string> {
  <S extends Shape>(this: Operand<S>, b: TensorLike<NoInfer<S>> | ScalarLike): Tensor<S>;
  <S extends Shape>(this: Operand<readonly []>, b: Operand<S>): Tensor<S>;
  <Lead extends Shape, N extends number>(
    this: Operand<readonly [...Lead, N]>,
    b: Operand<readonly [NoInfer<N>]>,
  ): Tensor<[...Lead, N]>;
  (this: Operand<UnknownRank>, b: TensorLike): Tensor<number[]>;
  (this: Operand, b: TensorLike<UnknownRank>): Tensor<number[]>;
  <A extends Shape, B extends Shape = []>(
    this: Operand<A>,
    b: Unless<BroadcastProblem<Op, A, B>, TensorLike<B>>,
  ): Tensor<Broadcast<A, B>>;
}

// ── Reductions ─────────────────────────────────────────────────────────────────────────────────────

export interface ReduceMethod<Op extends string = string, Extra extends object = object> {
  (this: Operand, axes?: undefined, options?: KeepDims<false> & Extra): Tensor<[]>;
  (this: Operand<UnknownRank>, axes?: Axes, options?: KeepDims & Extra): Tensor<number[]>;
  <S extends Shape, const A extends Axes = undefined, K extends boolean = false>(
    this: Operand<S>,
    axes?: AxisArgument<Op, S, A>,
    options?: KeepDims<K> & Extra,
  ): Tensor<Reduced<S, A, K>>;
}

export interface ArgReduceMethod<Op extends string = string> {
  (this: Operand, axis?: undefined, options?: KeepDims<false>): Tensor<[]>;
  (this: Operand<UnknownRank>, axis?: number, options?: KeepDims): Tensor<number[]>;
  <S extends Shape, A extends number | undefined = undefined, K extends boolean = false>(
    this: Operand<S>,
    axis?: AxisArgument<Op, S, A>,
    options?: KeepDims<K>,
  ): Tensor<Reduced<S, A, K>>;
}

export interface AlongMethod<
  Op extends string = string,
  A extends Axes = number,
  Options = undefined,
> {
  <S extends UnknownRank>(this: Operand<S>, axis?: A, options?: Options): Tensor<S>;
  <S extends Shape, const B extends A = A>(
    this: Operand<S>,
    axis?: AxisArgument<Op, S, B>,
    options?: Options,
  ): Tensor<S>;
}

export interface CumulativeMethod<Op extends string = string> {
  <S extends UnknownRank>(this: Operand<S>, axis: number): Tensor<S>;
  <S extends Shape, A extends number>(this: Operand<S>, axis: AxisArgument<Op, S, A>): Tensor<S>;
}

// ── Products ───────────────────────────────────────────────────────────────────────────────────────

export interface MatmulMethod {
  (this: Operand, b: Operand, options: MatmulOptions): Tensor<number[]>;
  <M extends number, K extends number, N extends number>(
    this: Operand<readonly [M, K]>,
    b: Operand<readonly [NoInfer<K>, N]>,
  ): Tensor<[M, N]>;
  <Lead extends Shape, K extends number>(
    this: Operand<readonly [...Lead, K]>,
    b: Operand<readonly [NoInfer<K>]>,
  ): Tensor<[...Lead]>;
  <Lead extends Shape, M extends number, K extends number, N extends number>(
    this: Operand<readonly [...Lead, M, K]>,
    b: Operand<readonly [NoInfer<K>, N]>,
  ): Tensor<[...Lead, M, N]>;
  (this: Operand<UnknownRank>, b: Operand): Tensor<number[]>;
  (this: Operand, b: Operand<UnknownRank>): Tensor<number[]>;
  <A extends Shape, B extends Shape>(
    this: Operand<A>,
    b: Unless<MatmulProblem<A, B>, Operand<B>>,
  ): Tensor<MatmulShape<A, B>>;
}

export interface DotMethod {
  <K extends number>(this: Operand<readonly [K]>, b: Operand<readonly [NoInfer<K>]>): Tensor<[]>;
  (this: Operand<UnknownRank>, b: Operand): Tensor<[]>;
  (this: Operand, b: Operand<UnknownRank>): Tensor<[]>;
  <K extends number, L extends number>(
    this: Operand<readonly [K]>,
    b: Unless<MatmulProblem<[K], [L], 'dot'>, Operand<readonly [L]>>,
  ): Tensor<[]>;
}

export interface OuterMethod {
  <M extends number, N extends number>(
    this: Operand<readonly [M]>,
    b: Operand<readonly [N]>,
  ): Tensor<[M, N]>;
  (this: Operand, b: Operand): Tensor<[number, number]>;
}

// ── Shapes ─────────────────────────────────────────────────────────────────────────────────────────

export interface ReshapeMethod {
  <const T extends number[]>(
    this: Operand<UnknownBatch>,
    shape: readonly [...T],
  ): Tensor<ReshapedTo<Shape, T>>;
  <S extends Shape, const T extends number[]>(
    this: Operand<S>,
    shape: Unless<ReshapeProblem<S, T>, readonly [...T]>,
  ): Tensor<ReshapedTo<S, T>>;
}

export interface TransposeMethod {
  <M extends number, N extends number>(this: Operand<readonly [M, N]>): Tensor<[N, M]>;
  <S extends Shape>(this: Operand<S>): Tensor<Transposed<S>>;
}

export interface PermuteMethod {
  (this: Operand<UnknownRank>, axes: Shape): Tensor<number[]>;
  <S extends Shape, const Order extends number[]>(
    this: Operand<S>,
    axes: Unless<PermuteProblem<S, Order>, readonly [...Order]>,
  ): Tensor<Permuted<S, Order>>;
}

export interface BroadcastToMethod {
  <const T extends number[]>(this: Operand<UnknownRank>, shape: readonly [...T]): Tensor<T>;
  <S extends Shape, const T extends number[]>(
    this: Operand<S>,
    shape: Unless<BroadcastToProblem<S, T>, readonly [...T]>,
  ): Tensor<T>;
}

export interface SqueezeMethod {
  (this: Operand<UnknownRank>, axes?: Axes): Tensor<number[]>;
  <S extends Shape, const A extends Axes = undefined>(
    this: Operand<S>,
    axes?: Unless<SqueezeProblem<S, A>, A>,
  ): Tensor<Squeezed<S, A>>;
}

export interface UnsqueezeMethod {
  (this: Operand<UnknownRank>, axis: number): Tensor<number[]>;
  <S extends Shape, A extends number>(
    this: Operand<S>,
    axis: Unless<InsertProblem<'unsqueeze', S, A>, A>,
  ): Tensor<Unsqueezed<S, A>>;
}

export type SliceMethod = <S extends Shape, const R extends readonly SliceRange[]>(
  this: Operand<S>,
  ...ranges: R
) => Tensor<Sliced<S, R>>;

export type PadMethod = <S extends Shape>(
  this: Operand<S>,
  widths: readonly (readonly [before: number, after: number])[],
  value?: number,
) => Tensor<SameRank<S>>;

export type SplitMethod = <S extends Shape, A extends number = 0>(
  this: Operand<S>,
  sections: number | readonly number[],
  axis?: A,
) => Tensor<Replaced<S, A, [number]>>[];

export type TileMethod = (this: Operand, repetitions: readonly number[]) => Tensor<number[]>;

export type RepeatMethod = <S extends Shape, C extends number, A extends number>(
  this: Operand<S>,
  count: C,
  axis: A,
) => Tensor<Replaced<S, A, [Product<SizeAt<S, A>, C>]>>;

// ── Indices ────────────────────────────────────────────────────────────────────────────────────────

export type GatherMethod = <S extends Shape, I extends Shape, A extends number = 0>(
  this: Operand<S>,
  indices: Operand<I>,
  axis?: A,
) => Tensor<Replaced<S, A, I>>;

export type TakeAlongMethod = <I extends Shape>(
  this: Operand,
  indices: Operand<I>,
  axis: number,
) => Tensor<I>;

export type ScatterAddMethod = <S extends Shape>(
  this: Operand<S>,
  indices: Operand,
  updates: TensorLike,
  axis?: number,
) => Tensor<S>;

export type IndexMethod = (this: Operand, ...indices: readonly Operand[]) => Tensor<number[]>;

export type OneHotMethod = <I extends Shape, C extends number>(
  this: Operand<I>,
  classes: C,
  options?: { readonly dtype?: DType },
) => Tensor<[...I, C]>;

export interface DiagMethod {
  <N extends number>(this: Operand<readonly [N]>, k?: 0): Tensor<[N, N]>;
  (this: Operand<readonly [number]>, k?: number): Tensor<[number, number]>;
  (this: Operand<readonly [number, number]>, k?: number): Tensor<[number]>;
  (this: Operand, k?: number): Tensor<number[]>;
}

// ── Order ──────────────────────────────────────────────────────────────────────────────────────────

export interface SortMethod {
  <S extends UnknownRank>(this: Operand<S>, axis?: number, options?: SortOptions): Sorted<S>;
  <S extends Shape, A extends number = -1>(
    this: Operand<S>,
    axis?: AxisArgument<'sort', S, A>,
    options?: SortOptions,
  ): Sorted<S>;
}

export type TopKMethod = <S extends Shape, K extends number, A extends number = -1>(
  this: Operand<S>,
  k: K,
  axis?: A,
  options?: TopKOptions,
) => Sorted<Replaced<S, A, [K]>>;
