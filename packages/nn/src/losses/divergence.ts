// How far one distribution is from another.

import { defineElementwise } from '@retrograd/autograd';
import { checkFloating, checkPair, defineLoss, reduceRows } from './loss.js';

/** y (ln y − x); 0 where y is 0, whatever x is. */
const term = defineElementwise('klDivergence', (x, y) =>
  y.equal(0).select(0, y.mul(y.log().sub(x))),
);

/**
 * The Kullback–Leibler divergence Σ_c y_c (ln y_c − x_c) of target probabilities y from log-probabilities x, both
 * [..., C]; classes lie on the last axis, and the mean is over rows (PyTorch's `batchmean`).
 * @throws ShapeError unless prediction and target have one shape; DTypeError unless both are floating.
 */
export const klDivergence = defineLoss('klDivergence', (prediction, target, options) => {
  checkFloating('klDivergence', 'log-probabilities', prediction);
  checkFloating('klDivergence', 'target probabilities', target);
  checkPair('klDivergence', prediction, target, false);
  const { rank } = prediction;
  return reduceRows(term(prediction, target), rank === 0 ? [] : [rank - 1], options);
});
