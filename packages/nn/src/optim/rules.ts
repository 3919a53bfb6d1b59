// Optimizers: the parts that rules are made of, each one formula on numbers, in PyTorch's order of operations.

import { defineElementwise } from '@retrograd/autograd';
import { checkNumber } from './checks.js';

/** g + λp: the gradient of J + ½λ‖p‖². */
export const withDecay = defineElementwise('withDecay', (g, p, lambda) => g.add(p.mul(lambda)));

/** (1 − ηλ)p. */
export const shrink = defineElementwise('shrink', (p, eta, lambda) =>
  p.mul(eta.mul(lambda).neg().add(1)),
);

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

/** η / (1 − βᵗ): the step, with the start of a running mean at 0 made up for. */
export const stepSize = defineElementwise('stepSize', (lr, beta, t) =>
  lr.div(beta.pow(t).neg().add(1)),
);

/** √(1 − βᵗ): the same for the root of a mean square. */
export const rootCorrection = defineElementwise('rootCorrection', (beta, t) =>
  beta.pow(t).neg().add(1).sqrt(),
);

/** What weight decay means in every optimizer. */
export interface DecayOptions {
  /** λ ≥ 0: how strongly weights are pulled towards 0. */
  weightDecay?: number;
  /**
   * Whether cells of rank 0 and 1 (biases, gains) decay too. Default: false: decay is for weights, the cells of rank 2
   * and more (Goodfellow et al., Deep Learning, 7.1). Whatever else should not decay goes into a group of its own.
   */
  decayBiases?: boolean;
}

/** λ of each parameter; 0 where nothing decays. @throws ArgumentError unless λ is finite and not negative. */
export function decayOf(
  name: string,
  { weightDecay = 0, decayBiases = false }: DecayOptions,
): (p: { readonly shape: readonly number[] }) => number {
  checkNumber(name, 'weightDecay', weightDecay, 0);
  return ({ shape }) => (decayBiases || shape.length >= 2 ? weightDecay : 0);
}
