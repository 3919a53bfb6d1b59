// Pooling layers: one number for each window, or for each channel as a whole.

import {
  type AveragePoolOptions,
  averagePool,
  type MaxPoolOptions,
  max,
  maxPool,
  mean,
  type Operand,
  type PerAxis,
  ShapeError,
  type Tensor,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { Module } from '../module.js';

/** @throws ShapeError unless x is [batch, channels] and so many spatial axes. */
function checkRank(op: string, { shape }: Operand, axes: readonly string[]): void {
  if (shape.length === axes.length + 2) return;
  throw new ShapeError(
    `${op}: takes [batch, channels, ${axes.join(', ')}], got shape ${formatShape(shape)}. ` +
      'Give a single sample a batch axis, and an image without channels a channel axis.',
  );
}

const SIGNAL = ['length'] as const;
const IMAGE = ['height', 'width'] as const;

/** What a window becomes: `maxPool` or `averagePool`. */
type PoolFunction<O> = (x: Operand, size: PerAxis, options: O) => Tensor<number[]>;

/** The frame of the layers that make one number of each window. */
abstract class WindowPool<O> extends Module {
  readonly size: PerAxis;
  readonly #op: string;
  readonly #axes: readonly string[];
  readonly #pool: PoolFunction<O>;
  readonly #options: O;

  /** @internal */
  constructor(
    op: string,
    axes: readonly string[],
    pool: PoolFunction<O>,
    size: PerAxis,
    options: O,
  ) {
    super();
    this.size = size;
    this.#op = op;
    this.#axes = axes;
    this.#pool = pool;
    this.#options = options;
  }

  /** @throws ShapeError for another number of axes, and where a window is larger than the padded x. */
  forward(x: Operand): Tensor<number[]> {
    checkRank(this.#op, x, this.#axes);
    return this.#pool(x, this.size, this.#options);
  }

  override detail(): string {
    return `window ${[this.size].flat().join(' × ')}`;
  }
}

/** [N, C, length] → [N, C, windows]: the largest of each window. */
export class MaxPool1d extends WindowPool<MaxPoolOptions> {
  /** @internal Use `maxPool1d(size)`. */
  constructor(size: PerAxis, options: MaxPoolOptions) {
    super('maxPool1d', SIGNAL, maxPool, size, options);
  }
}

/** [N, C, height, width] → [N, C, …windows]: the largest of each window. */
export class MaxPool2d extends WindowPool<MaxPoolOptions> {
  /** @internal Use `maxPool2d(size)`. */
  constructor(size: PerAxis, options: MaxPoolOptions) {
    super('maxPool2d', IMAGE, maxPool, size, options);
  }
}

/** [N, C, length] → [N, C, windows]: the mean of each window. */
export class AveragePool1d extends WindowPool<AveragePoolOptions> {
  /** @internal Use `averagePool1d(size)`. */
  constructor(size: PerAxis, options: AveragePoolOptions) {
    super('averagePool1d', SIGNAL, averagePool, size, options);
  }
}

/** [N, C, height, width] → [N, C, …windows]: the mean of each window. */
export class AveragePool2d extends WindowPool<AveragePoolOptions> {
  /** @internal Use `averagePool2d(size)`. */
  constructor(size: PerAxis, options: AveragePoolOptions) {
    super('averagePool2d', IMAGE, averagePool, size, options);
  }
}

/** The largest of each window of `size` elements, which don't overlap unless `stride` is smaller. */
export function maxPool1d(
  size: number | readonly [length: number],
  options: MaxPoolOptions = {},
): MaxPool1d {
  return new MaxPool1d(size, options);
}

/** The largest of each window of `size` × `size` elements, which don't overlap unless `stride` is smaller. */
export function maxPool2d(
  size: number | readonly [height: number, width: number],
  options: MaxPoolOptions = {},
): MaxPool2d {
  return new MaxPool2d(size, options);
}

/** The mean of each window of `size` elements, which don't overlap unless `stride` is smaller. */
export function averagePool1d(
  size: number | readonly [length: number],
  options: AveragePoolOptions = {},
): AveragePool1d {
  return new AveragePool1d(size, options);
}

/** The mean of each window of `size` × `size` elements, which don't overlap unless `stride` is smaller. */
export function averagePool2d(
  size: number | readonly [height: number, width: number],
  options: AveragePoolOptions = {},
): AveragePool2d {
  return new AveragePool2d(size, options);
}

export interface GlobalPoolOptions {
  /** Whether the spatial axes stay, with size 1, as PyTorch's adaptive pools have it. Default: false. */
  readonly keepDims?: boolean;
}

/** The axes behind batch and channels. */
function spatialAxes(op: string, { shape }: Operand): number[] {
  if (shape.length >= 3) return shape.slice(2).map((_, i) => i + 2);
  throw new ShapeError(
    `${op}: takes [batch, channels, …spatial axes], got shape ${formatShape(shape)}. ` +
      'Put it in front of flatten.',
  );
}

/** [N, C, …spatial] → [N, C]: the mean of each channel. */
export class GlobalAveragePool extends Module {
  readonly keepDims: boolean;

  /** @internal Use `globalAveragePool()`. */
  constructor({ keepDims = false }: GlobalPoolOptions) {
    super();
    this.keepDims = keepDims;
  }

  /** @throws ShapeError unless there are spatial axes. */
  forward(x: Operand): Tensor<number[]> {
    const axes = spatialAxes('globalAveragePool', x);
    return mean(x, axes, { keepDims: this.keepDims }) as Tensor<number[]>;
  }
}

/** [N, C, …spatial] → [N, C]: the largest of each channel. */
export class GlobalMaxPool extends Module {
  readonly keepDims: boolean;

  /** @internal Use `globalMaxPool()`. */
  constructor({ keepDims = false }: GlobalPoolOptions) {
    super();
    this.keepDims = keepDims;
  }

  /** @throws ShapeError unless there are spatial axes with elements. */
  forward(x: Operand): Tensor<number[]> {
    const axes = spatialAxes('globalMaxPool', x);
    return max(x, axes, { keepDims: this.keepDims }) as Tensor<number[]>;
  }
}

/** The mean of each channel, whatever the size of the image: [N, C, …spatial] → [N, C]. */
export function globalAveragePool(options: GlobalPoolOptions = {}): GlobalAveragePool {
  return new GlobalAveragePool(options);
}

/** The largest of each channel, whatever the size of the image: [N, C, …spatial] → [N, C]. */
export function globalMaxPool(options: GlobalPoolOptions = {}): GlobalMaxPool {
  return new GlobalMaxPool(options);
}
