// What a classification loss is told: class indices or probabilities, as one coefficient for each class of each row.

import {
  ArgumentError,
  arange,
  type DType,
  DTypeError,
  defineElementwise,
  IndexError,
  Operand,
  peek,
  ShapeError,
  type Tensor,
  tensor,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { sameShape } from './loss.js';

export interface ClassOptions {
  /** One weight ≥ 0 for each class, a constant. Default: all 1. */
  readonly classWeights?: Operand | readonly number[];
}

/** Coefficients k of ℓ = −Σ_c k_c ln p_c, row by row. */
export interface Coefficients {
  /** Of the prediction's shape and dtype. */
  readonly k: Tensor;
  /** What the mean divides by: the weight of all rows. */
  readonly total: number | Tensor;
  /** Whether every row of k sums to 1 (as far as it was told to). */
  readonly unit: boolean;
}

/** A prediction [..., C] and its target, which fit each other. */
export interface Told {
  readonly prediction: Tensor;
  /** Class indices, int32 [...], or probabilities [..., C]. */
  readonly target: Tensor;
  readonly classes: number;
  readonly smoothing: number;
  /** Of the prediction's dtype. */
  readonly weights: Tensor | null;
}

/** @throws DTypeError, ShapeError, IndexError, ArgumentError: what a target, a weight or a smoothing can't be. */
export function readTarget(
  op: string,
  prediction: Tensor,
  target: Tensor,
  options: ClassOptions & { readonly labelSmoothing?: number },
): Told {
  if (prediction.rank === 0) {
    throw new ShapeError(
      `${op}: the last axis of the prediction holds the classes, got a scalar. Use binaryCrossEntropy for one output.`,
    );
  }
  const classes = prediction.shape[prediction.rank - 1];
  const { labelSmoothing: smoothing = 0, classWeights } = options;
  if (!(smoothing >= 0 && smoothing < 1)) {
    throw new ArgumentError(
      `${op}: labelSmoothing lies in [0, 1), got ${String(smoothing)}. Pass the share that is spread over all classes.`,
    );
  }
  const weights = classWeightsOf(op, classWeights, classes, prediction.dtype);
  checkFit(op, prediction, target);
  if (target.dtype === 'int32') checkIndices(op, target, classes);
  return { prediction, target, classes, smoothing, weights };
}

/** Weights as a tensor [classes] of the dtype; null for none. @throws ShapeError, ArgumentError */
export function classWeightsOf(
  op: string,
  given: ClassOptions['classWeights'],
  classes: number,
  dtype: DType,
): Tensor | null {
  if (given === undefined) return null;
  const weights = given instanceof Operand ? given : tensor(Float64Array.from(given));
  if (weights.rank !== 1 || weights.size !== classes) {
    throw new ShapeError(
      `${op}: classWeights has one weight for each of the ${classes} classes, got shape ${formatShape(weights.shape)}. ` +
        'Pass as many weights as the model has outputs.',
    );
  }
  peek(weights)?.forEach((weight, c) => {
    if (weight >= 0 && weight < Number.POSITIVE_INFINITY) return;
    throw new ArgumentError(
      `${op}: class weights are finite and not negative, got ${weight} for class ${c}. Check the weights.`,
    );
  });
  return weights.cast(dtype);
}

function checkFit(op: string, prediction: Tensor, { shape, dtype }: Tensor): void {
  const rows = prediction.shape.slice(0, -1);
  const classes = prediction.shape[rows.length];
  const [asIndices, asProbabilities] = [sameShape(shape, rows), sameShape(shape, prediction.shape)];
  if (asIndices && dtype === 'int32') return;
  if (asProbabilities && (dtype === 'float32' || dtype === 'float64')) return;
  if (asProbabilities) {
    throw new DTypeError(
      `${op}: probabilities are float32 or float64, got ${dtype} ${formatShape(shape)}. ` +
        "Cast one-hot rows with .cast('float32'), or pass class indices.",
    );
  }
  if (asIndices) {
    throw new DTypeError(
      `${op}: class indices are int32, got ${dtype} ${formatShape(shape)}. ` +
        "Cast them with .cast('int32'), or make them with { dtype: 'int32' }.",
    );
  }
  throw new ShapeError(
    `${op}: for a prediction ${formatShape(prediction.shape)} of ${classes} classes the target is class indices ` +
      `${formatShape(rows)} or probabilities ${formatShape(prediction.shape)}, got ${formatShape(shape)}. ` +
      'Reshape the target, or check that the rows of both belong together.',
  );
}

/** @throws IndexError for a class that there isn't. */
function checkIndices(op: string, target: Tensor, classes: number): void {
  peek(target)?.forEach((label, row) => {
    if (label >= 0 && label < classes) return;
    throw new IndexError(
      `${op}: class indices lie in 0 … ${classes - 1}, got ${label} in row ${row}. ` +
        'Check that the model has one output for each class.',
    );
  });
}

/**
 * How many classes a prediction [..., C] has, its target being class indices.
 * @throws ShapeError, DTypeError, IndexError
 */
export function classIndices(op: string, prediction: Tensor, target: Tensor): number {
  if (
    prediction.rank === 0 ||
    !sameShape(target.shape, prediction.shape.slice(0, -1)) ||
    prediction.shape[prediction.rank - 1] < 2
  ) {
    throw new ShapeError(
      `${op}: takes scores [..., classes] of at least 2 classes and class indices [...], got ` +
        `${formatShape(prediction.shape)} and ${formatShape(target.shape)}. Reshape the target.`,
    );
  }
  if (target.dtype !== 'int32') {
    throw new DTypeError(
      `${op}: class indices are int32, got ${target.dtype}. Cast them with .cast('int32').`,
    );
  }
  const classes = prediction.shape[prediction.rank - 1];
  checkIndices(op, target, classes);
  return classes;
}

/** [c = y], exact for indices that the dtype can hold. */
const isClass = defineElementwise('isClass', (y, c) => y.equal(c).select(1, 0));

/** Class indices as a column in the prediction's dtype, and the classes as a row: what formulas compare. */
export function columnAndClasses(target: Tensor, { shape, dtype }: Tensor): [Tensor, Tensor] {
  const classes = arange(0, shape[shape.length - 1], 1, { dtype });
  return [target.cast(dtype).unsqueeze(-1), classes];
}

/**
 * With class indices y: k_c = w_c ((1 − ε)[c = y] + ε/C), and the mean divides by Σ w_y. With probabilities q:
 * k_c = w_c ((1 − ε) q_c + ε/C), and the mean divides by the number of rows. As in PyTorch.
 */
export function coefficientsOf(told: Told): Coefficients {
  return told.target.dtype === 'int32' ? ofIndices(told) : ofProbabilities(told);
}

function ofIndices(told: Told): Coefficients {
  const { prediction, target, weights } = told;
  const labels = isClass(...columnAndClasses(target, prediction));
  const k = weighted(smoothed(labels, told), told);
  return weights === null
    ? { k, total: target.size, unit: true }
    : { k, total: labels.mul(weights).sum(), unit: false };
}

function ofProbabilities(told: Told): Coefficients {
  const { prediction, target } = told;
  const k = weighted(smoothed(target.cast(prediction.dtype), told), told);
  const total = prediction.shape.slice(0, -1).reduce((rows, size) => rows * size, 1);
  return { k, total, unit: false };
}

function smoothed(q: Tensor, { smoothing, classes }: Told): Tensor {
  return smoothing === 0 ? q : q.mul(1 - smoothing).add(smoothing / classes);
}

function weighted(k: Tensor, { weights }: Told): Tensor {
  return weights === null ? k : k.mul(weights);
}
