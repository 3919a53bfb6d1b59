// Losses for classes: cross-entropy from logits or from log-probabilities.

import { entropyOfClasses, overClasses, surprisalOfClasses } from './class-entropy.js';
import {
  entropyOfCoefficients,
  overCoefficients,
  surprisalOfCoefficients,
} from './coefficient-entropy.js';
import { checkFloating, defineLoss } from './loss.js';
import { type ClassOptions, readTarget } from './targets.js';

export interface CrossEntropyOptions extends ClassOptions {
  /** The share ε in [0, 1) of each target that is spread evenly over all classes. Default: 0. */
  readonly labelSmoothing?: number;
}

/**
 * The cross-entropy −ln softmax(x)_y of logits x [..., C]; classes lie on the last axis, what is before are rows.
 *
 * The target is class indices y [...] (int32), or probabilities [..., C] (floating, cast to the dtype of the logits).
 * The mean is over rows; with `classWeights` and class indices it is weighted, Σ w_y ℓ / Σ w_y, as in PyTorch. Stable for
 * logits of any size; a logit of −∞ is a class that can't be: it adds nothing where its target is 0, and makes the loss ∞
 * where it is not.
 *
 * @throws ShapeError for a target that fits neither way, or weights of another length; DTypeError for indices that
 *   aren't int32, probabilities that aren't floating, logits that aren't; IndexError for a class that there isn't (of a
 *   compiled function when it runs, as of `takeAlong`); ArgumentError for a smoothing outside of [0, 1), or a negative weight.
 */
export const crossEntropy = defineLoss<CrossEntropyOptions>(
  'crossEntropy',
  (prediction, target, options) => {
    checkFloating('crossEntropy', 'logits', prediction);
    const told = readTarget('crossEntropy', prediction, target, options);
    return told.target.dtype === 'int32' && told.smoothing === 0
      ? overClasses(entropyOfClasses, told, options)
      : overCoefficients(entropyOfCoefficients, told, options);
  },
);

/**
 * The negative log-likelihood −x_y of log-probabilities x [..., C], such as `logSoftmax` gives; the target, the weights
 * and the mean are those of `crossEntropy`.
 * @throws what `crossEntropy` throws.
 */
export const nll = defineLoss<ClassOptions>('nll', (prediction, target, options) => {
  checkFloating('nll', 'log-probabilities', prediction);
  const { classWeights } = options;
  const told = readTarget('nll', prediction, target, { classWeights });
  return target.dtype === 'int32'
    ? overClasses(surprisalOfClasses, told, options)
    : overCoefficients(surprisalOfCoefficients, told, options);
});
