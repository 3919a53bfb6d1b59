// The Dice loss: how far two regions are from covering each other.

import { defineElementwise } from '@retrograd/autograd';
import { checkFloating, checkNumber, checkPair, definePairLoss, reduceElements } from './loss.js';

export interface DiceOptions {
  /** What is added above and below the fraction, so that two empty regions agree. Default: 1. */
  readonly smooth?: number;
  /** Whether the elements below the fraction are squared. Default: true. */
  readonly squared?: boolean;
}

const dissimilarity = defineElementwise('dice', (both, a, y, smooth) =>
  both.mul(2).add(smooth).div(a.add(y).add(smooth)).neg().add(1),
);

/**
 * 1 − (2 Σ a y + s) / (Σ a² + Σ y² + s) of probabilities a in [0, 1] (what sigmoid or softmax give) and a target y in [0, 1],
 * summed over all axes but the first; the mean is over rows. F. Milletari et al., 2016; without squares it is the
 * coefficient of L. R. Dice, 1945, in its soft form.
 * @throws ShapeError unless prediction and target have one shape; DTypeError for a prediction that isn't floating;
 *   ArgumentError for a smoothing below 0.
 */
export const dice = definePairLoss<DiceOptions>('dice', (a, y, options) => {
  const { smooth = 1, squared = true } = options;
  checkNumber('dice', 'smooth', smooth, (s) => s >= 0 && s < Infinity, 'a number of at least 0');
  checkFloating('dice', 'probabilities', a);
  checkPair('dice', a, y, false);
  const within = Array.from({ length: Math.max(0, a.rank - 1) }, (_, i) => i + 1);
  const target = y.cast(a.dtype);
  const [both, own, wanted] = squared
    ? [a.mul(target), a.square(), target.square()]
    : [a.mul(target), a, target];
  const over = (x: typeof a) => (within.length === 0 ? x : x.sum(within));
  return reduceElements(dissimilarity(over(both), over(own), over(wanted), smooth), options);
});
