// The variable: a cell with an identity and a gradient, whose immutable value can be exchanged.

import { ArgumentError, DTypeError, ShapeError } from '../errors.js';
import { coerce, coerceExactly, type DType, isFloating } from './dtype.js';
import { Operand, type TensorLike } from './operand.js';
import { type GradientSink, Leaf } from './origin.js';
import { formatShape, type Shape, sameShape } from './shape.js';
import { convertArray } from './storage.js';
import { scalarTensor, Tensor } from './tensor.js';

export interface VariableOptions {
  /** Whether gradients are collected. Default: true for float32 and float64, false for int32 and bool. */
  requiresGrad?: boolean;
}

/**
 * A cell, not a tensor: parameters, optimizer state, counters. Operations take its current value; the tape
 * saves that value, never the cell, so `assign` can't corrupt what an earlier operation has saved.
 */
export class Variable<S extends Shape = Shape> extends Operand<S> implements GradientSink {
  /** What `backward()` has accumulated; null until then. */
  grad: Tensor<S> | null = null;
  readonly shape: S;
  #value: Tensor<S>;
  #requiresGrad: boolean;

  /** @internal Use `variable(value)`. */
  constructor(value: Tensor<S>, options: VariableOptions = {}) {
    super();
    this.shape = value.shape;
    this.#requiresGrad = options.requiresGrad ?? isFloating(value.dtype);
    if (this.#requiresGrad && !isFloating(value.dtype)) {
      throw new DTypeError(
        `variable: requiresGrad needs a floating dtype, got ${value.dtype}. Use float32 or float64.`,
      );
    }
    this.#value = this.#hold(value);
  }

  get dtype(): DType {
    return this.#value.dtype;
  }

  /** The current value. Gradients of what is computed from it flow into `grad`. */
  get value(): Tensor<S> {
    return this.#value;
  }

  read(): Tensor<S> {
    return this.#value;
  }

  /** Whether gradients are collected; setting it to false freezes the cell from the next operation on. */
  get requiresGrad(): boolean {
    return this.#requiresGrad;
  }

  set requiresGrad(wanted: boolean) {
    if (wanted && !isFloating(this.dtype)) {
      throw new DTypeError(
        `variable: requiresGrad needs a floating dtype, got ${this.dtype}. Use float32 or float64.`,
      );
    }
    this.#requiresGrad = wanted;
    this.#value = this.#hold(this.#value);
  }

  /**
   * Exchanges the value. The new one is detached; what the tape has saved of the old one stays valid.
   * @throws ShapeError or DTypeError if it is not of the cell's shape and dtype; ArgumentError if it is no tensor.
   */
  assign(value: TensorLike<S>): this {
    const next = value instanceof Operand ? value.read() : this.#scalar(value);
    if (!sameShape(next.shape, this.shape)) {
      throw new ShapeError(
        `assign: the cell has shape ${formatShape(this.shape)}, got ${formatShape(next.shape)}. ` +
          'Reshape the value, or make a new variable.',
      );
    }
    if (next.dtype !== this.dtype) {
      throw new DTypeError(
        `assign: the cell holds ${this.dtype}, got ${next.dtype}. Cast the value with .cast('${this.dtype}').`,
      );
    }
    this.#value = this.#hold(next as Tensor<S>);
    return this;
  }

  /** Converts the cell to another dtype, for good; a gradient that waits is forgotten. */
  convert(dtype: DType): this {
    if (dtype === this.dtype) return this;
    const { storage } = this.#value;
    const source =
      typeof storage === 'number' ? coerce(storage, dtype) : convertArray(storage, dtype);
    this.grad = null;
    this.#requiresGrad &&= isFloating(dtype);
    this.#value = this.#hold(new Tensor(source, this.shape, dtype, null, 0));
    return this;
  }

  /** Forgets the accumulated gradient. */
  clearGrad(): void {
    this.grad = null;
  }

  override toString(): string {
    return this.#value.toString().replace(/^Tensor/, 'Variable');
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #scalar(value: unknown): Tensor {
    if (typeof value === 'number' || typeof value === 'boolean') {
      return scalarTensor(coerceExactly('assign', Number(value), this.dtype), this.dtype);
    }
    throw new ArgumentError(
      `assign: takes a tensor, a variable or a number, got ${Array.isArray(value) ? 'an array' : typeof value}. ` +
        'Wrap arrays with tensor(…).',
    );
  }

  /** The value as a leaf of its own: a detached copy of the handle, sharing the elements. */
  #hold(value: Tensor<S>): Tensor<S> {
    const origin = this.#requiresGrad ? new Leaf(0, this.shape, value.dtype, this) : null;
    return new Tensor(value.storage, this.shape, value.dtype, origin, 0);
  }
}
