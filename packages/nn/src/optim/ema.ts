// Optimizers: the exponential moving average of weights, which often generalises better than the last ones.

import {
  AsyncScopeError,
  defineElementwise,
  noGrad,
  type Tensor,
  type Variable,
  variable,
  zerosLike,
} from '@retrograd/autograd';
import { Module } from '../module.js';
import { checkNames, checkNumber, checkParameters, checkShapeOf } from './checks.js';
import type { OptimizerState } from './optimizer.js';
import { blend } from './rules.js';

export interface EmaOptions {
  /**
   * Begins at 0 instead of at the weights, and divides by 1 − decayᵗ: the weights that it was made with do not count.
   * Before the first update the average is then the weights as they are. Default: false.
   */
  biasCorrection?: boolean;
}

/** A moving average of weights. */
export interface WeightAverage {
  /** Whose average it is, each cell once. */
  readonly parameters: readonly Variable[];
  /** How often `update` was called: a float64 cell. */
  readonly count: Variable<[]>;
  /** Takes the weights as they are now in. After step(); works within a compiled function. */
  update(): void;
  /** The averages, in the order of the parameters. */
  values(): Tensor[];
  /** Puts the averages in the place of the weights, for good. */
  apply(): void;
  /**
   * What `fn` returns while the averages are in the place of the weights; these come back afterwards, even if it throws.
   * @throws AsyncScopeError if it returns a promise.
   */
  withAverage<R>(fn: () => R): R;
  stateDict(): Record<string, Tensor>;
  /** Takes up where `stateDict()` was called. @throws StateError if names, ShapeError if shapes differ. */
  loadStateDict(state: OptimizerState): this;
}

/** s / (1 − decayᵗ), and p before the first update. */
const corrected = defineElementwise('corrected', (s, p, decay, t) =>
  t.greater(0).select(s.div(decay.pow(t).neg().add(1)), p),
);

/**
 * The exponential moving average of a model's trained cells, or of the cells given: s ← decay · s + (1 − decay) · p at
 * every `update` (Polyak and Juditsky 1992 for the plain mean). Frozen cells and running statistics are not averaged.
 *
 * ```ts
 * const average = ema(model, 0.999);
 * loss.backward(); optimizer.step(); average.update();
 * const score = average.withAverage(() => evaluate(model, data, options));
 * ```
 *
 * @throws ArgumentError unless 0 ≤ decay < 1 and there are cells.
 */
export function ema(
  source: Module | Iterable<Variable>,
  decay: number,
  options: EmaOptions = {},
): WeightAverage {
  const cells = checkParameters('ema', source instanceof Module ? source.parameters() : source);
  checkNumber('ema', 'decay', decay, 0, 1);
  return new MovingAverage(cells, decay, options.biasCorrection === true);
}

class MovingAverage implements WeightAverage {
  readonly parameters: readonly Variable[];
  readonly count: Variable<[]> = variable(0, { dtype: 'float64', requiresGrad: false });
  readonly #sums: readonly Variable[];
  readonly #decay: number;
  readonly #corrects: boolean;

  constructor(parameters: readonly Variable[], decay: number, corrects: boolean) {
    this.parameters = parameters;
    this.#decay = decay;
    this.#corrects = corrects;
    this.#sums = noGrad(() =>
      parameters.map((cell) => {
        const value = cell.read().detach();
        return variable(corrects ? zerosLike(value) : value, { requiresGrad: false });
      }),
    );
  }

  update(): void {
    noGrad(() => {
      this.parameters.forEach((cell, i) => {
        const sum = this.#sums[i].convert(cell.dtype);
        sum.assign(blend(sum.read(), cell.read(), this.#decay, 1 - this.#decay));
      });
      this.count.assign(this.count.read().add(1) as Tensor<[]>);
    });
  }

  values(): Tensor[] {
    return noGrad(() =>
      this.parameters.map((cell, i) => {
        const { dtype } = cell;
        const sum = this.#sums[i].convert(dtype).read();
        if (!this.#corrects) return sum;
        const p = cell.read().detach();
        // In float64, for the sake of 1 − decayᵗ.
        return corrected(sum, p, this.#decay, this.count.read()).cast(dtype);
      }),
    );
  }

  apply(): void {
    this.values().forEach((value, i) => {
      this.parameters[i].assign(value);
    });
  }

  withAverage<R>(fn: () => R): R {
    const before = noGrad(() => this.parameters.map((cell) => cell.read().detach()));
    this.apply();
    try {
      const result = fn();
      if (result instanceof Promise) {
        throw new AsyncScopeError(
          'withAverage: takes a function that finishes at once, got a promise. ' +
            'Await the data first, or use apply() and keep the weights with stateDict().',
        );
      }
      return result;
    } finally {
      before.forEach((value, i) => {
        this.parameters[i].assign(value);
      });
    }
  }

  stateDict(): Record<string, Tensor> {
    const entries = this.#cells().map(([name, cell]) => [name, cell.read()]);
    return Object.fromEntries(entries);
  }

  loadStateDict(state: OptimizerState): this {
    const cells = this.#cells();
    checkNames(
      'ema',
      cells.map(([name]) => name),
      Object.keys(state),
    );
    for (const [name, cell] of cells) checkShapeOf('ema', name, cell.shape, state[name]);
    for (const [name, cell] of cells) cell.assign(state[name].detach().cast(cell.dtype));
    return this;
  }

  #cells(): [string, Variable][] {
    return [
      ['count', this.count],
      ...this.#sums.map((cell, i): [string, Variable] => [`average.${i}`, cell]),
    ];
  }
}
