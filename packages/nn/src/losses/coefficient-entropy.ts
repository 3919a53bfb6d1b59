// Cross-entropy where each class of a row has a coefficient: probabilities, or class indices that are smoothed.

import {
  defineElementwise,
  defineOp,
  logSoftmax,
  type OpFunction,
  softmax,
  type Tensor,
} from '@retrograd/autograd';
import type { LossOptions } from './loss.js';
import { gathered, type RowAttrs, spread } from './rows.js';
import { coefficientsOf, type Told } from './targets.js';

interface EntropyAttrs extends RowAttrs {
  /** Whether the coefficients of a row sum to 1. */
  readonly unit: boolean;
}

/** −k l, and 0 where k is: 0 · (−∞) counts as 0. */
const term = defineElementwise('crossEntropy.term', (k, l) => k.equal(0).select(0, k.mul(l).neg()));

const slopeOfUnit = defineElementwise('crossEntropy.slope', (p, k, g) => p.sub(k).mul(g));
const slopeOfAny = defineElementwise('crossEntropy.slope', (p, k, s, g) => p.mul(s).sub(k).mul(g));
const minusProduct = defineElementwise('minusProduct', (a, b) => a.mul(b).neg());

/** (s p − k) ⊙ g with p = softmax(x) and s = Σ k: a − y, where the coefficients are a target. */
function throughLogits(x: Tensor, k: Tensor, g: Tensor, { unit }: EntropyAttrs): Tensor {
  if (unit) return slopeOfUnit(softmax(x), k, g);
  return slopeOfAny(softmax(x), k, k.sum(-1, { keepDims: true }), g);
}

/** ℓ = −Σ_c k_c ln softmax(x)_c of each row. ∂ℓ/∂x = softmax(x) Σ k − k, ∂ℓ/∂k = −ln softmax(x). */
export const entropyOfCoefficients = defineOp<EntropyAttrs>({
  name: 'crossEntropy',
  notation: {
    value: ([x, k]) => `-\\textstyle\\sum ${k} \\odot \\ln\\operatorname{softmax}(${x})`,
    gradient: (i, g, [x, k]) =>
      i === 0
        ? `${g}\\,(\\operatorname{softmax}(${x}) - ${k})`
        : `-${g}\\,\\ln\\operatorname{softmax}(${x})`,
  },
  forward: ([x, k], attrs) => gathered(term(k, logSoftmax(x)), attrs),
  saves: { inputs: true },
  vjp: (g, node) => {
    const [x, k] = node.x;
    const spreadG = spread(g, node.attrs);
    return [
      node.needs(0) ? throughLogits(x, k, spreadG, node.attrs) : null,
      node.needs(1) ? minusProduct(logSoftmax(x), spreadG) : null,
    ];
  },
  jvp: ([tx, tk], { x: [x, k], attrs }) => {
    const throughX = tx && throughLogits(x, k, tx, attrs);
    const throughK = tk && minusProduct(logSoftmax(x), tk);
    const t = throughX && throughK ? throughX.add(throughK) : (throughX ?? throughK);
    return t && gathered(t, attrs);
  },
});

/** ℓ = −Σ_c k_c x_c of each row. ∂ℓ/∂x = −k, ∂ℓ/∂k = −x. */
export const surprisalOfCoefficients = defineOp<EntropyAttrs>({
  name: 'nll',
  notation: {
    value: ([x, k]) => `-\\textstyle\\sum ${k} \\odot ${x}`,
    gradient: (i, g, inputs) => `-${g}\\,${inputs[1 - i]}`,
  },
  forward: ([x, k], attrs) => gathered(term(k, x), attrs),
  saves: { inputs: true },
  vjp: (g, node) => {
    const [x, k] = node.x;
    const spreadG = spread(g, node.attrs);
    return [
      node.needs(0) ? minusProduct(k, spreadG) : null,
      node.needs(1) ? minusProduct(x, spreadG) : null,
    ];
  },
  jvp: ([tx, tk], { x: [x, k], attrs }) => {
    const throughX = tx && minusProduct(k, tx);
    const throughK = tk && minusProduct(x, tk);
    const t = throughX && throughK ? throughX.add(throughK) : (throughX ?? throughK);
    return t && gathered(t, attrs);
  },
});

/** Applies a row loss: to every row, summed, or divided by the weight of all rows. */
export function overCoefficients(
  rowLoss: OpFunction<EntropyAttrs>,
  told: Told,
  { reduction = 'mean' }: LossOptions,
): Tensor {
  const { prediction } = told;
  const { k, total, unit } = coefficientsOf(told);
  const byRow = reduction === 'none';
  if (reduction !== 'mean') return rowLoss(prediction, k, { byRow, scale: 1, unit });
  if (typeof total === 'number') return rowLoss(prediction, k, { byRow, scale: 1 / total, unit });
  return rowLoss(prediction, k, { byRow, scale: 1, unit }).div(total);
}
