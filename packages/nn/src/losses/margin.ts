// Losses with a margin: what is right by enough costs nothing.

import { arange, defineElementwise, type Tensor, takeAlong } from '@retrograd/autograd';
import {
  checkFloating,
  checkNumber,
  checkPair,
  checkValues,
  definePairLoss,
  reduceElements,
  reduceRows,
} from './loss.js';
import { type ClassOptions, classIndices, classWeightsOf } from './targets.js';

export interface MarginOptions {
  /** By how much a prediction has to be right to cost nothing. Default: 1. */
  readonly margin?: number;
}

export interface MultiMarginOptions extends MarginOptions, ClassOptions {
  /** Whether what is missing is squared. Default: false. */
  readonly squared?: boolean;
}

/** max(0, m − s x), s = 1 for yes and −1 for no; the derivative at the kink is 0. */
const missing = defineElementwise('hinge', (x, y, margin) => {
  const short = margin.sub(y.greater(0).select(x, x.neg()));
  return short.greater(0).select(short, 0);
});

function hingeTerms(name: string, x: Tensor, y: Tensor, { margin = 1 }: MarginOptions): Tensor {
  checkNumber(name, 'margin', margin, Number.isFinite, 'a finite number');
  checkFloating(name, 'scores', x);
  checkPair(name, x, y, false);
  checkValues(name, y, [-1, 0, 1]);
  return missing(x, y, margin);
}

/**
 * max(0, m − s x) of scores x, where s is 1 for a target of 1, and −1 for a target of −1 or 0: labels of both manners (and
 * bool) are taken. The mean is over all elements; the derivative at the kink is 0.
 * @throws ShapeError unless prediction and target have one shape; DTypeError for scores that aren't floating; ArgumentError
 *   for any other target, or a margin that isn't finite.
 */
export const hinge = definePairLoss<MarginOptions>('hinge', (x, y, options) =>
  reduceElements(hingeTerms('hinge', x, y, options), options),
);

/** The square of `hinge`, which has no kink. @throws what `hinge` throws. */
export const squaredHinge = definePairLoss<MarginOptions>('squaredHinge', (x, y, options) =>
  reduceElements(hingeTerms('squaredHinge', x, y, options).square(), options),
);

/** max(0, m − (x_y − x_c)), or its square; 0 for c = y. */
const rivals = defineElementwise('multiMargin', (x, own, isOwn, margin) => {
  const short = margin.sub(own.sub(x));
  return isOwn.select(0, short.greater(0).select(short, 0));
});

const isOwn = defineElementwise('isOwn', (y, c) => y.equal(c), {
  result: 'bool',
  integers: 'same',
});

/**
 * Σ_{c ≠ y} w_y max(0, m − x_y + x_c) / C of scores x [..., C] and class indices y [...], squared within the sum if told to:
 * PyTorch's multi-margin loss (p = 1, 2). The mean is over rows, their weights not divided out.
 * @throws ShapeError, DTypeError, IndexError as `crossEntropy` for class indices; ArgumentError for a margin that isn't finite.
 */
export const multiMargin = definePairLoss<MultiMarginOptions>('multiMargin', (x, y, options) => {
  const { margin = 1, squared = false, classWeights } = options;
  checkNumber('multiMargin', 'margin', margin, Number.isFinite, 'a finite number');
  checkFloating('multiMargin', 'scores', x);
  const classes = classIndices('multiMargin', x, y);
  const last = x.rank - 1;
  const labels = y.unsqueeze(-1);
  const itself = isOwn(labels, arange(0, classes, 1, { dtype: 'int32' }));
  const short = rivals(x, takeAlong(x, labels, last), itself, margin);
  const terms = squared ? short.square() : short;
  const weights = classWeightsOf('multiMargin', classWeights, classes, x.dtype);
  const shares = weights === null ? terms : terms.mul(weights.gather(labels, 0));
  return reduceRows(shares.div(classes), [last], options);
});
