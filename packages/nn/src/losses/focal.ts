// Focal losses: what is known well already counts for little, so that the rare and hard is learnt.

import { defineElementwise, logSoftmax } from '@retrograd/autograd';
import {
  checkFloating,
  checkNumber,
  checkPair,
  definePairLoss,
  reduceElements,
  sameShape,
} from './loss.js';
import type { RegressionOptions } from './regression.js';
import { type ClassOptions, coefficientsOf, readTarget } from './targets.js';

export interface BinaryFocalOptions extends RegressionOptions {
  /** γ ≥ 0: how little the well known counts; 0 is the plain cross-entropy. Default: 2. */
  readonly gamma?: number;
  /** α in [0, 1]: the weight of yes, that of no being 1 − α. Default: both 1. */
  readonly alpha?: number;
}

export interface FocalOptions extends ClassOptions {
  /** γ ≥ 0: how little the well known counts; 0 is the plain cross-entropy. Default: 2. */
  readonly gamma?: number;
}

/**
 * w y (1 − p)^γ (−ln p) + v (1 − y) p^γ (−ln(1 − p)), p = σ(x). The powers are exp(−γ softplus(±x)), which is right however far
 * p is from ½; a term of weight 0 is left out, and so is a power of 0.
 */
const binaryTerm = defineElementwise('binaryFocal', (x, y, gamma, w, v) => {
  const plain = gamma.equal(0);
  const [lnP, lnQ] = [x.logSigmoid(), x.neg().logSigmoid()];
  const yes = plain.select(1, gamma.mul(lnQ).exp()).mul(lnP.neg());
  const no = plain.select(1, gamma.mul(lnP).exp()).mul(lnQ.neg());
  return y
    .equal(0)
    .select(0, w.mul(y).mul(yes))
    .add(y.equal(1).select(0, v.mul(y.neg().add(1)).mul(no)));
});

/** −k (1 − p)^γ l with l = ln p; 1 − p = −expm1(l) loses nothing where p is near 1. 0 where k is, or p = 1. */
const classTerm = defineElementwise('focal', (l, k, gamma) =>
  k
    .equal(0)
    .select(
      0,
      l
        .equal(0)
        .select(0, gamma.equal(0).select(1, l.expm1().neg().pow(gamma)).mul(k.mul(l).neg())),
    ),
);

function checkGamma(op: string, gamma: number): void {
  checkNumber(op, 'gamma', gamma, (g) => g >= 0 && g < Infinity, 'a number of at least 0');
}

/**
 * −α_t (1 − p_t)^γ ln p_t of logits x and targets y in [0, 1], where p_t is σ(x) for yes and 1 − σ(x) for no; the mean is over
 * all elements. Stable for logits of any size. T.-Y. Lin et al., 2017 (there γ = 2, α = 0.25).
 * @throws ShapeError unless prediction and target have one shape (or `broadcast` is set); DTypeError for logits that aren't
 *   floating; ArgumentError for a gamma below 0 or an alpha outside of [0, 1].
 */
export const binaryFocal = definePairLoss<BinaryFocalOptions>(
  'binaryFocal',
  (prediction, target, options) => {
    const { gamma = 2, alpha } = options;
    checkGamma('binaryFocal', gamma);
    if (alpha !== undefined) {
      checkNumber('binaryFocal', 'alpha', alpha, (a) => a >= 0 && a <= 1, 'a number in [0, 1]');
    }
    checkFloating('binaryFocal', 'logits', prediction);
    const shape = checkPair('binaryFocal', prediction, target, options.broadcast === true);
    const [yes, no] = alpha === undefined ? [1, 1] : [alpha, 1 - alpha];
    const terms = binaryTerm(prediction, target, gamma, yes, no);
    return reduceElements(
      sameShape(terms.shape, shape) ? terms : terms.broadcastTo([...shape]),
      options,
    );
  },
);

/**
 * −(1 − p_y)^γ ln p_y of logits x [..., C], p = softmax(x); classes lie on the last axis, what is before are rows. Targets,
 * class weights (α) and the mean are those of `crossEntropy`, which it is for γ = 0. T.-Y. Lin et al., 2017.
 * @throws what `crossEntropy` throws; ArgumentError for a gamma below 0.
 */
export const focal = definePairLoss<FocalOptions>('focal', (prediction, target, options) => {
  const { gamma = 2, classWeights, reduction = 'mean' } = options;
  checkGamma('focal', gamma);
  checkFloating('focal', 'logits', prediction);
  const { k, total } = coefficientsOf(readTarget('focal', prediction, target, { classWeights }));
  const terms = classTerm(logSoftmax(prediction), k, gamma);
  if (reduction === 'none') return terms.sum(-1);
  return reduction === 'sum' ? terms.sum() : terms.sum().div(total);
});
