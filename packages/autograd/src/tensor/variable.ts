// The variable: a cell with an identity and a gradient, whose immutable value can be exchanged.

import { ArgumentError, callSite, DTypeError, ShapeError, TraceError } from '../errors.js';
import { checkDifferentiable, coerce, coerceExactly, type DType, isFloating } from './dtype.js';
import { describeValue, Operand, type TensorLike } from './operand.js';
import { type GradientSink, Leaf } from './origin.js';
import { formatShape, type Shape, sameShape } from './shape.js';
import { convertArray, elementsOf, type Storage } from './storage.js';
import { isSymbolic, tracing } from './symbolic.js';
import { scalarTensor, Tensor } from './tensor.js';

/** @internal */
export interface VariableState {
  readonly value: Tensor;
  readonly grad: Tensor | null;
  readonly pending: (() => Storage) | null;
  readonly version: number;
}

export interface VariableOptions {
  /** Whether gradients are collected. Default: true for float32 and float64, false for int32 and bool. */
  requiresGrad?: boolean;
}

/**
 * @internal Counts what is done to any cell, but for the values that programs leave in them: a program that has seen the last
 * change needn't look at its cells.
 */
export const cellChanges = { count: 0 };

/**
 * A cell, not a tensor: parameters, optimizer state, counters. Operations take its current value; the tape
 * saves that value, never the cell, so `assign` can't corrupt what an earlier operation has saved.
 */
export class Variable<S extends Shape = Shape> extends Operand<S> implements GradientSink {
  readonly shape: S;
  #value: Tensor<S>;
  #grad: Tensor<S> | null = null;
  /** Where newer elements lie than those held here: in a program's memory. Copied out when somebody reads. */
  #pending: (() => Storage) | null = null;
  #version = 0;
  #requiresGrad: boolean;

  /** @internal Use `variable(value)`. */
  constructor(value: Tensor<S>, options: VariableOptions = {}) {
    super();
    if (isSymbolic(value.storage)) {
      throw new TraceError(
        `variable: a cell begins with elements that are known, got ${value.dtype} ${formatShape(value.shape)} of a function ` +
          `being compiled${callSite()}. Make the cell outside of the function, and assign to it inside.`,
      );
    }
    this.shape = value.shape;
    this.#requiresGrad = options.requiresGrad ?? isFloating(value.dtype);
    if (this.#requiresGrad) checkDifferentiable('variable', value.dtype);
    this.#value = this.#hold(value.storage, value.dtype);
  }

  get dtype(): DType {
    return this.#value.dtype;
  }

  /** What `backward()` has accumulated; null until then. */
  get grad(): Tensor<S> | null {
    tracing.hooks?.touch(this);
    return this.#grad;
  }

  set grad(gradient: Tensor<S> | null) {
    tracing.hooks?.touch(this);
    if ((gradient === null) !== (this.#grad === null)) cellChanges.count++;
    this.#grad = gradient;
  }

  /** @internal Whether its dtype is this, gradients are collected, and one waits. A trace isn't told that it was asked. */
  isLike(dtype: DType, requiresGrad: boolean, hasGrad: boolean): boolean {
    return (
      this.#value.dtype === dtype &&
      this.#requiresGrad === requiresGrad &&
      (this.#grad !== null) === hasGrad
    );
  }

  /** The current value. Gradients of what is computed from it flow into `grad`. */
  get value(): Tensor<S> {
    return this.read();
  }

  read(): Tensor<S> {
    tracing.hooks?.touch(this);
    if (this.#pending !== null) this.exchange(this.#pending());
    return this.#value;
  }

  /** Whether gradients are collected; setting it to false freezes the cell from the next operation on. */
  get requiresGrad(): boolean {
    return this.#requiresGrad;
  }

  set requiresGrad(wanted: boolean) {
    if (wanted) checkDifferentiable('variable', this.dtype);
    cellChanges.count++;
    this.#requiresGrad = wanted;
    this.#value = this.#hold(this.read().storage);
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
    tracing.hooks?.touch(this);
    if (!isSymbolic(next.storage)) tracing.hooks?.fix(this);
    this.#pending = null;
    this.#count();
    this.#value = this.#hold(next.storage);
    return this;
  }

  /** @internal What a trace puts back when it ends. */
  snapshot(): VariableState {
    return {
      value: this.#value,
      grad: this.#grad,
      pending: this.#pending,
      version: this.#version,
    };
  }

  /**
   * @internal Puts a value and a gradient in the cell's place, unchecked. What was assigned in between is undone: programs
   * that hold the value hold it still.
   */
  restore({ value, grad, pending, version }: VariableState): void {
    cellChanges.count++;
    this.#value = value as Tensor<S>;
    this.#grad = grad as Tensor<S> | null;
    this.#pending = pending;
    this.#version = version;
  }

  /** @internal Changes with every assignment, so that a program knows whether its copy is still the cell's value. */
  get version(): number {
    return this.#version;
  }

  /** No two values have the same version, so that one which was put back is never taken for another. */
  #count(): void {
    this.#version = ++cellChanges.count;
  }

  /** @internal Says that newer elements lie elsewhere; `fetch` copies them when somebody reads. */
  defer(fetch: () => Storage): void {
    this.#pending = fetch;
  }

  /** @internal Exchanges the elements, and nothing else. */
  exchange(storage: Storage): void {
    this.#pending = null;
    this.#value = this.#hold(storage);
  }

  /**
   * A cell of its own with this one's value. Within a compiled function it is made once, while that is traced, with the value
   * from before.
   * @throws TraceError there for a cell that the function has assigned already.
   */
  copy(): Variable<S> {
    const { storage } = this.read();
    const elements = tracing.hooks?.entry(this) ?? storage;
    const value = new Tensor(elements, this.shape, this.dtype, null, 0);
    return new Variable(value, { requiresGrad: this.#requiresGrad });
  }

  /** Converts the cell to another dtype, for good; a gradient that waits is forgotten. */
  convert(dtype: DType): this {
    if (dtype === this.dtype) return this;
    const elements = elementsOf('convert', this.read().storage);
    const source =
      typeof elements === 'number' ? coerce(elements, dtype) : convertArray(elements, dtype);
    this.grad = null;
    this.#count();
    this.#requiresGrad &&= isFloating(dtype);
    this.#value = this.#hold(source, dtype);
    return this;
  }

  /** Forgets the accumulated gradient. */
  clearGrad(): void {
    this.grad = null;
  }

  override toString(): string {
    return this.read()
      .toString()
      .replace(/^Tensor/, 'Variable');
  }

  #scalar(value: unknown): Tensor {
    if (typeof value === 'number' || typeof value === 'boolean') {
      return scalarTensor(coerceExactly('assign', Number(value), this.dtype), this.dtype);
    }
    throw new ArgumentError(
      `assign: takes a tensor, a variable or a number, got ${describeValue(value)}. ` +
        'Wrap arrays with tensor(…).',
    );
  }

  /** The value as a leaf of its own, sharing the elements. */
  #hold(storage: Storage, dtype = this.dtype): Tensor<S> {
    const origin = this.#requiresGrad ? new Leaf(0, this.shape, dtype, this) : null;
    return new Tensor(storage, this.shape, dtype, origin, 0);
  }
}
