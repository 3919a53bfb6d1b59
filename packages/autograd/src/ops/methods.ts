// The chaining methods of tensors and variables, attached in one place: x.matmul(w) is matmul(x, w).

import { type BackwardOptions, backward, detach } from '../tape/backward.js';
import { type Tape, tapeOf } from '../tape/listing.js';
import type { DType } from '../tensor/dtype.js';
import { Operand } from '../tensor/operand.js';
import type { Shape } from '../tensor/shape.js';
import type { Axes } from '../tensor/typed-shape-axes.js';
import type { ElementwiseFunction } from './define-elementwise.js';
import * as ops from './index.js';
import type {
  AlongMethod,
  ArgReduceMethod,
  BinaryMethod,
  BroadcastToMethod,
  CumulativeMethod,
  DiagMethod,
  DotMethod,
  GatherMethod,
  IndexMethod,
  MatmulMethod,
  OneHotMethod,
  OuterMethod,
  PadMethod,
  PermuteMethod,
  ReduceMethod,
  RepeatMethod,
  ReshapeMethod,
  ScatterAddMethod,
  SliceMethod,
  SortMethod,
  SplitMethod,
  SqueezeMethod,
  TakeAlongMethod,
  TileMethod,
  TopKMethod,
  TransposeMethod,
  UnaryMethod,
  UnsqueezeMethod,
} from './method-signatures.js';
import type { SortOptions } from './signatures.js';

declare module '../tensor/operand.js' {
  interface Operand<S extends Shape> {
    // elementwise, of one
    /** −x. */
    readonly neg: UnaryMethod;
    /** |x|; derivative 0 at 0. */
    readonly abs: UnaryMethod;
    /** −1, 0 or 1. */
    readonly sign: UnaryMethod;
    /** eˣ. */
    readonly exp: UnaryMethod;
    /** ln x. */
    readonly log: UnaryMethod;
    /** ln(1 + x), exact near 0. */
    readonly log1p: UnaryMethod;
    /** eˣ − 1, exact near 0. */
    readonly expm1: UnaryMethod;
    /** √x. */
    readonly sqrt: UnaryMethod;
    /** 1/√x. */
    readonly rsqrt: UnaryMethod;
    /** x². */
    readonly square: UnaryMethod;
    /** sin x, in radians. */
    readonly sin: UnaryMethod;
    /** cos x, in radians. */
    readonly cos: UnaryMethod;
    /** tan x, in radians. */
    readonly tan: UnaryMethod;
    /** arcsin x, in radians. */
    readonly asin: UnaryMethod;
    /** arccos x, in radians. */
    readonly acos: UnaryMethod;
    /** arctan x, in radians. */
    readonly atan: UnaryMethod;
    /** sinh x. */
    readonly sinh: UnaryMethod;
    /** cosh x. */
    readonly cosh: UnaryMethod;
    /** tanh x. */
    readonly tanh: UnaryMethod;
    /** The error function. */
    readonly erf: UnaryMethod;
    /** 1/(1 + e⁻ˣ). */
    readonly sigmoid: UnaryMethod;
    /** ln σ(x), exact for large |x|. */
    readonly logSigmoid: UnaryMethod;
    /** ln(1 + eˣ), exact for large |x|. */
    readonly softplus: UnaryMethod;
    /** max(x, 0); derivative 0 at 0. */
    readonly relu: UnaryMethod;
    /** x·σ(x). */
    readonly silu: UnaryMethod;
    /** x·Φ(x), with the error function. */
    readonly gelu: UnaryMethod;
    /** The largest integer ≤ x. */
    readonly floor: UnaryMethod;
    /** The smallest integer ≥ x. */
    readonly ceil: UnaryMethod;
    /** The nearest integer. */
    readonly round: UnaryMethod;
    /** Whether x is 0; bool. */
    readonly logicalNot: UnaryMethod;
    /** x, or slope · x (0.01) where x < 0. */
    readonly leakyRelu: UnaryMethod<[slope?: number]>;
    /** x, or alpha · (eˣ − 1) (alpha = 1) where x < 0. */
    readonly elu: UnaryMethod<[alpha?: number]>;
    /** x held between min and max; passes the gradient at its bounds. */
    readonly clamp: UnaryMethod<[min: number, max: number]>;
    /** The same values in another dtype. */
    readonly cast: UnaryMethod<[dtype: DType]>;
    /** The same values, cut off the tape. */
    readonly detach: UnaryMethod;

    // elementwise, of two, broadcast
    /** a + b. */
    readonly add: BinaryMethod<'add'>;
    /** a − b. */
    readonly sub: BinaryMethod<'sub'>;
    /** a · b, element by element. */
    readonly mul: BinaryMethod<'mul'>;
    /** a / b; float32 for integers. */
    readonly div: BinaryMethod<'div'>;
    /** aᵇ. */
    readonly pow: BinaryMethod<'pow'>;
    /** The larger of each pair; ties share the gradient. */
    readonly maximum: BinaryMethod<'maximum'>;
    /** The smaller of each pair; ties share the gradient. */
    readonly minimum: BinaryMethod<'minimum'>;
    /** a = b; bool. */
    readonly equal: BinaryMethod<'equal'>;
    /** a ≠ b; bool. */
    readonly notEqual: BinaryMethod<'notEqual'>;
    /** a < b; bool. */
    readonly less: BinaryMethod<'less'>;
    /** a ≤ b; bool. */
    readonly lessEqual: BinaryMethod<'lessEqual'>;
    /** a > b; bool. */
    readonly greater: BinaryMethod<'greater'>;
    /** a ≥ b; bool. */
    readonly greaterEqual: BinaryMethod<'greaterEqual'>;
    /** Both non-zero; bool. */
    readonly logicalAnd: BinaryMethod<'logicalAnd'>;
    /** Either non-zero; bool. */
    readonly logicalOr: BinaryMethod<'logicalOr'>;
    /** Exactly one non-zero; bool. */
    readonly logicalXor: BinaryMethod<'logicalXor'>;

    // reductions over one axis, several, or all
    /** The sum. */
    readonly sum: ReduceMethod<'sum'>;
    /** The mean; float32 for integers. */
    readonly mean: ReduceMethod<'mean'>;
    /** The product. */
    readonly prod: ReduceMethod<'prod'>;
    /** The largest; ties share the gradient. */
    readonly max: ReduceMethod<'max'>;
    /** The smallest; ties share the gradient. */
    readonly min: ReduceMethod<'min'>;
    /** ln Σ eˣ, with the largest taken out. */
    readonly logsumexp: ReduceMethod<'logsumexp'>;
    /** The variance, divided by n − correction (0). */
    readonly variance: ReduceMethod<'variance', { correction?: number }>;
    /** The standard deviation, from the variance divided by n − correction (0). */
    readonly std: ReduceMethod<'std', { correction?: number }>;
    /** (Σ |x|ᵒʳᵈ)^(1/ord), ord = 2; derivative 0 at 0. */
    readonly norm: ReduceMethod<'norm', { ord?: number }>;
    /** The position of the largest, int32. */
    readonly argmax: ArgReduceMethod<'argmax'>;
    /** The position of the smallest, int32. */
    readonly argmin: ArgReduceMethod<'argmin'>;
    /** Running sums along an axis. */
    readonly cumsum: CumulativeMethod<'cumsum'>;
    /** eˣ / Σ eˣ along an axis (the last). */
    readonly softmax: AlongMethod<'softmax'>;
    /** ln softmax along an axis (the last). */
    readonly logSoftmax: AlongMethod<'logSoftmax'>;

    // products
    /** The matrix product; vectors, and stacks of matrices that broadcast. */
    readonly matmul: MatmulMethod;
    /** The inner product of two vectors. */
    readonly dot: DotMethod;
    /** Every product of an element of one vector with one of the other. */
    readonly outer: OuterMethod;

    // shapes
    /** The same elements in another shape; one size may be −1. */
    readonly reshape: ReshapeMethod;
    /** The axes in reverse order. */
    readonly transpose: TransposeMethod;
    /** The axes in another order. */
    readonly permute: PermuteMethod;
    /** Stretched to a shape. */
    readonly broadcastTo: BroadcastToMethod;
    /** Without the axes of size 1 named, or without all of them. */
    readonly squeeze: SqueezeMethod;
    /** With an axis of size 1 put in. */
    readonly unsqueeze: UnsqueezeMethod;
    /** A part: an index, null or [start, stop, step] for each axis, by Python's rules. */
    readonly slice: SliceMethod;
    /** Reversed along the axes named, or along all. */
    readonly flip: AlongMethod<'flip', Axes>;
    /** With `value` (0) around it, widths [before, after] for each axis. */
    readonly pad: PadMethod;
    /** Equal sections, or sections of the sizes given, along an axis (0). */
    readonly split: SplitMethod;
    /** Repeated as a whole, along each axis. */
    readonly tile: TileMethod;
    /** Each element repeated along an axis. */
    readonly repeat: RepeatMethod;

    // indices
    /** Slices at integer positions along an axis (0). */
    readonly gather: GatherMethod;
    /** Elements at integer positions along an axis, one for each of `indices`. */
    readonly takeAlong: TakeAlongMethod;
    /** With updates added at integer positions along an axis (0). */
    readonly scatterAdd: ScatterAddMethod;
    /** Elements at integer positions on the leading axes. */
    readonly index: IndexMethod;
    /** 1 at each index, 0 elsewhere, on a new last axis. */
    readonly oneHot: OneHotMethod;
    /** With zeros above the k-th diagonal. */
    readonly tril: UnaryMethod<[k?: number]>;
    /** With zeros below the k-th diagonal. */
    readonly triu: UnaryMethod<[k?: number]>;
    /** A vector onto the diagonal of a matrix, or the diagonal of a matrix. */
    readonly diag: DiagMethod;

    // order
    /** Elements in order along an axis (the last), and where they were. */
    readonly sort: SortMethod;
    /** The positions that put an axis (the last) in order, int32. */
    readonly argsort: AlongMethod<'argsort', number, SortOptions>;
    /** The k largest along an axis (the last), and where they were. */
    readonly topK: TopKMethod;

    // the tape
    /**
     * Accumulates gradients into the `.grad` of every leaf and variable that this value depends on, then releases the
     * tape. A value of more than one element takes the gradient to start with.
     * @throws NoPathError, ShapeError, ReleasedTapeError
     */
    backward(gradient: Operand, options?: BackwardOptions): void;
    backward(options?: BackwardOptions): void;
    /** The operations that lead to this value, in the order in which they ran. */
    tape(): Tape;
  }
}

type AnyFunction = (x: Operand, ...rest: unknown[]) => unknown;

/** Elementwise operations are methods under the names that they are declared with. */
const ELEMENTWISE: readonly ElementwiseFunction<unknown>[] = [
  ops.neg,
  ops.abs,
  ops.sign,
  ops.exp,
  ops.log,
  ops.log1p,
  ops.expm1,
  ops.sqrt,
  ops.rsqrt,
  ops.square,
  ops.sin,
  ops.cos,
  ops.tan,
  ops.asin,
  ops.acos,
  ops.atan,
  ops.sinh,
  ops.cosh,
  ops.tanh,
  ops.erf,
  ops.sigmoid,
  ops.logSigmoid,
  ops.softplus,
  ops.relu,
  ops.silu,
  ops.gelu,
  ops.floor,
  ops.ceil,
  ops.round,
  ops.logicalNot,
  ops.leakyRelu,
  ops.elu,
  ops.clamp,
  ops.add,
  ops.sub,
  ops.mul,
  ops.div,
  ops.pow,
  ops.maximum,
  ops.minimum,
  ops.equal,
  ops.notEqual,
  ops.less,
  ops.lessEqual,
  ops.greater,
  ops.greaterEqual,
  ops.logicalAnd,
  ops.logicalOr,
  ops.logicalXor,
];

function backwardFrom(x: Operand, first?: Operand | BackwardOptions, options?: BackwardOptions) {
  if (first instanceof Operand) backward(x.read(), first, options);
  else backward(x.read(), undefined, first ?? options);
}

/** The other functions that take their tensor first, and are methods under the same name. */
const OTHERS = {
  backward: backwardFrom,
  tape: (x: Operand) => tapeOf(x.read()),
  detach,
  cast: ops.cast,
  sum: ops.sum,
  mean: ops.mean,
  prod: ops.prod,
  max: ops.max,
  min: ops.min,
  logsumexp: ops.logsumexp,
  variance: ops.variance,
  std: ops.std,
  norm: ops.norm,
  argmax: ops.argmax,
  argmin: ops.argmin,
  cumsum: ops.cumsum,
  softmax: ops.softmax,
  logSoftmax: ops.logSoftmax,
  matmul: ops.matmul,
  dot: ops.dot,
  outer: ops.outer,
  reshape: ops.reshape,
  transpose: ops.transpose,
  permute: ops.permute,
  broadcastTo: ops.broadcastTo,
  squeeze: ops.squeeze,
  unsqueeze: ops.unsqueeze,
  slice: ops.slice,
  flip: ops.flip,
  pad: ops.pad,
  split: ops.split,
  tile: ops.tile,
  repeat: ops.repeat,
  gather: ops.gather,
  takeAlong: ops.takeAlong,
  scatterAdd: ops.scatterAdd,
  index: ops.index,
  oneHot: ops.oneHot,
  tril: ops.tril,
  triu: ops.triu,
  diag: ops.diag,
  sort: ops.sort,
  argsort: ops.argsort,
  topK: ops.topK,
} as const;

function attach(name: string, fn: unknown): void {
  const call = fn as AnyFunction;
  Object.defineProperty(Operand.prototype, name, {
    value(this: Operand, ...rest: unknown[]) {
      return call(this, ...rest);
    },
    writable: true,
    configurable: true,
  });
}

for (const fn of ELEMENTWISE) attach(fn.op.name, fn);
for (const [name, fn] of Object.entries(OTHERS)) attach(name, fn);
