// Batch normalisation: every feature has mean 0 and variance 1 over the batch, then as the layer has learnt.

import {
  ArgumentError,
  defineElementwise,
  noGrad,
  type Operand,
  type Shape,
  ShapeError,
  type Tensor,
  tensor,
  type Variable,
  variable,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { checkCount, constantInit, zerosInit } from '../init.js';
import { Module } from '../module.js';
import { checkNumber } from '../optim/checks.js';
import { ParameterMaker, type ParameterOptions, renamed } from './parameter.js';
import { affine, checkEpsilon, inverseRoot, standardize } from './standardize.js';

export interface BatchNormOptions extends Pick<ParameterOptions, 'dtype'> {
  /** ε ≥ 0, added to the variance. Default: 1e-5. */
  readonly epsilon?: number;
  /**
   * How far a running statistic moves to that of a batch, in [0, 1]: r ← (1 − momentum) r + momentum s. `null`: the plain
   * mean over all batches seen. Default: 0.1.
   */
  readonly momentum?: number | null;
  /** Whether a weight γ and a bias β are learnt. Default: true. */
  readonly affine?: boolean;
  /** Whether running statistics are kept, for evaluation. Without, evaluation takes those of the batch. Default: true. */
  readonly trackRunningStats?: boolean;
}

/** (1 − m) r + m s. */
const towards = defineElementwise('towards', (r, s, m) => r.mul(m.neg().add(1)).add(s.mul(m)));

/**
 * y = γ (x − mean) / √(variance + ε) + β for each feature, the features standing on axis 1: [N, C], or [N, C, …] with any
 * number of axes behind, over which (and over the batch) mean and variance are taken. S. Ioffe, C. Szegedy, 2015.
 *
 * Training takes the statistics of the batch, and moves the running ones towards them (the variance there with n − 1 for
 * n, as in PyTorch); evaluation takes the running ones. The state has PyTorch's names: `weight`, `bias`, `running_mean`,
 * `running_var`, `num_batches_tracked`.
 */
export class BatchNorm extends Module {
  readonly features: number;
  readonly epsilon: number;
  readonly momentum: number | null;
  /** γ [features], ones at first. */
  readonly weight: Variable<[number]> | null;
  /** β [features], zeros at first. */
  readonly bias: Variable<[number]> | null;
  readonly runningMean: Variable<[number]> | null;
  readonly runningVariance: Variable<[number]> | null;
  /** How many batches the running statistics have seen, int32. */
  readonly batchesTracked: Variable<[]> | null;

  /** @internal Use `batchNorm(features)`. */
  constructor(features: number, options: BatchNormOptions = {}) {
    super();
    checkCount('batchNorm', 'features', features);
    const { epsilon = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true } = options;
    const make = new ParameterMaker('batchNorm', options);
    const ones = constantInit(1);
    this.features = features;
    this.epsilon = checkEpsilon('batchNorm', epsilon);
    this.momentum = momentum === null ? null : checkNumber('batchNorm', 'momentum', momentum, 0);
    if (momentum !== null && momentum > 1) {
      throw new ArgumentError(
        `batchNorm: momentum is at most 1, got ${momentum}. It is the share of the new batch, not of the old ones.`,
      );
    }
    this.weight = affine ? make.cell(ones, [features]) : null;
    this.bias = affine ? make.cell(zerosInit, [features]) : null;
    this.runningMean = trackRunningStats ? make.buffer(zerosInit, [features]) : null;
    this.runningVariance = trackRunningStats ? make.buffer(ones, [features]) : null;
    this.batchesTracked = trackRunningStats ? variable(tensor(0, { dtype: 'int32' })) : null;
  }

  /** Says to `sequential` that whatever comes in keeps its shape. */
  get keepsShape(): true {
    return true;
  }

  /**
   * Keeps the shape.
   * @throws ShapeError unless axis 1 has as many elements as there are features, or for a batch that has but one value of
   *   each feature while its statistics are needed: their variance would be 0.
   */
  forward<S extends Shape>(x: Operand<S>): Tensor<S>;
  forward(input: Operand): Tensor {
    const x: Tensor = input.read();
    if (x.rank < 2 || x.shape[1] !== this.features) {
      throw new ShapeError(
        `batchNorm: takes ${this.features} features on axis 1, got shape ${formatShape(x.shape)}. ` +
          'Check the number of features, or move their axis behind the batch.',
      );
    }
    const column = [this.features, ...new Array<number>(x.rank - 2).fill(1)];
    const spread = (cell: Variable | null): Tensor | null =>
      cell === null ? null : x.rank === 2 ? cell.read() : cell.reshape(column);
    const [weight, bias] = [spread(this.weight), spread(this.bias)];
    const [mean, variance] = [spread(this.runningMean), spread(this.runningVariance)];
    if (!this.training && mean !== null && variance !== null) {
      return affine(x.sub(mean).mul(inverseRoot(variance, this.epsilon)), weight, bias);
    }
    const count = x.size / this.features;
    if (count <= 1) {
      throw new ShapeError(
        `batchNorm: statistics need at least 2 values of each feature, got shape ${formatShape(x.shape)}. ` +
          'Use larger batches, or eval() where nothing is trained.',
      );
    }
    const others = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
    const moments = standardize(x, others, this.epsilon);
    if (this.training) noGrad(() => this.#track(moments.mean, moments.variance, count));
    return affine(moments.y, weight, bias);
  }

  #track(mean: Tensor, variance: Tensor, count: number): void {
    const { runningMean, runningVariance, batchesTracked } = this;
    if (runningMean === null || runningVariance === null || batchesTracked === null) return;
    const seen = batchesTracked.read().add(1);
    batchesTracked.assign(seen as Tensor<[]>);
    const { dtype } = runningMean;
    const share = this.momentum ?? seen.cast(dtype).pow(-1);
    const move = (cell: Variable, statistic: Tensor) =>
      cell.assign(towards(cell, statistic.reshape([this.features]).cast(dtype), share));
    move(runningMean, mean);
    move(runningVariance, variance.mul(count / (count - 1)));
  }

  override fields(): Iterable<readonly [name: string, value: unknown]> {
    return renamed(this, {
      runningMean: 'running_mean',
      runningVariance: 'running_var',
      batchesTracked: 'num_batches_tracked',
    });
  }

  override detail(): string {
    return `${this.features}`;
  }
}

/**
 * A batch normalisation layer for `features` features on axis 1, of vectors [N, C], sequences [N, C, L], images
 * [N, C, H, W], ….
 * @throws ArgumentError for options out of range, DTypeError for a dtype that parameters can't have.
 */
export function batchNorm(features: number, options: BatchNormOptions = {}): BatchNorm {
  return new BatchNorm(features, options);
}
