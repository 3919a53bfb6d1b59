// Optimizers: Adam, and AdamW, which decays weights beside the gradient instead of through it.

import { ArgumentError, defineElementwise, type Variable } from '@retrograd/autograd';
import { checkNumber } from './checks.js';
import { makeOptimizer, type Optimizer } from './optimizer.js';
import { blend, blendSquare, complement, decays, withDecay } from './rules.js';

export interface AdamOptions {
  /** The learning rate η ≥ 0. Default: 0.001. */
  lr?: number;
  /** β₁ and β₂ in [0, 1): how much of the running means of g and g² is kept. Default: [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** ε ≥ 0, added to the root of the mean square. Default: 1e-8. */
  epsilon?: number;
  /** λ ≥ 0, of weights (rank ≥ 2) only. Default: 0 in `adam`, 0.01 in `adamW`. */
  weightDecay?: number;
}

/** p − η̂ m / (√v / ĉ + ε). */
const descendScaled = defineElementwise('descendScaled', (p, m, v, size, root, epsilon) =>
  p.sub(m.div(v.sqrt().div(root).add(epsilon)).mul(size)),
);

/** η / (1 − β₁ᵗ): the step, with the start of the running mean at 0 made up for. */
const stepSize = defineElementwise('stepSize', (lr, beta, t) => lr.div(beta.pow(t).neg().add(1)));

/** √(1 − β₂ᵗ): the same for the root of the mean square. */
const rootCorrection = defineElementwise('rootCorrection', (beta, t) =>
  beta.pow(t).neg().add(1).sqrt(),
);

/** (1 − ηλ)p. */
const shrink = defineElementwise('shrink', (p, eta, lambda) => p.mul(eta.mul(lambda).neg().add(1)));

/**
 * Adam (Kingma and Ba 2015): m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − η m̂ / (√v̂ + ε), with
 * m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ). `weightDecay` adds λp to the gradient of weights.
 * @throws ArgumentError for options out of range.
 */
export function adam(parameters: Iterable<Variable>, options: AdamOptions = {}): Optimizer {
  return adaptive('adam', parameters, { weightDecay: 0, ...options });
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019): weights are multiplied by 1 − ηλ before each step.
 * @throws ArgumentError for options out of range.
 */
export function adamW(parameters: Iterable<Variable>, options: AdamOptions = {}): Optimizer {
  return adaptive('adamW', parameters, { weightDecay: 0.01, ...options });
}

function adaptive(
  name: 'adam' | 'adamW',
  parameters: Iterable<Variable>,
  options: AdamOptions & { weightDecay?: number },
): Optimizer {
  const { lr = 1e-3, betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0 } = options;
  if (!Array.isArray(betas) || betas.length !== 2) {
    throw new ArgumentError(`${name}: betas are two numbers, got ${String(betas)}. Pass [β₁, β₂].`);
  }
  const [beta1, beta2] = betas.map((beta, i) => checkNumber(name, `betas[${i}]`, beta, 0, 1));
  checkNumber(name, 'lr', lr, 0);
  checkNumber(name, 'epsilon', epsilon, 0);
  checkNumber(name, 'weightDecay', weightDecay, 0);
  const decoupled = name === 'adamW';

  return makeOptimizer(parameters, {
    name,
    hyper: { lr, beta1, beta2 },
    state: ['mean', 'square'],
    scalars: ({ lr, beta1, beta2 }, t) => ({
      lr,
      kept1: beta1,
      added1: complement(beta1),
      kept2: beta2,
      added2: complement(beta2),
      size: stepSize(lr, beta1, t),
      root: rootCorrection(beta2, t),
    }),
    update: (p, g, { mean, square }, { lr, kept1, added1, kept2, added2, size, root }) => {
      const decaying = weightDecay !== 0 && decays(p);
      const gradient = decaying && !decoupled ? withDecay(g, p, weightDecay) : g;
      const start = decaying && decoupled ? shrink(p, lr, weightDecay) : p;
      const m = blend(mean, gradient, kept1, added1);
      const v = blendSquare(square, gradient, kept2, added2);
      return { p: descendScaled(start, m, v, size, root, epsilon), mean: m, square: v };
    },
  });
}
