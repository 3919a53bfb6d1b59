// Optimizers: NAdam, which is Adam with Nesterov’s look ahead.

import { defineElementwise, ones, type Variable } from '@retrograd/autograd';
import { checkBetas, checkNumber } from './checks.js';
import { optimizerOf, type ParameterList } from './groups.js';
import { makeOptimizer, type Optimizer } from './optimizer.js';
import {
  blend,
  blendSquare,
  complement,
  type DecayOptions,
  decayOf,
  rootCorrection,
  withDecay,
} from './rules.js';
import type { ScheduleOption } from './schedules/scheduled.js';

export interface NadamOptions extends DecayOptions, ScheduleOption {
  /** The learning rate η ≥ 0. Default: 0.002. */
  lr?: number;
  /** β₁ and β₂ in [0, 1): how much of the running means of g and g² is kept. Default: [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** ε ≥ 0, added to the root of the mean square. Default: 1e-8. */
  epsilon?: number;
  /** ψ ≥ 0: how fast the momentum rises from β₁/2 to β₁. Default: 0.004. */
  momentumDecay?: number;
  /** λ ≥ 0: adds λp to the gradient (coupled), of weights only unless `decayBiases`. Default: 0. */
  weightDecay?: number;
}

/** μₜ = β₁(1 − ½ · 0.96^(tψ)). */
const momentumAt = defineElementwise('momentumAt', (beta, t, psi) =>
  t.mul(psi).mul(Math.log(0.96)).exp().mul(-0.5).add(1).mul(beta),
);

/** p − η((1 − μₜ)/(1 − Π) g + μₜ₊₁/(1 − Πμₜ₊₁) m) / (√v/ĉ + ε), Π the product of μ₁ … μₜ. */
const descendAccelerated = defineElementwise(
  'descendAccelerated',
  (p, g, m, v, lr, mu, next, product, root, epsilon) => {
    const ahead = m.mul(next.div(product.mul(next).neg().add(1)));
    const here = g.mul(mu.neg().add(1).div(product.neg().add(1)));
    return p.sub(here.add(ahead).mul(lr).div(v.sqrt().div(root).add(epsilon)));
  },
);

/**
 * NAdam (Dozat 2016), Adam with Nesterov's look ahead: p ← p − η((1 − μₜ)g / (1 − Πμ) + μₜ₊₁m / (1 − μₜ₊₁Πμ)) /
 * (√v̂ + ε), with μₜ = β₁(1 − ½ · 0.96^(tψ)) and Πμ = μ₁ ⋯ μₜ, which stands in the state. `weightDecay` adds λp to the
 * gradient of weights. Takes cells, or groups of them with options of their own.
 * @throws ArgumentError for options out of range.
 */
export function nadam(
  parameters: ParameterList<NadamOptions>,
  options: NadamOptions = {},
): Optimizer {
  return optimizerOf('nadam', parameters, options, accelerated);
}

function accelerated(parameters: Iterable<Variable>, options: NadamOptions): Optimizer {
  const { lr = 2e-3, epsilon = 1e-8, momentumDecay = 4e-3 } = options;
  const [beta1, beta2] = checkBetas('nadam', options.betas);
  checkNumber('nadam', 'lr', lr, 0);
  checkNumber('nadam', 'epsilon', epsilon, 0);
  checkNumber('nadam', 'momentumDecay', momentumDecay, 0);
  const decay = decayOf('nadam', options);

  return makeOptimizer(parameters, {
    name: 'nadam',
    hyper: { lr, beta1, beta2 },
    state: ['mean', 'square', 'product'],
    initial: { product: ({ dtype }) => ones([], { dtype }) },
    scalars: ({ lr, beta1, beta2 }, t) => ({
      lr,
      kept1: beta1,
      added1: complement(beta1),
      kept2: beta2,
      added2: complement(beta2),
      mu: momentumAt(beta1, t, momentumDecay),
      next: momentumAt(beta1, t.add(1), momentumDecay),
      root: rootCorrection(beta2, t),
    }),
    update: (p, g, { mean, square, product }, scalars) => {
      const { lr, kept1, added1, kept2, added2, mu, next, root } = scalars;
      const lambda = decay(p);
      const gradient = lambda === 0 ? g : withDecay(g, p, lambda);
      const m = blend(mean, gradient, kept1, added1);
      const v = blendSquare(square, gradient, kept2, added2);
      const all = product.mul(mu);
      return {
        p: descendAccelerated(p, gradient, m, v, lr, mu, next, all, root, epsilon),
        mean: m,
        square: v,
        product: all,
      };
    },
  });
}
