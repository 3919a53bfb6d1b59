// Reductions: many elements to one, along any set of axes.

import { ArgumentError, ShapeError } from '../errors.js';
import { toFloating } from '../tensor/dtype.js';
import type { TensorLike } from '../tensor/operand.js';
import {
  aroundAxis,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  reducedShape,
  sizeOf,
} from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { abs, div, mul, pow, sqrt, square, sub } from './arithmetic.js';
import { cast, expandTo, sumOp } from './broadcast.js';
import { toTensor } from './convert.js';
import { defineElementwise } from './define-elementwise.js';
import { defineOp, type OpFunction } from './define-op.js';
import { equal } from './logic.js';
import { productAlong } from './product.js';
import { reduceAxes } from './reduce-axes.js';
import type { Axes, ReduceFn } from './signatures.js';

interface ReduceAttrs {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

interface ReduceOptions {
  readonly keepDims?: boolean;
}

interface SpreadOptions extends ReduceOptions {
  readonly correction?: number;
}

interface NormOptions extends ReduceOptions {
  readonly ord?: number;
}

function attrsOf(op: string, x: Tensor, axes: Axes, options: ReduceOptions = {}): ReduceAttrs {
  return { axes: normalizeAxes(op, axes, x.rank), keepDims: options.keepDims === true };
}

function countAlong(x: Tensor, axes: readonly number[]): number {
  return axes.reduce((count, axis) => count * x.shape[axis], 1);
}

/** bool counts as int32, or as float32 where fractions arise. */
function numeric(op: string, value: TensorLike, fractions: boolean): Tensor {
  const x = toTensor(op, value);
  if (fractions) return cast(x, toFloating(x.dtype));
  return x.dtype === 'bool' ? cast(x, 'int32') : x;
}

// ── Sums ───────────────────────────────────────────────────────────────────────────────────────────

/** Σ x, pairwise. bool gives int32, int32 wraps; nothing sums to 0. */
export const sum = ((value: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor => {
  const x = numeric('sum', value, false);
  return sumOp(x, attrsOf('sum', x, axes, options));
}) as ReduceFn<'sum'>;

/** Σ x / n. Integers give float32; the mean of nothing is NaN. */
export const mean = ((value: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor => {
  const x = numeric('mean', value, true);
  const attrs = attrsOf('mean', x, axes, options);
  return div(sumOp(x, attrs), countAlong(x, attrs.axes));
}) as ReduceFn<'mean'>;

/** Π x, right for zeros too, in every order of derivative; the product of nothing is 1. */
export const prod = ((value: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor => {
  const x = numeric('prod', value, false);
  const { axes: along, keepDims } = attrsOf('prod', x, axes, options);
  return productAlong(x, along, reducedShape(x.shape, along, keepDims));
}) as ReduceFn<'prod'>;

/**
 * Σ (x − mean)² / (n − correction). `correction` is 0 by default, as in NumPy; 1 gives the unbiased estimate.
 * Where n ≤ correction it is a division by 0, ∞ or NaN, as in NumPy.
 */
export const variance = ((value: TensorLike, axes?: Axes, options: SpreadOptions = {}): Tensor => {
  const [deviations, attrs, freedom] = deviationsOf('variance', value, axes, options);
  return div(sumOp(square(deviations), attrs), freedom);
}) as ReduceFn<'variance', { readonly correction?: number }>;

/** The square root of the variance. The derivative where all elements are equal is 0. */
export const std = ((value: TensorLike, axes?: Axes, options: SpreadOptions = {}): Tensor => {
  const [deviations, attrs, freedom] = deviationsOf('std', value, axes, options);
  return div(normOp(deviations, { ...attrs, ord: 2 }), Math.sqrt(freedom));
}) as ReduceFn<'std', { readonly correction?: number }>;

function deviationsOf(
  op: string,
  value: TensorLike,
  axes: Axes,
  options: SpreadOptions,
): [Tensor, ReduceAttrs, number] {
  const x = numeric(op, value, true);
  const attrs = attrsOf(op, x, axes, options);
  const count = countAlong(x, attrs.axes);
  const centre = div(sumOp(x, { axes: attrs.axes, keepDims: true }), count);
  return [sub(x, centre), attrs, Math.max(0, count - (options.correction ?? 0))];
}

// ── Extremes ───────────────────────────────────────────────────────────────────────────────────────

function extremeOp(kind: 'max' | 'min'): OpFunction<ReduceAttrs> {
  /** 1/(number of ties) where x is extreme, 0 elsewhere. */
  const share = (x: Tensor, y: Tensor, axes: readonly number[]): Tensor => {
    const extreme = cast(equal(x, expandTo(y, x.shape, axes)), x.dtype);
    return div(extreme, sumOp(extreme, { axes, keepDims: true }));
  };
  return defineOp<ReduceAttrs>({
    name: kind,
    output: ([x], { axes, keepDims }) => {
      if (sizeOf(x.shape) === 0 && sizeOf(reducedShape(x.shape, axes, false)) > 0) {
        throw new ShapeError(
          `${kind}: needs at least one element along the axes, got shape ${formatShape(x.shape)}. ` +
            'Check for an empty batch first.',
        );
      }
      return { shape: reducedShape(x.shape, axes, keepDims), dtype: x.dtype };
    },
    lower: ([x], [y], { axes }, kernels) => reduceAxes(kernels, kind, x, y, axes),
    saves: { inputs: [0], outputs: true },
    vjp: (g, { x: [x], y, attrs: { axes } }) => mul(expandTo(g, x.shape, axes), share(x, y, axes)),
    jvp: ([t], { x: [x], y, attrs }) => t && sumOp(mul(t, share(x, y, attrs.axes)), attrs),
  });
}

const maxOp = extremeOp('max');
const minOp = extremeOp('min');

/** The largest element; NaN if there is one. Ties share the gradient evenly. @throws ShapeError if empty. */
export const max = ((value: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor => {
  const x = numeric('max', value, false);
  return maxOp(x, attrsOf('max', x, axes, options));
}) as ReduceFn<'max'>;

/** The smallest element; NaN if there is one. Ties share the gradient evenly. @throws ShapeError if empty. */
export const min = ((value: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor => {
  const x = numeric('min', value, false);
  return minOp(x, attrsOf('min', x, axes, options));
}) as ReduceFn<'min'>;

// ── Log-sum-exp and norms ──────────────────────────────────────────────────────────────────────────

/** exp(x − y), the share of x in the sum; 0 where the sum itself is 0 (y = −∞). */
const shareOfSum = defineElementwise('shareOfSum', (x, y) =>
  y.equal(-Infinity).select(0, x.sub(y).exp()),
);

const logsumexpOp: OpFunction<ReduceAttrs> = defineOp<ReduceAttrs>({
  name: 'logsumexp',
  output: ([x], { axes, keepDims }) => ({
    shape: reducedShape(x.shape, axes, keepDims),
    dtype: x.dtype,
  }),
  lower: ([x], [y], { axes }, kernels) => reduceAxes(kernels, 'logsumexp', x, y, axes),
  saves: { inputs: [0], outputs: true },
  vjp: (g, { x: [x], y, attrs: { axes } }) =>
    mul(expandTo(g, x.shape, axes), shareOfSum(x, expandTo(y, x.shape, axes))),
  jvp: ([t], { x: [x], y, attrs }) =>
    t && sumOp(mul(t, shareOfSum(x, expandTo(y, x.shape, attrs.axes))), attrs),
});

/** ln Σ eˣ with the largest element taken out, so that nothing overflows; −∞ for nothing, or nothing but −∞. */
export const logsumexp = ((value: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor => {
  const x = numeric('logsumexp', value, true);
  return logsumexpOp(x, attrsOf('logsumexp', x, axes, options));
}) as ReduceFn<'logsumexp'>;

interface NormAttrs extends ReduceAttrs {
  readonly ord: number;
}

/** x / y, the derivative of the 2-norm y; 0 where y is 0. */
const direction = defineElementwise('direction', (x, y) => y.equal(0).select(0, x.div(y)));

/** sign(x) (|x| / y)ᵖ⁻¹, the derivative of the p-norm y; 0 where y is 0. */
const directionOf = defineElementwise('directionOf', (x, y, p) =>
  y.equal(0).select(0, x.sign().mul(x.abs().div(y).pow(p.sub(1)))),
);

function slopeOfNorm(x: Tensor, y: Tensor, { axes, ord }: NormAttrs): Tensor {
  const norms = expandTo(y, x.shape, axes);
  return ord === 2 ? direction(x, norms) : directionOf(x, norms, ord);
}

const normOp: OpFunction<NormAttrs> = defineOp<NormAttrs>({
  name: 'norm',
  forward: ([x], attrs) => {
    const { ord } = attrs;
    if (ord === 2) return sqrt(sumOp(square(x), attrs));
    return pow(sumOp(pow(abs(x), ord), attrs), 1 / ord);
  },
  saves: { inputs: [0], outputs: true },
  vjp: (g, { x: [x], y, attrs }) => mul(expandTo(g, x.shape, attrs.axes), slopeOfNorm(x, y, attrs)),
  jvp: ([t], { x: [x], y, attrs }) => t && sumOp(mul(t, slopeOfNorm(x, y, attrs)), attrs),
});

/**
 * The p-norm (Σ |x|ᵖ)^(1/p) over all named axes together; p is `ord`: 2 by default, or any number ≥ 1, or Infinity
 * (the largest |x|). The derivative at 0 is 0.
 */
export const norm = ((value: TensorLike, axes?: Axes, options: NormOptions = {}): Tensor => {
  const { ord = 2 } = options;
  const x = numeric('norm', value, true);
  const attrs = attrsOf('norm', x, axes, options);
  if (ord === Infinity) return maxOp(abs(x), attrs);
  if (ord === 1) return sumOp(abs(x), attrs);
  if (!(ord > 1)) {
    throw new ArgumentError(
      `norm: ord is a number of at least 1 or Infinity, got ${ord}. Use 2 for the Euclidean norm.`,
    );
  }
  return normOp(x, { ...attrs, ord });
}) as ReduceFn<'norm', { readonly ord?: number }>;

// ── Running sums ───────────────────────────────────────────────────────────────────────────────────

const cumsumOp: OpFunction<{ axis: number; reverse: boolean }> = defineOp<{
  axis: number;
  reverse: boolean;
}>({
  name: 'cumsum',
  output: ([x]) => x,
  lower: ([x], [y], { axis, reverse }, kernels) => {
    const { outer, size, inner } = aroundAxis(x.shape, axis);
    kernels.cumulativeSum(x.data, y.data, outer, size, inner, reverse);
  },
  vjp: (g, { attrs: { axis, reverse } }) => cumsumOp(g, { axis, reverse: !reverse }),
  jvp: ([t], { attrs }) => t && cumsumOp(t, attrs),
});

/** y_k = x_0 + … + x_k along an axis. */
export function cumsum(value: TensorLike, axis: number): Tensor {
  const x = numeric('cumsum', value, false);
  return cumsumOp(x, { axis: normalizeAxis('cumsum', axis, x.rank), reverse: false });
}
