// What an operation takes: a tensor, or a variable that stands for its current value.

import type { DType } from './dtype.js';
import { formatShape, type Shape, sizeOf } from './shape.js';
import type { Tensor } from './tensor.js';

/**
 * The common ground of `Tensor` and `Variable`. All chaining methods are declared on it, each with its own
 * type parameters (through `this`), so that a tensor stays covariant in its shape.
 */
export abstract class Operand<S extends Shape = Shape> {
  /** The sizes of the axes, outermost first; [] for a scalar. */
  abstract readonly shape: S;
  abstract readonly dtype: DType;

  /** The tensor that operations compute on: the tensor itself, a variable's current value. */
  abstract read(): Tensor<S>;

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** What `console.log` shows in Node. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** What stands where a tensor is expected: an operand, or a JS number or boolean as a scalar. */
export type TensorLike<S extends Shape = Shape> = Operand<S> | number | boolean;

/** For messages: what was passed where a tensor was expected. */
export function describeValue(value: unknown): string {
  if (value instanceof Operand) return `${value.dtype} ${formatShape(value.shape)}`;
  if (Array.isArray(value)) return 'an array';
  return value === null ? 'null' : typeof value;
}
