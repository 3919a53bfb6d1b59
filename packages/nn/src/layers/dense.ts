// The dense layer: z = W a + b, row by row.

import {
  ArgumentError,
  add,
  type Generator,
  matmul,
  type Operand,
  type Shape,
  ShapeError,
  type Tensor,
  type UnknownRank,
  type Unless,
  type Variable,
  variable,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import {
  checkCount,
  checkFloatDType,
  type FloatDType,
  heOverXavier,
  type Initializer,
  sharedGenerator,
  xavierUniform,
  zerosInit,
} from '../init.js';
import { Module } from '../module.js';
import type { FeatureProblem } from './typed-features.js';

export interface DenseOptions {
  /** Whether b is added. Default: true. */
  readonly bias?: boolean;
  /**
   * How the weight begins. Default: `xavierUniform`, or `heUniform` for a layer that `sequential` finds in front of relu or
   * one of its relatives.
   */
  readonly init?: Initializer;
  /** How the bias begins. Default: zeros. */
  readonly biasInit?: Initializer;
  /** What the initialisers draw from. Default: a generator that all layers share, seeded 0. */
  readonly rng?: Generator;
  /** Default: float32. */
  readonly dtype?: FloatDType;
}

/**
 * z = x Wᵀ + b for rows x: [..., features] → [..., units]. The weight is [units, features] (out × in), the W of
 * z = W a + b for columns, and PyTorch's.
 */
export class Dense<In extends number = number, Out extends number = number> extends Module {
  readonly inFeatures: In;
  readonly outFeatures: Out;
  readonly weight: Variable<[Out, In]>;
  readonly bias: Variable<[Out]> | null;
  /** The weight as the default initialiser made it, for as long as it may be fitted to an activation. */
  #unfitted: Tensor | null;

  /** @internal Use `dense(features, units)`. */
  constructor(features: In, units: Out, options: DenseOptions = {}) {
    super();
    checkCount('dense', 'features', features);
    checkCount('dense', 'units', units);
    const { init = xavierUniform, biasInit = zerosInit, rng = sharedGenerator() } = options;
    const dtype = checkFloatDType('dense', options.dtype ?? 'float32');
    const made = (initializer: Initializer, shape: Shape) => {
      const value = initializer(shape, rng, dtype);
      if (value.shape.join() === shape.join() && value.dtype === dtype) return value;
      throw new ArgumentError(
        `dense: an initialiser returns ${dtype} ${formatShape(shape)}, got ${value.dtype} ` +
          `${formatShape(value.shape)}. Use the shape and dtype that it is called with.`,
      );
    };
    this.inFeatures = features;
    this.outFeatures = units;
    this.weight = variable(made(init, [units, features]) as Tensor<[Out, In]>);
    this.bias = options.bias === false ? null : variable(made(biasInit, [units]) as Tensor<[Out]>);
    this.#unfitted = options.init === undefined ? this.weight.value : null;
  }

  /**
   * [..., features] → [..., units].
   * @throws ShapeError unless the last axis of x has as many elements as there are features.
   */
  forward<Lead extends Shape>(x: Operand<readonly [...Lead, In]>): Tensor<[...Lead, Out]>;
  forward(x: Operand<UnknownRank>): Tensor<number[]>;
  forward<S extends Shape>(x: Unless<FeatureProblem<'dense', S, In>, Operand<S>>): Tensor<number[]>;
  forward(x: Operand): Tensor {
    const { shape } = x;
    if (shape.length === 0 || shape[shape.length - 1] !== this.inFeatures) {
      throw new ShapeError(
        `dense: takes ${this.inFeatures} features on the last axis, got shape ${formatShape(shape)}. ` +
          'Check the number of features, or flatten the input first.',
      );
    }
    const z = matmul(x, this.weight, TRANSPOSED);
    return this.bias === null ? z : add(z, this.bias);
  }

  /**
   * Widens a weight that the default initialiser made, and that nothing has changed since, from Xavier's range to He's.
   * @internal
   */
  fitToRectifier(): void {
    if (this.#unfitted !== null && this.weight.value === this.#unfitted) {
      this.weight.assign(this.#unfitted.mul(heOverXavier(this.weight.shape)) as Tensor<[Out, In]>);
    }
    this.#unfitted = null;
  }

  override detail(): string {
    return `${this.inFeatures} → ${this.outFeatures}${this.bias === null ? ', no bias' : ''}`;
  }
}

const TRANSPOSED = { transposeB: true };

/**
 * A dense layer of `units` units on `features` features: z = x Wᵀ + b.
 *
 * ```ts
 * const layer = dense(4, 16);
 * layer.forward(zeros([32, 4]));   // Tensor<[32, 16]>
 * ```
 *
 * @throws ArgumentError unless both are whole numbers of at least 1.
 */
export function dense<const In extends number, const Out extends number>(
  features: In,
  units: Out,
  options: DenseOptions = {},
): Dense<In, Out> {
  return new Dense(features, units, options);
}
