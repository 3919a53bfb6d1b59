// Reductions: many elements to one, along any set of axes.

import { ArgumentError, ShapeError } from '../errors.js';
import type { Adjoint } from '../tape/node.js';
import type { TensorLike } from '../tensor/operand.js';
import {
  formatShape,
  normalizeAxes,
  normalizeAxis,
  reducedShape,
  sizeOf,
} from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { scanning } from './along-axis.js';
import { abs, div, mul, pow, sqrt, square, sub } from './arithmetic.js';
import { cast, expandTo, sumOp } from './broadcast.js';
import { defineElementwise } from './define-elementwise.js';
import { defineLinear } from './define-linear.js';
import { defineOp, type OpFunction, type RuleContext } from './define-op.js';
import { equal } from './logic.js';
import { numeric } from './numeric.js';
import { productAlong } from './product.js';
import { type ReduceAttrs, reducing } from './reduce-axes.js';
import type { Axes, ReduceFn } from './signatures.js';

interface ReduceOptions {
  readonly keepDims?: boolean;
}

interface SpreadOptions extends ReduceOptions {
  readonly correction?: number;
}

interface NormOptions extends ReduceOptions {
  readonly ord?: number;
}

function countAlong(x: Tensor, axes: readonly number[]): number {
  return axes.reduce((count, axis) => count * x.shape[axis], 1);
}

/** A reduction as it is called: along some axes, or all. */
function reduction<O extends ReduceOptions>(
  op: string,
  fractions: boolean,
  run: (x: Tensor, attrs: ReduceAttrs, options: Partial<O>) => Tensor,
) {
  return (value: TensorLike, axes?: Axes, options: Partial<O> = {}): Tensor => {
    const x = numeric(op, value, fractions);
    const keepDims = options.keepDims === true;
    return run(x, { axes: normalizeAxes(op, axes, x.rank), keepDims }, options);
  };
}

// ── Sums ───────────────────────────────────────────────────────────────────────────────────────────

/** Σ x, pairwise. bool gives int32, int32 wraps; nothing sums to 0. */
export const sum = reduction('sum', false, (x, attrs) => sumOp(x, attrs)) as ReduceFn<'sum'>;

/** Σ x / n. Integers give float32; the mean of nothing is NaN. */
export const mean = reduction('mean', true, (x, attrs) =>
  div(sumOp(x, attrs), countAlong(x, attrs.axes)),
) as ReduceFn<'mean'>;

/** Π x, right for zeros too, in every order of derivative; the product of nothing is 1. */
export const prod = reduction('prod', false, (x, { axes, keepDims }) =>
  productAlong(x, axes, reducedShape(x.shape, axes, keepDims)),
) as ReduceFn<'prod'>;

/**
 * Σ (x − mean)² / (n − correction). `correction` is 0 by default, as in NumPy; 1 gives the unbiased estimate.
 * Where n ≤ correction it is a division by 0, ∞ or NaN, as in NumPy.
 */
export const variance = reduction<SpreadOptions>('variance', true, (x, attrs, options) =>
  div(sumOp(square(deviations(x, attrs)), attrs), freedom(x, attrs, options)),
) as ReduceFn<'variance', { readonly correction?: number }>;

/** The square root of the variance. The derivative where all elements are equal is 0. */
export const std = reduction<SpreadOptions>('std', true, (x, attrs, options) =>
  div(normOp(deviations(x, attrs), { ...attrs, ord: 2 }), Math.sqrt(freedom(x, attrs, options))),
) as ReduceFn<'std', { readonly correction?: number }>;

function deviations(x: Tensor, { axes }: ReduceAttrs): Tensor {
  return sub(x, div(sumOp(x, { axes, keepDims: true }), countAlong(x, axes)));
}

function freedom(x: Tensor, { axes }: ReduceAttrs, { correction = 0 }: SpreadOptions): number {
  return Math.max(0, countAlong(x, axes) - correction);
}

/** The rules of a reduction y with ∂y/∂x = `slope`, element by element; it is given y with the shape of x. */
function slopeRules<A extends ReduceAttrs>(slope: (x: Tensor, y: Tensor, attrs: A) => Tensor) {
  const slopeOf = ({ x: [x], y, attrs }: RuleContext<A>): Tensor =>
    slope(x, expandTo(y, x.shape, attrs.axes), attrs);
  return {
    saves: { inputs: [0], outputs: true },
    vjp: (g: Tensor, node: RuleContext<A>): Tensor =>
      mul(expandTo(g, node.x[0].shape, node.attrs.axes), slopeOf(node)),
    jvp: ([t]: readonly Adjoint[], node: RuleContext<A>): Adjoint =>
      t && sumOp(mul(t, slopeOf(node)), node.attrs),
  };
}

// ── Extremes ───────────────────────────────────────────────────────────────────────────────────────

function extremeOp(kind: 'max' | 'min'): OpFunction<ReduceAttrs> {
  const reduced = reducing(kind);
  return defineOp<ReduceAttrs>({
    name: kind,
    ...reduced,
    output: ([x], attrs) => {
      if (sizeOf(x.shape) === 0 && sizeOf(reducedShape(x.shape, attrs.axes, false)) > 0) {
        throw new ShapeError(
          `${kind}: needs at least one element along the axes, got shape ${formatShape(x.shape)}. ` +
            'Check for an empty batch first.',
        );
      }
      return reduced.output([x], attrs);
    },
    ...slopeRules(shareOfTies),
  });
}

/** 1/(number of ties) where x is extreme, 0 elsewhere. */
function shareOfTies(x: Tensor, y: Tensor, { axes }: ReduceAttrs): Tensor {
  const extreme = cast(equal(x, y), x.dtype);
  return div(extreme, sumOp(extreme, { axes, keepDims: true }));
}

const maxOp = extremeOp('max');
const minOp = extremeOp('min');

/** The largest element; NaN if there is one. Ties share the gradient evenly. @throws ShapeError if empty. */
export const max = reduction('max', false, (x, attrs) => maxOp(x, attrs)) as ReduceFn<'max'>;

/** The smallest element; NaN if there is one. Ties share the gradient evenly. @throws ShapeError if empty. */
export const min = reduction('min', false, (x, attrs) => minOp(x, attrs)) as ReduceFn<'min'>;

// ── Log-sum-exp and norms ──────────────────────────────────────────────────────────────────────────

/** exp(x − y), the share of x in the sum; 0 where the sum itself is 0 (y = −∞). */
const shareOfSum = defineElementwise('shareOfSum', (x, y) =>
  y.equal(-Infinity).select(0, x.sub(y).exp()),
);

const logsumexpOp: OpFunction<ReduceAttrs> = defineOp<ReduceAttrs>({
  name: 'logsumexp',
  ...reducing('logsumexp'),
  ...slopeRules<ReduceAttrs>((x, y) => shareOfSum(x, y)),
});

/** ln Σ eˣ with the largest element taken out, so that nothing overflows; −∞ for nothing, or nothing but −∞. */
export const logsumexp = reduction('logsumexp', true, (x, attrs) =>
  logsumexpOp(x, attrs),
) as ReduceFn<'logsumexp'>;

interface NormAttrs extends ReduceAttrs {
  readonly ord: number;
}

/** x / y, the derivative of the 2-norm y; 0 where y is 0. */
const direction = defineElementwise('direction', (x, y) => y.equal(0).select(0, x.div(y)));

/** sign(x) (|x| / y)ᵖ⁻¹, the derivative of the p-norm y; 0 where y is 0. */
const directionOf = defineElementwise('directionOf', (x, y, p) =>
  y.equal(0).select(0, x.sign().mul(x.abs().div(y).pow(p.sub(1)))),
);

const normOp: OpFunction<NormAttrs> = defineOp<NormAttrs>({
  name: 'norm',
  forward: ([x], attrs) => {
    const { ord } = attrs;
    if (ord === 2) return sqrt(sumOp(square(x), attrs));
    return pow(sumOp(pow(abs(x), ord), attrs), 1 / ord);
  },
  ...slopeRules<NormAttrs>((x, y, { ord }) =>
    ord === 2 ? direction(x, y) : directionOf(x, y, ord),
  ),
});

/**
 * The p-norm (Σ |x|ᵖ)^(1/p) over all named axes together; p is `ord`: 2 by default, or any number ≥ 1, or Infinity
 * (the largest |x|). The derivative at 0 is 0.
 */
export const norm = reduction<NormOptions>('norm', true, (x, attrs, { ord = 2 }) => {
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

const cumsumOp: OpFunction<{ axis: number; reverse: boolean }> = defineLinear<{
  axis: number;
  reverse: boolean;
}>({
  name: 'cumsum',
  output: ([x]) => x,
  lower: scanning('cumulativeSum', ({ reverse }) => reverse),
  vjp: (g, { attrs: { axis, reverse } }) => cumsumOp(g, { axis, reverse: !reverse }),
});

/** y_k = x_0 + … + x_k along an axis. */
export function cumsum(value: TensorLike, axis: number): Tensor {
  const x = numeric('cumsum', value);
  return cumsumOp(x, { axis: normalizeAxis('cumsum', axis, x.rank), reverse: false });
}
