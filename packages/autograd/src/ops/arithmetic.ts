// Arithmetic: sums and products, powers and roots, signs and rounding.

import { argument, constant } from '../scalar/index.js';
import type { TensorLike } from '../tensor/operand.js';
import type { Tensor } from '../tensor/tensor.js';
import { defineElementwise, ElementwiseOp, type ElementwiseOptions } from './define-elementwise.js';
import type { BinaryFn, ClampFn, UnaryFn } from './signatures.js';

const INTEGERS: ElementwiseOptions = { integers: 'int32' };

// ── Sums and products ──────────────────────────────────────────────────────────────────────────────

/** a + b. int32 wraps. */
export const add = defineElementwise<BinaryFn<'add'>>('add', (a, b) => a.add(b), INTEGERS);

/** a − b. int32 wraps. */
export const sub = defineElementwise<BinaryFn<'sub'>>('sub', (a, b) => a.sub(b), INTEGERS);

/** a · b, element by element. int32 wraps. */
export const mul = defineElementwise<BinaryFn<'mul'>>('mul', (a, b) => a.mul(b), INTEGERS);

/** a / b. Integers give float32; x / 0 is ±∞, 0 / 0 NaN. */
export const div = defineElementwise<BinaryFn<'div'>>('div', (a, b) => a.div(b));

/** −x. */
export const neg = defineElementwise<UnaryFn>('neg', (x) => x.neg(), INTEGERS);

// ── Powers and roots ───────────────────────────────────────────────────────────────────────────────

/** x². */
export const square = defineElementwise<UnaryFn>('square', (x) => x.square(), INTEGERS);

/** √x; NaN for x < 0. The derivative at 0 is ∞. */
export const sqrt = defineElementwise<UnaryFn>('sqrt', (x) => x.sqrt());

/** 1 / √x; ∞ at 0. */
export const rsqrt = defineElementwise<UnaryFn>('rsqrt', (x) => x.rsqrt());

const powTensors = defineElementwise('pow', (a, b) => a.pow(b), INTEGERS);

/** Powers with a constant exponent, whose derivatives simplify (x² → 2x → 2 → 0). Bounded. */
const constantPowers = new Map<number, ElementwiseOp>();
const POWERS_KEPT = 64;

function constantPower(exponent: number): ElementwiseOp {
  let op = constantPowers.get(exponent);
  if (op === undefined) {
    op = new ElementwiseOp('pow', 1, argument(0).pow(constant(exponent)), INTEGERS);
    if (constantPowers.size >= POWERS_KEPT) constantPowers.clear();
    constantPowers.set(exponent, op);
  }
  return op;
}

/**
 * aᵇ, b a tensor or a number. A fractional number lifts int32 to float32. The derivative by b at a = 0, b ≥ 0 is 0;
 * by a at b = 0 it is 0.
 */
export const pow = Object.assign(
  (a: TensorLike, b: TensorLike): Tensor => {
    const whole = typeof b === 'number' && (Number.isInteger(b) || isFloatingOperand(a));
    return whole ? constantPower(b).call([a]) : powTensors(a, b);
  },
  { op: powTensors.op },
) as BinaryFn<'pow'> & { readonly op: ElementwiseOp };

function isFloatingOperand(a: TensorLike): boolean {
  return typeof a === 'object' && (a.dtype === 'float32' || a.dtype === 'float64');
}

// ── Signs, extremes, rounding ──────────────────────────────────────────────────────────────────────

/** |x|. The derivative at 0 is 0. */
export const abs = defineElementwise<UnaryFn>('abs', (x) => x.abs(), INTEGERS);

/** −1, 0 or 1. The derivative is 0. */
export const sign = defineElementwise<UnaryFn>('sign', (x) => x.sign(), INTEGERS);

/** The larger of a and b; NaN if either is. Where they are equal each gets half of the gradient. */
export const maximum = defineElementwise<BinaryFn<'maximum'>>(
  'maximum',
  (a, b) => a.maximum(b),
  INTEGERS,
);

/** The smaller of a and b; NaN if either is. Where they are equal each gets half of the gradient. */
export const minimum = defineElementwise<BinaryFn<'minimum'>>(
  'minimum',
  (a, b) => a.minimum(b),
  INTEGERS,
);

/** x limited to [min, max]; NaN stays. The gradient passes within the bounds and at them. */
export const clamp = defineElementwise<ClampFn>(
  'clamp',
  (x, min, max) => x.less(min).select(min, x.greater(max).select(max, x)),
  INTEGERS,
);

/** The largest whole number ≤ x. The derivative is 0. */
export const floor = defineElementwise<UnaryFn>('floor', (x) => x.floor(), INTEGERS);

/** The smallest whole number ≥ x. The derivative is 0. */
export const ceil = defineElementwise<UnaryFn>('ceil', (x) => x.ceil(), INTEGERS);

/** The nearest whole number, halves to the even one. The derivative is 0. */
export const round = defineElementwise<UnaryFn>('round', (x) => x.round(), INTEGERS);
