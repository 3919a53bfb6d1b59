// What computes: the interface between operations and the loops that do the work.

import type { Expr } from '../scalar/index.js';
import type { DType, TypedArray } from '../tensor/dtype.js';
import type { Shape } from '../tensor/shape.js';
import type { Storage } from '../tensor/storage.js';

/** Elements in row-major order, and the shape they are read in. */
export interface Elements {
  readonly storage: Storage;
  readonly shape: Shape;
}

/** Where the elements of a block lie within an array. */
export interface Layout {
  readonly offset: number;
  /** In elements, one for each axis; 0 repeats, negative runs backward. */
  readonly strides: readonly number[];
}

/**
 * The elements of one tensor, as a kernel of the user's sees them. Valid during the call only; in a program they may lie in
 * memory that threads share, which some functions of the platform refuse (`TextDecoder`, `crypto.getRandomValues`).
 */
export interface KernelView {
  readonly data: TypedArray;
  readonly shape: Shape;
  readonly dtype: DType;
}

export type Reduction = 'sum' | 'prod' | 'max' | 'min' | 'logsumexp';

/** out = op(a) · op(b), op being the transposition if its flag is set. */
export interface MatmulProblem {
  readonly a: TypedArray;
  readonly b: TypedArray;
  readonly out: TypedArray;
  readonly dtype: DType;
  /** out is m × n, op(a) is m × k, op(b) is k × n. */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** a is stored as k × m. */
  readonly transposeA: boolean;
  /** b is stored as n × k. */
  readonly transposeB: boolean;
  /** One entry for each matrix of `out`: which matrix of a and of b it is the product of. */
  readonly batch: readonly (readonly [number, number])[];
}

/**
 * One set of kernels. Inputs are only read; outputs are arrays of their own that nothing else knows yet. Where elements are added
 * to, or only some are written, they are zeroed.
 * Three sizes `outer, count, inner` describe an axis: element (i, k, j) lies at (i · count + k) · inner + j.
 */
export interface Kernels {
  readonly name: string;

  /** Notes down a user's own kernel to be called later; absent where kernels run at once. */
  readonly host?: (
    name: string,
    inputs: readonly KernelView[],
    outputs: readonly KernelView[],
    run: (inputs: readonly KernelView[], outputs: readonly KernelView[]) => void,
  ) => void;

  /** Notes down what `accumulate` is asked to compute; absent where kernels run at once. */
  readonly accumulate?: (
    x: TypedArray,
    from: Layout,
    out: TypedArray,
    to: Layout,
    shape: Shape,
  ) => void;

  /** A block for `length` elements: zeroed, unless the caller is going to write them all. */
  allocate(dtype: DType, length: number, covered?: boolean): TypedArray;

  /** out = x in out's dtype: fractions are cut off for int32, and bool is "is not 0". */
  convert(x: TypedArray, from: DType, out: TypedArray, to: DType): void;

  /** out = f(inputs), the inputs broadcast to `shape`, computed in `dtype`. */
  elementwise(
    f: Expr,
    inputs: readonly Elements[],
    out: TypedArray,
    shape: Shape,
    dtype: DType,
  ): void;

  /** out[i, j] = the reduction of x[i, ·, j]. NaN is passed on by all of them. */
  reduce(
    kind: Reduction,
    x: TypedArray,
    out: TypedArray,
    outer: number,
    count: number,
    inner: number,
  ): void;

  /** out[i, j] = the first k at which x[i, k, j] is extreme; NaN counts as extreme. */
  argReduce(
    kind: 'max' | 'min',
    x: TypedArray,
    out: TypedArray,
    outer: number,
    count: number,
    inner: number,
  ): void;

  /** Running sums along the axis, from its end if `reverse`. */
  cumulativeSum(
    x: TypedArray,
    out: TypedArray,
    outer: number,
    count: number,
    inner: number,
    reverse: boolean,
  ): void;

  /** exp(x − max) / Σ exp(x − max) along the axis, or its logarithm. */
  softmax(
    x: TypedArray,
    out: TypedArray,
    outer: number,
    count: number,
    inner: number,
    logarithm: boolean,
  ): void;

  /** The order that sorts the axis: stable, NaN last. */
  argSort(
    x: TypedArray,
    out: TypedArray,
    outer: number,
    count: number,
    inner: number,
    descending: boolean,
  ): void;

  /** Copies a block of `shape` from one layout to another. */
  copy(x: TypedArray, from: Layout, out: TypedArray, to: Layout, shape: Shape): void;

  matmul(problem: MatmulProblem): void;

  /** out[i, p, j] = x[i, indices[p], j], `count` being the length of x's axis. */
  gather(
    x: TypedArray,
    indices: TypedArray,
    out: TypedArray,
    outer: number,
    count: number,
    inner: number,
  ): void;

  /** out[i, indices[p], j] += x[i, p, j], `count` being the length of out's axis. */
  scatterAdd(
    x: TypedArray,
    indices: TypedArray,
    out: TypedArray,
    outer: number,
    count: number,
    inner: number,
  ): void;

  /** out[i, p, j] = x[i, indices[i, p, j], j]: an index of its own for every element. */
  takeAlong(
    x: TypedArray,
    indices: TypedArray,
    out: TypedArray,
    outer: number,
    count: number,
    inner: number,
  ): void;

  /** out[i, indices[i, p, j], j] += x[i, p, j]. */
  scatterAddAlong(
    x: TypedArray,
    indices: TypedArray,
    out: TypedArray,
    outer: number,
    count: number,
    inner: number,
  ): void;
}
