// How surprised a model is, as one number.

import { ArgumentError, noGrad, type Operand } from '@retrograd/autograd';
import { crossEntropy, nll } from '../losses/cross-entropy.js';
import { checkPair } from '../losses/loss.js';

/** Probabilities nearer to 0 or 1 count as this far away, as in scikit-learn. */
const LEAST = Number.EPSILON;

/**
 * −ln p of the right answer, the mean over samples: of probabilities [N, C], rows summing to 1, and class indices int32 [N];
 * or of the probability of yes, [N] or [N, 1], and answers of the same shape in [0, 1]. Probabilities of 0 count as 2⁻⁵²,
 * computed in float64. (For logits, `crossEntropy` and `binaryCrossEntropy` are the same number.)
 * @throws what `nll` throws; ShapeError for answers of another shape; ArgumentError for a probability outside of [0, 1].
 */
export function logLoss(prediction: Operand, target: Operand): number {
  const p = prediction.read().cast('float64');
  p.data().forEach((value, i) => {
    if (value >= 0 && value <= 1) return;
    throw new ArgumentError(
      `logLoss: probabilities lie in [0, 1], got ${value} at element ${i}. Pass logits to crossEntropy instead.`,
    );
  });
  return noGrad(() => {
    const clipped = p.clamp(LEAST, 1 - LEAST);
    const single = p.rank < 2 || p.shape[p.rank - 1] === 1;
    if (!single) return nll(clipped.log(), target).item();
    checkPair('logLoss', p, target.read(), false);
    const share = target.read().cast('float64');
    const terms = share.mul(clipped.log()).add(share.neg().add(1).mul(clipped.neg().log1p()));
    return terms.mean().neg().item();
  });
}

/**
 * exp of the mean cross-entropy of logits [..., C] and class indices int32 [...]: among how many equally likely classes the
 * model wavers. 1 is perfect, C is blind.
 * @throws what `crossEntropy` throws.
 */
export function perplexity(prediction: Operand, target: Operand): number {
  return noGrad(() => Math.exp(crossEntropy(prediction, target).item()));
}
