// Optimizers: the parts that rules are made of, each one formula on numbers, in PyTorch's order of operations.

import { defineElementwise } from '@retrograd/autograd';

/** g + λp: the gradient of J + ½λ‖p‖². */
export const withDecay = defineElementwise('withDecay', (g, p, lambda) => g.add(p.mul(lambda)));

/** b·kept + g·added: a running mix of gradients. */
export const blend = defineElementwise('blend', (b, g, kept, added) =>
  b.mul(kept).add(g.mul(added)),
);

/** v·kept + g²·added: the same of squares. */
export const blendSquare = defineElementwise('blendSquare', (v, g, kept, added) =>
  v.mul(kept).add(g.mul(g).mul(added)),
);

/** p − η·d. */
export const descend = defineElementwise('descend', (p, d, eta) => p.sub(d.mul(eta)));

/** 1 − x. */
export const complement = defineElementwise('complement', (x) => x.neg().add(1));

/**
 * Weight decay is for weights, not for biases: only for parameters of rank 2 and more (Goodfellow et al., Deep
 * Learning, 7.1).
 */
export function decays(p: { readonly shape: readonly number[] }): boolean {
  return p.shape.length >= 2;
}
