// Optimizers: RAdam, which leaves the mean square out until there is enough of it.

import { defineElementwise, type Variable } from '@retrograd/autograd';
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
  stepSize,
  withDecay,
} from './rules.js';
import type { ScheduleOption } from './schedules/scheduled.js';

export interface RadamOptions extends DecayOptions, ScheduleOption {
  /** The learning rate η ≥ 0. Default: 0.001. */
  lr?: number;
  /** β₁ and β₂ in [0, 1): how much of the running means of g and g² is kept. Default: [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** ε ≥ 0, added to the root of the mean square. Default: 1e-8. */
  epsilon?: number;
  /** λ ≥ 0: adds λp to the gradient (coupled), of weights only unless `decayBiases`. Default: 0. */
  weightDecay?: number;
}

/** r √(1 − β₂ᵗ) where ρ > 5; elsewhere 0, which stands for "no scaling". */
const rectification = defineElementwise('rectification', (beta, t, root) => {
  const limit = beta.neg().add(1).reciprocal().mul(2).sub(1);
  const rho = limit.sub(t.mul(2).mul(beta.pow(t)).div(beta.pow(t).neg().add(1)));
  const above = rho.sub(4).mul(rho.sub(2)).mul(limit);
  const below = limit.sub(4).mul(limit.sub(2)).mul(rho);
  return rho.greater(5).select(above.div(below).sqrt().mul(root), 0);
});

/** p − η̂ m · rectified / (√v + ε), or p − η̂ m. */
const descendRectified = defineElementwise(
  'descendRectified',
  (p, m, v, size, rectified, epsilon) =>
    p.sub(m.mul(size).mul(rectified.greater(0).select(rectified.div(v.sqrt().add(epsilon)), 1))),
);

/**
 * Rectified Adam (Liu et al. 2020): with ρ∞ = 2/(1 − β₂) − 1 and ρ = ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ), p ← p − η r m̂ / √v̂ where
 * ρ > 5, r² = (ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ), and before that p ← p − η m̂. ε is added to √v, as in PyTorch.
 * `weightDecay` adds λp to the gradient of weights. Takes cells, or groups of them with options of their own.
 * @throws ArgumentError for options out of range.
 */
export function radam(
  parameters: ParameterList<RadamOptions>,
  options: RadamOptions = {},
): Optimizer {
  return optimizerOf('radam', parameters, options, rectified);
}

function rectified(parameters: Iterable<Variable>, options: RadamOptions): Optimizer {
  const { lr = 1e-3, epsilon = 1e-8 } = options;
  const [beta1, beta2] = checkBetas('radam', options.betas);
  checkNumber('radam', 'lr', lr, 0);
  checkNumber('radam', 'epsilon', epsilon, 0);
  const decay = decayOf('radam', options);

  return makeOptimizer(parameters, {
    name: 'radam',
    hyper: { lr, beta1, beta2 },
    state: ['mean', 'square'],
    scalars: ({ lr, beta1, beta2 }, t) => ({
      kept1: beta1,
      added1: complement(beta1),
      kept2: beta2,
      added2: complement(beta2),
      size: stepSize(lr, beta1, t),
      rectified: rectification(beta2, t, rootCorrection(beta2, t)),
    }),
    update: (p, g, { mean, square }, { kept1, added1, kept2, added2, size, rectified }) => {
      const lambda = decay(p);
      const gradient = lambda === 0 ? g : withDecay(g, p, lambda);
      const m = blend(mean, gradient, kept1, added1);
      const v = blendSquare(square, gradient, kept2, added2);
      return { p: descendRectified(p, m, v, size, rectified, epsilon), mean: m, square: v };
    },
  });
}
