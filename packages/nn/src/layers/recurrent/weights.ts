// The weights of recurrent layers, as PyTorch lays them out: gates one below the other.

import {
  add,
  concat,
  matmul,
  type Operand,
  ShapeError,
  type Tensor,
  type Variable,
  variable,
} from '@retrograd/autograd';
import { formatShape } from '../../errors.js';
import type { Initializer } from '../../init.js';
import { ParameterMaker, type ParameterOptions } from '../parameter.js';
import type { Recurrence } from './recurrences.js';

export interface RecurrentInit extends ParameterOptions {
  /** Whether biases are added, both PyTorch's. Default: true. */
  readonly bias?: boolean;
  /** How the weights on the input begin, gate by gate. Default: uniform in ±1/√units, as in PyTorch. */
  readonly init?: Initializer;
  /** How the weights on the state begin, gate by gate; `orthogonal` is a good one. Default: uniform in ±1/√units. */
  readonly hiddenInit?: Initializer;
  /** How the biases begin, gate by gate. Default: uniform in ±1/√units. */
  readonly biasInit?: Initializer;
}

/** The weights of one layer in one direction; gates · units rows each. */
export interface RecurrentWeights {
  /** [gates · units, features] */
  readonly weightIh: Variable;
  /** [gates · units, units] */
  readonly weightHh: Variable;
  readonly biasIh: Variable | null;
  readonly biasHh: Variable | null;
}

/** Draws the weights of one layer in one direction. @throws ArgumentError for an initialiser that returns another shape. */
export function makeWeights(
  { name, gates }: Recurrence,
  features: number,
  units: number,
  options: RecurrentInit,
): RecurrentWeights {
  const make = new ParameterMaker(name, options);
  const high = 1 / Math.sqrt(units);
  const uniform: Initializer = (shape, rng, dtype) =>
    rng.uniform([...shape], { low: -high, high, dtype });
  const { init = uniform, hiddenInit = uniform, biasInit = uniform } = options;
  const cell = (initializer: Initializer, shape: number[]): Variable =>
    variable(concat(Array.from({ length: gates }, () => make.value(initializer, shape))));
  const biased = options.bias !== false;
  return {
    weightIh: cell(init, [units, features]),
    weightHh: cell(hiddenInit, [units, units]),
    biasIh: biased ? cell(biasInit, [units]) : null,
    biasHh: biased ? cell(biasInit, [units]) : null,
  };
}

/** The cells by PyTorch's names, `suffix` told the layer and the direction: `weight_ih_l0_reverse`. */
export function* namedWeights(
  { weightIh, weightHh, biasIh, biasHh }: RecurrentWeights,
  suffix: string,
): Iterable<readonly [string, Variable]> {
  yield [`weight_ih${suffix}`, weightIh];
  yield [`weight_hh${suffix}`, weightHh];
  if (biasIh !== null) yield [`bias_ih${suffix}`, biasIh];
  if (biasHh !== null) yield [`bias_hh${suffix}`, biasHh];
}

/** x̂ = x W_ihᵀ + b of rows x [rows, features]. */
export function projected(x: Tensor, { weightIh }: RecurrentWeights, bias: Tensor | null): Tensor {
  const products = matmul(x, weightIh, { transposeB: true });
  return bias === null ? products : add(products, bias);
}

/** @throws ShapeError unless a tensor has the shape that it must; a name stands for any size. */
export function checkSizes(
  op: string,
  role: string,
  { shape }: Operand,
  wanted: readonly (number | string)[],
  fix: string,
): void {
  const fits =
    shape.length === wanted.length &&
    wanted.every((size, axis) => typeof size === 'string' || size === shape[axis]);
  if (fits) return;
  throw new ShapeError(
    `${op}: ${role} has shape [${wanted.join(', ')}], got ${formatShape(shape)}. ${fix}`,
  );
}
