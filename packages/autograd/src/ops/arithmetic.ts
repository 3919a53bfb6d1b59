// Arithmetic: sums and products, powers and roots, signs and rounding.

import { argument, constant } from '../scalar/index.js';
import { isFloating } from '../tensor/dtype.js';
import type { TensorLike } from '../tensor/operand.js';
import type { Tensor } from '../tensor/tensor.js';
import { defineElementwise, ElementwiseOp, type ElementwiseOptions } from './define-elementwise.js';
import { defineBinary, defineUnary } from './define-named.js';
import { namedFunction } from './named-function.js';
import type { BinaryFn, ClampFn } from './signatures.js';

const INTEGERS: ElementwiseOptions = { integers: 'int32' };

// ── Sums and products ──────────────────────────────────────────────────────────────────────────────

/** a + b. int32 wraps. */
export const add = defineBinary('add', INTEGERS);

/** a − b. int32 wraps. */
export const sub = defineBinary('sub', INTEGERS);

/** a · b, element by element. int32 wraps. */
export const mul = defineBinary('mul', INTEGERS);

/** a / b. Integers give float32; x / 0 is ±∞, 0 / 0 NaN. */
export const div = defineBinary('div');

/** −x. */
export const neg = defineUnary('neg', INTEGERS);

// ── Powers and roots ───────────────────────────────────────────────────────────────────────────────

/** x². */
export const square = defineUnary('square', INTEGERS);

/** √x; NaN for x < 0. The derivative at 0 is ∞. */
export const sqrt = defineUnary('sqrt');

/** 1 / √x; ∞ at 0. */
export const rsqrt = defineUnary('rsqrt');

const powTensors = defineBinary('pow', INTEGERS);

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
export const pow = namedFunction(powTensors.op, (a: TensorLike, b: TensorLike): Tensor => {
  const whole = typeof b === 'number' && (Number.isInteger(b) || isFloatingOperand(a));
  return whole ? constantPower(b).call([a]) : powTensors(a, b);
}) as BinaryFn<'pow'> & { readonly op: ElementwiseOp };

function isFloatingOperand(a: TensorLike): boolean {
  return typeof a === 'object' && isFloating(a.dtype);
}

// ── Signs, extremes, rounding ──────────────────────────────────────────────────────────────────────

/** |x|. The derivative at 0 is 0. */
export const abs = defineUnary('abs', INTEGERS);

/** −1, 0 or 1. The derivative is 0. */
export const sign = defineUnary('sign', INTEGERS);

/** The larger of a and b; NaN if either is. Where they are equal each gets half of the gradient. */
export const maximum = defineBinary('maximum', INTEGERS);

/** The smaller of a and b; NaN if either is. Where they are equal each gets half of the gradient. */
export const minimum = defineBinary('minimum', INTEGERS);

/** x limited to [min, max]; NaN stays. The gradient passes within the bounds and at them. */
export const clamp = defineElementwise<ClampFn>(
  'clamp',
  (x, min, max) => x.less(min).select(min, x.greater(max).select(max, x)),
  INTEGERS,
);

/** The largest whole number ≤ x. The derivative is 0. */
export const floor = defineUnary('floor', INTEGERS);

/** The smallest whole number ≥ x. The derivative is 0. */
export const ceil = defineUnary('ceil', INTEGERS);

/** The nearest whole number, halves to the even one. The derivative is 0. */
export const round = defineUnary('round', INTEGERS);
