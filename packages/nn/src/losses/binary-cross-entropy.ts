// The loss for yes or no: cross-entropy of a single logit for each element.

import { defineElementwise, defineOp } from '@retrograd/autograd';
import { checkFloating, checkPair, defineLoss, reduceElements, sameShape } from './loss.js';
import type { RegressionOptions } from './regression.js';

/**
 * −y ln σ(x) − (1 − y) ln σ(−x). Both terms are ≥ 0 for y in [0, 1], so nothing cancels; a term of weight 0 is left out,
 * so that 0 · ∞ is 0.
 */
const entropy = defineElementwise('binaryCrossEntropy.value', (x, y) => {
  const yes = y.equal(0).select(0, y.mul(x.neg().softplus()));
  const no = y.equal(1).select(0, y.neg().add(1).mul(x.softplus()));
  return yes.add(no);
});

/** σ(x) − y as (1 − y) σ(x) − y σ(−x), exact for large |x| too. */
const slope = defineElementwise('binaryCrossEntropy.slope', (g, x, y) =>
  g.mul(y.neg().add(1).mul(x.sigmoid()).sub(y.mul(x.neg().sigmoid()))),
);

const minusProduct = defineElementwise('minusProduct', (a, b) => a.mul(b).neg());

/** ∂ℓ/∂x = σ(x) − y, ∂ℓ/∂y = −x; x and y of one shape and dtype. */
const sigmoidCrossEntropy = defineOp({
  name: 'binaryCrossEntropy',
  notation: {
    value: ([x, y]) => `-${y} \\ln\\sigma(${x}) - (1 - ${y}) \\ln\\sigma(-${x})`,
    gradient: (i, g, [x, y]) =>
      i === 0 ? `${g} \\odot (\\sigma(${x}) - ${y})` : `-${g} \\odot ${x}`,
  },
  forward: ([x, y]) => entropy(x, y),
  saves: { inputs: true },
  vjp: (g, node) => {
    const [x, y] = node.x;
    return [node.needs(0) ? slope(g, x, y) : null, node.needs(1) ? minusProduct(g, x) : null];
  },
  jvp: ([tx, ty], { x: [x, y] }) => {
    const throughX = tx && slope(tx, x, y);
    const throughY = ty && minusProduct(ty, x);
    return throughX && throughY ? throughX.add(throughY) : (throughX ?? throughY);
  },
});

/**
 * −y ln σ(x) − (1 − y) ln(1 − σ(x)) of logits x and targets y in [0, 1], of one shape (bool and int32 targets are fine);
 * the mean is over all elements. Stable for logits of any size, ±∞ included: sure and right costs 0, sure and wrong ∞.
 * @throws ShapeError unless prediction and target have one shape (or `broadcast` is set); DTypeError for logits that
 *   aren't floating.
 */
export const binaryCrossEntropy = defineLoss<RegressionOptions>(
  'binaryCrossEntropy',
  (prediction, target, options) => {
    checkFloating('binaryCrossEntropy', 'logits', prediction);
    const shape = checkPair('binaryCrossEntropy', prediction, target, options.broadcast === true);
    const dtype = target.dtype === 'float64' ? 'float64' : prediction.dtype;
    const [x, y] = [prediction, target].map((value) => {
      const cast = value.cast(dtype);
      return sameShape(cast.shape, shape) ? cast : cast.broadcastTo([...shape]);
    });
    return reduceElements(sigmoidCrossEntropy(x, y), options);
  },
);
