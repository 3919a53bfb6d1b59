// From what models return and targets say to class indices.

import {
  ArgumentError,
  DTypeError,
  IndexError,
  type Operand,
  ShapeError,
  type Tensor,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';

export interface ClassifiedOptions {
  /**
   * For models with one output: class 1 where the prediction lies above it. Default: 0, for logits; pass 0.5 for
   * probabilities.
   */
  readonly threshold?: number;
  /** The number of classes. Default: that of the outputs (2 where there is one), or the largest index + 1. */
  readonly classes?: number;
}

/** Predicted and actual classes, sample by sample. */
export interface Classified {
  readonly predicted: Int32Array;
  readonly actual: Int32Array;
  readonly classes: number;
}

interface Indices {
  readonly indices: Int32Array;
  /** How many classes the shape tells of; 0 if it says nothing. */
  readonly classes: number;
}

/** Whether there is one score for each sample: [N] or [..., 1]. */
function isSingle({ shape }: Tensor): boolean {
  return shape.length < 2 || shape[shape.length - 1] === 1;
}

/**
 * int32 are indices; floating (and bool) of one score a sample are compared with the threshold; of several, the largest
 * wins, the first of equal ones.
 */
function indicesOf(value: Tensor, threshold: number): Indices {
  const { dtype } = value;
  if (dtype === 'int32') return { indices: Int32Array.from(value.data()), classes: 0 };
  if (isSingle(value)) {
    const scores = value.data();
    return { indices: Int32Array.from(scores, (score) => (score > threshold ? 1 : 0)), classes: 2 };
  }
  const indices = Int32Array.from(value.argmax(-1).data());
  return { indices, classes: value.shape[value.rank - 1] };
}

/**
 * Floating targets of one number a sample are 0 and 1 (or a probability), for a model with one output. Class indices as
 * floats would pass for these, so they are refused.
 */
function checkTarget(op: string, prediction: Tensor, target: Tensor): void {
  if (target.dtype === 'int32' || !isSingle(target)) return;
  const several = prediction.dtype !== 'int32' && !isSingle(prediction);
  const wrong = target.data().find((value) => !(value >= 0 && value <= 1));
  if (!several && wrong === undefined) return;
  const got = several ? `${target.dtype} for outputs ${formatShape(prediction.shape)}` : `${wrong}`;
  throw new DTypeError(
    `${op}: class indices are int32, and other targets of one number a sample lie in [0, 1], got ${got}. ` +
      "Cast class indices with .cast('int32').",
  );
}

/**
 * Reads predictions (logits, probabilities or class indices) and targets (class indices, one-hot rows or probabilities,
 * 0 and 1 for one output) as class indices.
 * @throws ShapeError for different numbers of samples, IndexError for a class that there isn't, DTypeError for class
 *   indices that aren't int32.
 */
export function classify(
  op: string,
  prediction: Operand,
  target: Operand,
  { threshold = 0, classes: wanted }: ClassifiedOptions = {},
): Classified {
  const [guess, truth] = [prediction.read(), target.read()];
  checkTarget(op, guess, truth);
  const predicted = indicesOf(guess, guess.dtype === 'bool' ? 0 : threshold);
  const actual = indicesOf(truth, truth.dtype === 'bool' ? 0 : 0.5);
  if (predicted.indices.length !== actual.indices.length) {
    throw new ShapeError(
      `${op}: prediction and target hold as many samples, got ${predicted.indices.length} in ` +
        `${formatShape(guess.shape)} and ${actual.indices.length} in ${formatShape(truth.shape)}. ` +
        'Check that the rows of both belong together.',
    );
  }
  let largest = -1;
  for (const index of predicted.indices) largest = Math.max(largest, index);
  for (const index of actual.indices) largest = Math.max(largest, index);
  const told = Math.max(predicted.classes, actual.classes);
  const classes = wanted ?? (told > 0 ? told : largest + 1);
  if (!Number.isInteger(classes) || classes < 0) {
    throw new ArgumentError(
      `${op}: classes is a whole number, got ${String(classes)}. Pass the number of classes.`,
    );
  }
  for (const [role, { indices }] of [
    ['prediction', predicted],
    ['target', actual],
  ] as const) {
    const wrong = indices.findIndex((index) => index < 0 || index >= classes);
    if (wrong < 0) continue;
    throw new IndexError(
      `${op}: class indices lie in 0 … ${classes - 1}, got ${indices[wrong]} in row ${wrong} of the ${role}. ` +
        'Check that the model has one output for each class.',
    );
  }
  return { predicted: predicted.indices, actual: actual.indices, classes };
}
