// Losses for classes: cross-entropy from logits or from log-probabilities, one operation each.

import {
  defineElementwise,
  defineOp,
  logSoftmax,
  type OpFunction,
  softmax,
  type Tensor,
} from '@retrograd/autograd';
import { checkFloating, defineLoss, type LossOptions } from './loss.js';
import { type ClassOptions, type Coefficients, coefficientsOf } from './targets.js';

export interface CrossEntropyOptions extends ClassOptions {
  /** The share ε in [0, 1) of each target that is spread evenly over all classes. Default: 0. */
  readonly labelSmoothing?: number;
}

interface EntropyAttrs {
  /** One loss for each row, or the sum of all times `scale`. */
  readonly byRow: boolean;
  readonly scale: number;
  /** Whether the coefficients of a row sum to 1. */
  readonly unit: boolean;
}

/** −k l, and 0 where k is: 0 · (−∞) counts as 0. */
const term = defineElementwise('crossEntropy.term', (k, l) => k.equal(0).select(0, k.mul(l).neg()));

/** The row losses, or their scaled sum, of −k ⊙ logs. */
function reducedTerms(logs: Tensor, k: Tensor, { byRow, scale }: EntropyAttrs): Tensor {
  const terms = term(k, logs);
  if (byRow) return terms.sum(-1);
  return scale === 1 ? terms.sum() : terms.sum().mul(scale);
}

/** The gradient of a loss, or of a row's, as it meets the elements of the rows. */
function spread(g: Tensor, { byRow, scale }: EntropyAttrs): Tensor {
  if (byRow) return g.unsqueeze(-1);
  return scale === 1 ? g : g.mul(scale);
}

/** The tangents of the terms, reduced as the terms are. */
function gathered(t: Tensor, { byRow, scale }: EntropyAttrs): Tensor {
  return byRow ? t.sum(-1) : t.sum().mul(scale);
}

const slopeOfUnit = defineElementwise('crossEntropy.slope', (p, k, g) => p.sub(k).mul(g));
const slopeOfAny = defineElementwise('crossEntropy.slope', (p, k, s, g) => p.mul(s).sub(k).mul(g));
const minusProduct = defineElementwise('minusProduct', (a, b) => a.mul(b).neg());

/** (s p − k) ⊙ g with p = softmax(x) and s = Σ k: a − y, where the coefficients are a target. */
function throughLogits(x: Tensor, k: Tensor, g: Tensor, { unit }: EntropyAttrs): Tensor {
  if (unit) return slopeOfUnit(softmax(x), k, g);
  return slopeOfAny(softmax(x), k, k.sum(-1, { keepDims: true }), g);
}

/** ℓ = −Σ_c k_c ln softmax(x)_c of each row. ∂ℓ/∂x = softmax(x) Σ k − k, ∂ℓ/∂k = −ln softmax(x). */
const softmaxCrossEntropy: OpFunction<EntropyAttrs> = defineOp<EntropyAttrs>({
  name: 'crossEntropy',
  notation: {
    value: ([x, k]) => `-\\textstyle\\sum ${k} \\odot \\ln\\operatorname{softmax}(${x})`,
    gradient: (i, g, [x, k]) =>
      i === 0
        ? `${g}\\,(\\operatorname{softmax}(${x}) - ${k})`
        : `-${g}\\,\\ln\\operatorname{softmax}(${x})`,
  },
  forward: ([x, k], attrs) => reducedTerms(logSoftmax(x), k, attrs),
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
const weightedSurprisal: OpFunction<EntropyAttrs> = defineOp<EntropyAttrs>({
  name: 'nll',
  notation: {
    value: ([x, k]) => `-\\textstyle\\sum ${k} \\odot ${x}`,
    gradient: (i, g, inputs) => `-${g}\\,${inputs[1 - i]}`,
  },
  forward: ([x, k], attrs) => reducedTerms(x, k, attrs),
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
function reduced(
  rowLoss: OpFunction<EntropyAttrs>,
  prediction: Tensor,
  { k, total, unit }: Coefficients,
  { reduction = 'mean' }: LossOptions,
): Tensor {
  const byRow = reduction === 'none';
  if (reduction !== 'mean') return rowLoss(prediction, k, { byRow, scale: 1, unit });
  if (typeof total === 'number') return rowLoss(prediction, k, { byRow, scale: 1 / total, unit });
  return rowLoss(prediction, k, { byRow, scale: 1, unit }).div(total);
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
 *   aren't int32, probabilities that aren't floating, logits that aren't; IndexError for a class that there isn't;
 *   ArgumentError for a smoothing outside of [0, 1), or a negative weight.
 */
export const crossEntropy = defineLoss<CrossEntropyOptions>(
  'crossEntropy',
  (prediction, target, options) => {
    checkFloating('crossEntropy', 'logits', prediction);
    const coefficients = coefficientsOf('crossEntropy', prediction, target, options);
    return reduced(softmaxCrossEntropy, prediction, coefficients, options);
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
  const coefficients = coefficientsOf('nll', prediction, target, { classWeights });
  return reduced(weightedSurprisal, prediction, coefficients, options);
});
