// Layer and RMS normalisation: every sample by itself, over its last axes.

import {
  type Operand,
  type Shape,
  ShapeError,
  type Tensor,
  type Variable,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { checkCount, constantInit, zerosInit } from '../init.js';
import { Module } from '../module.js';
import { ParameterMaker, type ParameterOptions } from './parameter.js';
import { affine, checkEpsilon, divideByRms, standardize } from './standardize.js';

export interface LayerNormOptions extends Pick<ParameterOptions, 'dtype'> {
  /** ε ≥ 0, added to the variance. Default: 1e-5. */
  readonly epsilon?: number;
  /** Whether a weight γ (and a bias β) is learnt. Default: true. */
  readonly affine?: boolean;
  /** Whether the affine part has a bias. Default: true. */
  readonly bias?: boolean;
}

export interface RMSNormOptions extends Pick<ParameterOptions, 'dtype'> {
  /** ε ≥ 0, added to the mean square. Default: 1e-6. */
  readonly epsilon?: number;
  /** Whether a weight γ is learnt. Default: true. */
  readonly affine?: boolean;
}

/** The sizes of the last axes, of which the innermost is known to the compiler. */
export type NormalizedShape<N extends number> = N | readonly [...number[], N];

/** The last axes that are normalised over, and the check that an input has them. */
abstract class OverLastAxes<N extends number> extends Module {
  readonly inFeatures: N;
  readonly outFeatures: N;
  readonly shape: readonly number[];
  readonly epsilon: number;

  constructor(op: string, shape: NormalizedShape<N>, epsilon: number) {
    super();
    const sizes: readonly number[] = typeof shape === 'number' ? [shape] : shape;
    for (const size of sizes) checkCount(op, 'a size', size);
    if (sizes.length === 0) checkCount(op, 'the number of axes', 0);
    this.shape = sizes;
    this.inFeatures = this.outFeatures = sizes[sizes.length - 1] as N;
    this.epsilon = checkEpsilon(op, epsilon);
  }

  /** The axes of x that are normalised over. */
  protected axesOf(op: string, x: Tensor): number[] {
    const { shape } = this;
    const first = x.rank - shape.length;
    if (first < 0 || shape.some((size, i) => x.shape[first + i] !== size)) {
      throw new ShapeError(
        `${op}: takes ${formatShape(shape)} on the last axes, got shape ${formatShape(x.shape)}. ` +
          'Check the sizes that the layer was made with.',
      );
    }
    return shape.map((_, i) => first + i);
  }

  override detail(): string {
    return this.shape.join(' × ');
  }
}

/**
 * y = γ (x − mean) / √(variance + ε) + β, mean and variance being those of each sample over the last axes.
 * J. L. Ba, J. R. Kiros, G. E. Hinton, 2016.
 */
export class LayerNorm<N extends number = number> extends OverLastAxes<N> {
  /** γ, of the normalised shape; ones at first. */
  readonly weight: Variable | null;
  /** β, of the normalised shape; zeros at first. */
  readonly bias: Variable | null;

  /** @internal Use `layerNorm(shape)`. */
  constructor(shape: NormalizedShape<N>, options: LayerNormOptions = {}) {
    super('layerNorm', shape, options.epsilon ?? 1e-5);
    const { affine = true, bias = true } = options;
    const make = new ParameterMaker('layerNorm', options);
    this.weight = affine ? make.cell(constantInit(1), [...this.shape]) : null;
    this.bias = affine && bias ? make.cell(zerosInit, [...this.shape]) : null;
  }

  /** Keeps the shape. @throws ShapeError unless the last axes have the sizes of the layer. */
  forward<S extends Shape>(x: Operand<S>): Tensor<S>;
  forward(input: Operand): Tensor {
    const x: Tensor = input.read();
    const { y } = standardize(x, this.axesOf('layerNorm', x), this.epsilon);
    return affine(y, this.weight?.read() ?? null, this.bias?.read() ?? null);
  }
}

/**
 * y = γ x / √(mean of x² + ε), the mean being that of each sample over the last axes. B. Zhang, R. Sennrich, 2019.
 */
export class RMSNorm<N extends number = number> extends OverLastAxes<N> {
  /** γ, of the normalised shape; ones at first. */
  readonly weight: Variable | null;

  /** @internal Use `rmsNorm(shape)`. */
  constructor(shape: NormalizedShape<N>, options: RMSNormOptions = {}) {
    super('rmsNorm', shape, options.epsilon ?? 1e-6);
    const make = new ParameterMaker('rmsNorm', options);
    this.weight = options.affine === false ? null : make.cell(constantInit(1), [...this.shape]);
  }

  /** Keeps the shape. @throws ShapeError unless the last axes have the sizes of the layer. */
  forward<S extends Shape>(x: Operand<S>): Tensor<S>;
  forward(input: Operand): Tensor {
    const x: Tensor = input.read();
    const y = divideByRms(x, this.axesOf('rmsNorm', x), this.epsilon);
    return affine(y, this.weight?.read() ?? null, null);
  }
}

/**
 * A layer normalisation over the last axis (`layerNorm(64)`) or several (`layerNorm([8, 64])`).
 * @throws ArgumentError for sizes or options out of range, DTypeError for a dtype that parameters can't have.
 */
export function layerNorm<const N extends number>(
  shape: NormalizedShape<N>,
  options: LayerNormOptions = {},
): LayerNorm<N> {
  return new LayerNorm(shape, options);
}

/**
 * An RMS normalisation over the last axis or several: layer normalisation without the mean, and without a bias.
 * @throws ArgumentError for sizes or options out of range, DTypeError for a dtype that parameters can't have.
 */
export function rmsNorm<const N extends number>(
  shape: NormalizedShape<N>,
  options: RMSNormOptions = {},
): RMSNorm<N> {
  return new RMSNorm(shape, options);
}
