// The tensor: an immutable value with a shape, a dtype, its elements, and perhaps a place on the tape.

import { ArgumentError } from '../errors.js';
import { arrayOfLength, checkDifferentiable, type DType, type TypedArray } from './dtype.js';
import { formatTensor, type NestedValues, nestedValues } from './format.js';
import { Operand } from './operand.js';
import { CUT_LEVEL, type GradientHook, Leaf, type Origin } from './origin.js';
import { formatShape, type Shape, sizeOf } from './shape.js';
import { elementsOf, type Storage } from './storage.js';
import { Symbolic } from './symbolic.js';

/**
 * An immutable n-dimensional array. Made by `tensor`, `zeros`, … and by operations, never by hand.
 * There is nothing to dispose of: storage belongs to the garbage collector.
 */
export class Tensor<S extends Shape = Shape> extends Operand<S> {
  declare readonly shape: S;
  declare readonly dtype: DType;
  /** @internal Shared between views: never written after construction. */
  declare readonly storage: Storage;
  /** @internal The point of the tape that made this tensor; null for a constant. */
  declare readonly origin: Origin | null;
  /** @internal Which output of `origin` this is. */
  declare readonly slot: number;

  /**
   * Declared, so that bundlers that keep names have none to define afterwards: a redefined name takes the constructor of
   * a derived class off V8's fast path, and making a tensor takes five times as long.
   */
  static override get name(): string {
    return 'Tensor';
  }

  /** @internal */
  constructor(storage: Storage, shape: S, dtype: DType, origin: Origin | null, slot: number) {
    super();
    this.shape = shape;
    this.dtype = dtype;
    this.storage = storage;
    this.origin = origin;
    this.slot = slot;
  }

  read(): Tensor<S> {
    return this;
  }

  /** Whether gradients flow through this tensor. */
  get requiresGrad(): boolean {
    return this.origin !== null && this.origin.level !== CUT_LEVEL;
  }

  /** What `backward()` has accumulated here: only leaves made with `requiresGrad: true` collect it. */
  get grad(): Tensor<S> | null {
    const { origin } = this;
    return origin instanceof Leaf ? ((origin.sink?.grad ?? null) as Tensor<S> | null) : null;
  }

  /** Forgets the accumulated gradient. */
  clearGrad(): void {
    if (this.origin instanceof Leaf && this.origin.sink !== null) this.origin.sink.grad = null;
  }

  /** A copy of the elements, row-major. */
  data(): TypedArray {
    const elements = elementsOf('data', this.storage);
    if (typeof elements !== 'number') return elements.slice();
    const array = arrayOfLength(this.dtype, 1);
    array[0] = elements;
    return array;
  }

  /** A copy of the elements as nested arrays, 0 and 1 for bool; a scalar gives the bare number. */
  toArray<A extends Shape>(this: Tensor<A>): NestedValues<A> {
    return nestedValues(elementsOf('toArray', this.storage), this.shape) as NestedValues<A>;
  }

  /**
   * The single element as a JS number; bool gives 0 or 1.
   * @throws ArgumentError if there is not exactly one element.
   */
  item(): number {
    const elements = elementsOf('item', this.storage);
    if (typeof elements === 'number') return elements;
    if (sizeOf(this.shape) !== 1) {
      throw new ArgumentError(
        `item: reads a tensor of one element, got shape ${formatShape(this.shape)}. ` +
          'Reduce it first, or read it with toArray().',
      );
    }
    return elements[0];
  }

  /**
   * Calls `hook` with this tensor's gradient when a replay has it complete; a tensor that the hook returns
   * takes the gradient's place (it must have the same shape).
   * @returns a function that removes the hook.
   * @throws ArgumentError if no gradient flows through this tensor.
   */
  registerHook(hook: GradientHook): () => void {
    const { origin, slot } = this;
    if (origin === null || origin.level === CUT_LEVEL) {
      throw new ArgumentError(
        'registerHook: gradients flow through the tensor, got one that requires none. ' +
          'Make a leaf with { requiresGrad: true }, or hook a result computed from one.',
      );
    }
    const entry = { slot, hook };
    origin.hooks = [...(origin.hooks ?? []), entry];
    return () => {
      const rest = origin.hooks?.filter((other) => other !== entry) ?? [];
      origin.hooks = rest.length > 0 ? rest : null;
    };
  }

  override toString(): string {
    const { storage, shape, dtype } = this;
    if (storage instanceof Symbolic) return `Tensor ${dtype} ${formatShape(shape)} being traced`;
    return formatTensor(storage, shape, dtype, this.requiresGrad);
  }
}

/**
 * A copy of the elements for a check at the door; null while the tensor is being traced, when there are none to check.
 * Nothing that is computed may depend on it.
 */
export function peek(x: Operand): TypedArray | null {
  const value = x.read();
  return value.storage instanceof Symbolic ? null : value.data();
}

/** A leaf that collects its gradient: shares the storage of `value`. */
export function leafTensor<S extends Shape>(op: string, value: Tensor<S>): Tensor<S> {
  checkDifferentiable(op, value.dtype);
  const { storage, shape, dtype } = value;
  return new Tensor(storage, shape, dtype, new Leaf(0, shape, dtype, { grad: null }), 0);
}

/** A scalar constant. `value` must already be a value of `dtype`. */
export function scalarTensor(value: number, dtype: DType): Tensor<[]> {
  return new Tensor<[]>(value, SCALAR, dtype, null, 0);
}

const SCALAR: [] = [];
