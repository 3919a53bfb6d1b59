// Training: how good a recipe is, told by folds that it was not trained on.

import { ArgumentError } from '@retrograd/autograd';
import { type Batch, checkSamples, rowsAt, type Samples } from '../data/batches.js';
import { kFold } from '../data/folds.js';

/** One of the k trainings: which samples it may see, and which it is judged by. */
export interface Fold {
  /** From 0. */
  readonly fold: number;
  readonly training: Batch;
  readonly validation: Batch;
}

export interface CrossValidateOptions {
  /** Into how many parts the samples go. Default: 5. */
  k?: number;
  /** What the parts are drawn by. Default: 0. */
  seed?: number;
}

/** The figures of all folds, by name: one by one, their mean, and their standard deviation (with k − 1). */
export interface CrossValidation {
  readonly folds: Readonly<Record<string, readonly number[]>>;
  readonly mean: Readonly<Record<string, number>>;
  readonly standardDeviation: Readonly<Record<string, number>>;
}

/**
 * k trainings, each on all parts of the samples but one and judged by that one. Where the targets are class indices each
 * part gets its share of every class.
 *
 * ```ts
 * const { mean } = await crossValidate(data, async ({ training, validation }) => {
 *   const model = sequential(dense(4, 16), tanh, dense(16, 3));
 *   await train(model, training, { loss: crossEntropy, optimizer: adam(model.parameters()), epochs: 20 });
 *   return evaluate(model, validation, { metrics: { accuracy } }).metrics;
 * });
 * ```
 *
 * @throws ArgumentError unless k is a whole number from 2 to the number of samples, or if folds give different figures.
 */
export async function crossValidate(
  samples: Samples,
  run: (fold: Fold) => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>,
  options: CrossValidateOptions = {},
): Promise<CrossValidation> {
  const all = checkSamples('crossValidate', samples);
  const { k = 5, seed = 0 } = options;
  const labels = all.y.dtype === 'int32' && all.y.rank === 1 ? all.y : undefined;
  const folds: Record<string, number[]> = {};
  for (const [fold, { train, test }] of kFold(all.x.shape[0], k, { seed, labels }).entries()) {
    const training = rowsAt(all, train);
    const figures = await run({ fold, training, validation: rowsAt(all, test) });
    if (fold > 0 && Object.keys(figures).join() !== Object.keys(folds).join()) {
      throw new ArgumentError(
        `crossValidate: every fold gives the same figures, got ${Object.keys(figures).join(', ')} after ` +
          `${Object.keys(folds).join(', ')}. Return the same names each time.`,
      );
    }
    for (const [name, value] of Object.entries(figures)) {
      folds[name] ??= [];
      folds[name].push(value);
    }
  }
  const each = (figure: (values: readonly number[]) => number): Record<string, number> =>
    Object.fromEntries(Object.entries(folds).map(([name, values]) => [name, figure(values)]));
  return { folds, mean: each(mean), standardDeviation: each(standardDeviation) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardDeviation(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
