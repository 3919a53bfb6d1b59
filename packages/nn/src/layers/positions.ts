// Where in a sequence something stands: what attention alone can't see.

import {
  type Operand,
  type Shape,
  ShapeError,
  type Tensor,
  tensor,
  type Variable,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { checkCount, checkFloatDType, type FloatDType, type Initializer } from '../init.js';
import { Module } from '../module.js';
import { ParameterMaker, type ParameterOptions } from './parameter.js';
import { recent } from './recent.js';

export interface SinusoidalOptions {
  /** Wavelengths grow from 2π to 2π · base. Default: 10 000. */
  readonly base?: number;
  readonly dtype?: FloatDType;
}

/**
 * The table [length, dim] of A. Vaswani et al., 2017, 3.5: column 2i is sin(p / base^(2i / dim)) at position p, column
 * 2i + 1 the cosine of the same.
 * @throws ArgumentError unless both sizes are whole numbers of at least 1.
 */
export function sinusoidal(length: number, dim: number, options: SinusoidalOptions = {}): Tensor {
  checkCount('sinusoidal', 'length', length);
  checkCount('sinusoidal', 'dim', dim);
  const { base = 10_000 } = options;
  return sinusoidalTable(
    length,
    dim,
    base,
    checkFloatDType('sinusoidal', options.dtype ?? 'float32'),
  );
}

const sinusoidalTable = recent((length: number, dim: number, base: number, dtype: FloatDType) => {
  const table = Float64Array.from({ length: length * dim }, (_, at) => {
    const column = at % dim;
    const angle = Math.floor(at / dim) * base ** (-(column - (column % 2)) / dim);
    return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
  return tensor(table, { dtype: 'float64' }).reshape([length, dim]).cast(dtype);
});

/** x + the sinusoidal table, for x [..., length, dim] of any length. Nothing is learnt. */
export class SinusoidalPositions extends Module {
  readonly base: number;

  /** @internal Use `sinusoidalPositions()`. */
  constructor({ base = 10_000 }: SinusoidalOptions = {}) {
    super();
    this.base = base;
  }

  /** Says to `sequential` that whatever comes in keeps its shape. */
  get keepsShape(): true {
    return true;
  }

  /** Keeps the shape. @throws ShapeError for an input without a sequence axis. */
  forward<S extends Shape>(x: Operand<S>): Tensor<S>;
  forward(input: Operand): Tensor {
    const x: Tensor = input.read();
    const [length, dim] = sequenceOf('sinusoidalPositions', x);
    if (x.size === 0) return x;
    const dtype = x.dtype === 'float64' ? 'float64' : 'float32';
    return x.add(sinusoidalTable(length, dim, this.base, dtype));
  }
}

export interface LearnedPositionsOptions extends ParameterOptions {
  /** How the table begins. Default: normal with standard deviation 0.02. */
  readonly init?: Initializer;
}

const smallNormal: Initializer = (shape, rng, dtype) =>
  rng.normal([...shape], { std: 0.02, dtype });

/** x + the first rows of a learnt table, for x [..., length, dim] up to a greatest length. */
export class LearnedPositions<Dim extends number = number> extends Module {
  readonly length: number;
  readonly inFeatures: Dim;
  readonly outFeatures: Dim;
  /** [length, dim]. */
  readonly weight: Variable<[number, Dim]>;

  /** @internal Use `learnedPositions(length, dim)`. */
  constructor(length: number, dim: Dim, options: LearnedPositionsOptions = {}) {
    super();
    checkCount('learnedPositions', 'length', length);
    checkCount('learnedPositions', 'dim', dim);
    this.length = length;
    this.inFeatures = dim;
    this.outFeatures = dim;
    const make = new ParameterMaker('learnedPositions', options);
    this.weight = make.cell(options.init ?? smallNormal, [length, dim]);
  }

  /** Keeps the shape. @throws ShapeError for a sequence that is longer than the table, or of another width. */
  forward<S extends Shape>(x: Operand<S>): Tensor<S>;
  forward(input: Operand): Tensor {
    const x: Tensor = input.read();
    const [length, dim] = sequenceOf('learnedPositions', x);
    if (length > this.length || dim !== this.inFeatures) {
      throw new ShapeError(
        `learnedPositions: takes up to ${this.length} positions of ${this.inFeatures} features, ` +
          `got shape ${formatShape(x.shape)}. Make the layer for the longest sequence, or cut it.`,
      );
    }
    const table = length === this.length ? this.weight : this.weight.slice([0, length]);
    return x.add(table as Operand);
  }

  override detail(): string {
    return `${this.length} × ${this.inFeatures}`;
  }
}

function sequenceOf(op: string, { shape }: Operand): [length: number, dim: number] {
  if (shape.length >= 2) return [shape[shape.length - 2], shape[shape.length - 1]];
  throw new ShapeError(
    `${op}: takes sequences, [..., length, dim], got shape ${formatShape(shape)}. ` +
      'Give a single position an axis of size 1 first.',
  );
}

/**
 * A layer that adds sinusoidal positions (A. Vaswani et al., 2017) to sequences [..., length, dim].
 */
export function sinusoidalPositions(options: SinusoidalOptions = {}): SinusoidalPositions {
  return new SinusoidalPositions(options);
}

/**
 * A layer that adds learnt positions to sequences [..., up to `length`, dim].
 * @throws ArgumentError unless both sizes are whole numbers of at least 1.
 */
export function learnedPositions<const Dim extends number>(
  length: number,
  dim: Dim,
  options: LearnedPositionsOptions = {},
): LearnedPositions<Dim> {
  return new LearnedPositions(length, dim, options);
}
