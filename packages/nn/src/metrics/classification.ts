// How well classes are told apart. All metrics are JS numbers, and carry no gradient.

import type { Operand } from '@retrograd/autograd';
import { type ClassifiedOptions, classify } from './classes.js';
import { type Average, ConfusionMatrix } from './confusion-matrix.js';

export interface AveragedOptions<A extends Average = Average> extends ClassifiedOptions {
  /** Default: 'macro', the mean over all classes. */
  readonly average?: A;
}

/** A metric of the classes: one number, or (`average: 'none'`) one for each class. */
interface ClassMetric {
  (prediction: Operand, target: Operand, options: AveragedOptions<'none'>): number[];
  (
    prediction: Operand,
    target: Operand,
    options?: AveragedOptions<Exclude<Average, 'none'>>,
  ): number;
}

/**
 * The share of samples that are classified right; NaN without samples.
 *
 * As in all metrics of classes, predictions are logits or probabilities [N, C], class indices [N] (int32), or one score a
 * sample [N] or [N, 1] (floating; see `threshold`); targets are class indices [N], one-hot rows or probabilities [N, C],
 * or 0 and 1 for one output.
 * @throws ShapeError for different numbers of samples, IndexError for a class that there isn't, DTypeError for class
 *   indices that aren't int32.
 */
export function accuracy(
  prediction: Operand,
  target: Operand,
  options?: ClassifiedOptions,
): number {
  const { predicted, actual } = classify('accuracy', prediction, target, options);
  let right = 0;
  for (let i = 0; i < actual.length; i++) if (predicted[i] === actual[i]) right++;
  return right / actual.length;
}

/**
 * What was taken for what, as a table of counts; `labels` names the classes.
 * @throws what `accuracy` throws; ArgumentError for another number of labels than classes.
 */
export function confusionMatrix(
  prediction: Operand,
  target: Operand,
  options: ClassifiedOptions & { readonly labels?: readonly string[] } = {},
): ConfusionMatrix {
  const { labels } = options;
  const classes = options.classes ?? labels?.length;
  return new ConfusionMatrix(
    classify('confusionMatrix', prediction, target, { ...options, classes }),
    labels,
  );
}

function classMetric(name: 'precision' | 'recall' | 'f1'): ClassMetric {
  const metric = (prediction: Operand, target: Operand, options: AveragedOptions = {}) =>
    new ConfusionMatrix(classify(name, prediction, target, options))[name](options.average);
  Object.defineProperty(metric, 'name', { value: name });
  return metric as ClassMetric;
}

/**
 * Of what was taken for a class, the share that was of it. A class that nothing was taken for counts as 0.
 * @throws what `accuracy` throws; ArgumentError for an average that there isn't.
 */
export const precision: ClassMetric = classMetric('precision');

/**
 * Of what was of a class, the share that was taken for it. A class without samples counts as 0.
 * @throws what `accuracy` throws; ArgumentError for an average that there isn't.
 */
export const recall: ClassMetric = classMetric('recall');

/**
 * The harmonic mean of precision and recall. A class that is neither there nor predicted counts as 0.
 * @throws what `accuracy` throws; ArgumentError for an average that there isn't.
 */
export const f1: ClassMetric = classMetric('f1');
