// Elementwise operations that formulas have a method for.

import type { BinaryOp, UnaryOp } from '../scalar/index.js';
import {
  defineElementwise,
  type ElementwiseFunction,
  type ElementwiseOptions,
} from './define-elementwise.js';
import type { BinaryFn, UnaryFn } from './signatures.js';

/** Declares the operation on tensors that a formula's method of the same name is on numbers. */
export const defineUnary = (
  name: UnaryOp | 'square',
  options?: ElementwiseOptions,
): ElementwiseFunction<UnaryFn> => defineElementwise<UnaryFn>(name, (x) => x[name](), options);

/** The same for those of two operands. */
export const defineBinary = <Name extends BinaryOp>(
  name: Name,
  options?: ElementwiseOptions,
): ElementwiseFunction<BinaryFn<Name>> =>
  defineElementwise<BinaryFn<Name>>(name, (a, b) => a[name](b), options);
