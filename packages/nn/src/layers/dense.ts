// The dense layer: z = W a + b, row by row.

import {
  add,
  matmul,
  type Operand,
  type Shape,
  ShapeError,
  type Tensor,
  type UnknownRank,
  type Unless,
  type Variable,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { checkCount, heOverXavier, type Initializer, xavierUniform, zerosInit } from '../init.js';
import { Module } from '../module.js';
import { ParameterMaker, type ParameterOptions } from './parameter.js';
import type { FeatureProblem } from './typed-features.js';

export interface DenseOptions extends ParameterOptions {
  /** Whether b is added. Default: true. */
  readonly bias?: boolean;
  /**
   * How the weight begins. Default: `xavierUniform`, or `heUniform` for a layer that `sequential` finds in front of relu or
   * one of its relatives.
   */
  readonly init?: Initializer;
  /** How the bias begins. Default: zeros. */
  readonly biasInit?: Initializer;
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
    const { init = xavierUniform, biasInit = zerosInit } = options;
    const make = new ParameterMaker('dense', options);
    this.inFeatures = features;
    this.outFeatures = units;
    this.weight = make.cell<[Out, In]>(init, [units, features]);
    this.bias = options.bias === false ? null : make.cell<[Out]>(biasInit, [units]);
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
