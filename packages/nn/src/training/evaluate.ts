// Training: what a model gives, and how good that is. Nothing is recorded, and dropout lets everything pass.

import {
  ArgumentError,
  concat,
  noGrad,
  type Operand,
  ShapeError,
  type Tensor,
} from '@retrograd/autograd';
import { checkBatchSize, checkSamples, type Samples } from '../data/batches.js';
import type { LossFunction } from '../losses/index.js';
import type { Module } from '../module.js';

/** A figure for predictions against targets, of all samples at once. */
export type Metric = (prediction: Tensor, target: Tensor) => number | Operand;

export interface PredictOptions {
  /** How many samples go through the model at once. Default: 1024. */
  batchSize?: number;
}

export interface EvaluateOptions extends PredictOptions {
  /** A loss to be computed. */
  loss?: LossFunction;
  /** Figures to be computed, by the names that they shall have. */
  metrics?: Readonly<Record<string, Metric>>;
}

export interface Evaluation {
  /** The loss over all samples; NaN if none was asked for. */
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Runs `fn` with the whole model in evaluation and nothing recorded; afterwards each layer is as it was. */
export function inEvaluation<R>(model: Module, fn: () => R): R {
  const training = model.modules().filter((module) => module.training);
  try {
    for (const module of training) module.training = false;
    return noGrad(fn);
  } finally {
    for (const module of training) module.training = true;
  }
}

/**
 * What the model gives for inputs x: [N, …] → [N, …], in evaluation, as constants.
 * @throws ShapeError for a scalar, which has no rows; ArgumentError for a batch size that is no whole number ≥ 1.
 */
export function predict(model: Module, x: Operand, options: PredictOptions = {}): Tensor {
  const { batchSize = 1024 } = options;
  checkBatchSize('predict', batchSize);
  const inputs = x.detach() as Tensor;
  if (inputs.rank === 0) {
    throw new ShapeError(
      'predict: the first axis of x is that of the samples, got a scalar. Give a sample an axis of size 1 first.',
    );
  }
  const [count] = inputs.shape;
  return inEvaluation(model, () => {
    if (count <= batchSize) return model.forward(inputs).detach() as Tensor;
    const parts: Tensor[] = [];
    for (let start = 0; start < count; start += batchSize) {
      parts.push(
        model.forward(inputs.slice([start, Math.min(start + batchSize, count)]) as Tensor),
      );
    }
    return (concat(parts) as Tensor).detach();
  });
}

/**
 * The loss and the metrics of a model over all samples, in evaluation. Regularization is no part of it.
 *
 * ```ts
 * evaluate(model, data.test, { loss: crossEntropy, metrics: { accuracy } });   // { loss: 0.08, metrics: { accuracy: 0.98 } }
 * ```
 *
 * @throws ShapeError unless x and y have as many rows; ArgumentError for a loss or metric that is not one number.
 */
export function evaluate(
  model: Module,
  samples: Samples,
  options: EvaluateOptions = {},
): Evaluation {
  const { x, y } = checkSamples('evaluate', samples);
  const { loss, metrics = {}, batchSize } = options;
  const prediction = predict(model, x, { batchSize });
  return noGrad(() => ({
    loss: loss === undefined ? Number.NaN : numberOf('the loss', loss(prediction, y)),
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, metric]) => [
        name,
        numberOf(`metric '${name}'`, metric(prediction, y)),
      ]),
    ),
  }));
}

function numberOf(what: string, value: number | Operand): number {
  if (typeof value === 'number') return value;
  if (value.size === 1) return value.read().item();
  throw new ArgumentError(
    `evaluate: ${what} is a single number, got shape [${value.shape.join(', ')}]. Reduce it with .mean().`,
  );
}
