// Negative log-likelihoods of numbers: normal with a variance of its own, and counts.

import {
  ArgumentError,
  defineElementwise,
  detach,
  Operand,
  peek,
  ShapeError,
  type Tensor,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import {
  checkFloating,
  checkNumber,
  checkPair,
  definePairLoss,
  reduceElements,
  sameShape,
} from './loss.js';

export interface GaussianNllOptions {
  /** The variance ≥ 0, for all elements, for each of them, or with a last axis of 1 for each row. Default: 1. */
  readonly variance?: Operand | number;
  /** Whether the constant ½ ln 2π is added. Default: false. */
  readonly full?: boolean;
  /** What a smaller variance counts as, > 0. Default: 1e-6. */
  readonly epsilon?: number;
}

export interface PoissonNllOptions {
  /** Whether the prediction is the logarithm of the rate. Default: true. */
  readonly logInput?: boolean;
  /** Whether Stirling's y ln y − y + ½ ln 2πy, for ln y!, is added where y > 1. Default: false. */
  readonly full?: boolean;
  /** What is added to a rate before its logarithm is taken, > 0. Default: 1e-8. */
  readonly epsilon?: number;
}

const HALF_LN_2PI = 0.5 * Math.log(2 * Math.PI);

const gaussianTerm = defineElementwise('gaussianNll', (a, y, v, constant) =>
  v.log().add(a.sub(y).square().div(v)).mul(0.5).add(constant),
);

const atLeast = defineElementwise('atLeast', (v, least) => v.less(least).select(least, v));

/** The variance, no less than ε; the derivative is as if it had not been raised, so that it can come back. */
function raised(given: Operand | number, prediction: Tensor, epsilon: number): Tensor | number {
  if (!(given instanceof Operand)) {
    checkNumber('gaussianNll', 'variance', given, (v) => v >= 0, 'a number of at least 0');
    return Math.max(given, epsilon);
  }
  const variance: Tensor = given.read();
  const { shape } = prediction;
  const byRow = shape.length > 0 && sameShape(variance.shape, [...shape.slice(0, -1), 1]);
  if (variance.rank > 0 && !byRow && !sameShape(variance.shape, shape)) {
    throw new ShapeError(
      `gaussianNll: the variance is a number, or has shape ${formatShape(shape)} or a last axis of 1, ` +
        `got ${formatShape(variance.shape)}. Reshape it.`,
    );
  }
  peek(variance)?.forEach((v, i) => {
    if (v >= 0 || Number.isNaN(v)) return;
    throw new ArgumentError(
      `gaussianNll: variances are not negative, got ${v} at element ${i}. Pass what softplus or exp gives.`,
    );
  });
  const still = detach(variance);
  return variance.add(atLeast(still, epsilon).sub(still));
}

/**
 * ½ (ln v + (a − y)²/v) of a predicted mean a and a variance v, given as an option; the gradient flows into it too. The mean
 * is over all elements. D. A. Nix, A. S. Weigend, 1994. As in PyTorch, a variance below ε counts as ε, but has the
 * derivative that it would have there.
 * @throws ShapeError unless prediction and target have one shape, and the variance fits; DTypeError for a prediction that
 *   isn't floating; ArgumentError for a negative variance, or an epsilon that isn't above 0.
 */
export const gaussianNll = definePairLoss<GaussianNllOptions>('gaussianNll', (a, y, options) => {
  const { variance = 1, full = false, epsilon = 1e-6 } = options;
  checkNumber('gaussianNll', 'epsilon', epsilon, (e) => e > 0 && e < Infinity, 'a number above 0');
  checkFloating('gaussianNll', 'means', a);
  checkPair('gaussianNll', a, y, false);
  const v = raised(variance, a, epsilon);
  return reduceElements(gaussianTerm(a, y, v, full ? HALF_LN_2PI : 0), options);
});

const poissonOfLog = defineElementwise('poissonNll', (x, y) =>
  x.exp().sub(y.equal(0).select(0, y.mul(x))),
);

const poissonOfRate = defineElementwise('poissonNll', (x, y, epsilon) =>
  x.sub(y.equal(0).select(0, y.mul(x.add(epsilon).log()))),
);

const stirling = defineElementwise('stirling', (y) =>
  y.greater(1).select(y.mul(y.log()).sub(y).add(y.log().mul(0.5).add(HALF_LN_2PI)), 0),
);

/**
 * eˣ − y x of the logarithm x of a rate and a count y ≥ 0, or x − y ln(x + ε) of the rate itself; the mean is over all
 * elements. PyTorch's definition.
 * @throws ShapeError unless prediction and target have one shape; DTypeError for a prediction that isn't floating;
 *   ArgumentError for a negative count, or an epsilon that isn't above 0.
 */
export const poissonNll = definePairLoss<PoissonNllOptions>('poissonNll', (x, y, options) => {
  const { logInput = true, full = false, epsilon = 1e-8 } = options;
  checkNumber('poissonNll', 'epsilon', epsilon, (e) => e > 0 && e < Infinity, 'a number above 0');
  checkFloating('poissonNll', 'rates', x);
  checkPair('poissonNll', x, y, false);
  peek(y)?.forEach((count, i) => {
    if (!(count < 0)) return;
    throw new ArgumentError(
      `poissonNll: counts are not negative, got ${count} at element ${i}. Check the target.`,
    );
  });
  const terms = logInput ? poissonOfLog(x, y) : poissonOfRate(x, y, epsilon);
  return reduceElements(full ? terms.add(stirling(y.cast(x.dtype))) : terms, options);
});
