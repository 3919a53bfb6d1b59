// Optimizers: Adam, and AdamW, which decays weights beside the gradient instead of through it.

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
  shrink,
  stepSize,
  withDecay,
} from './rules.js';
import type { ScheduleOption } from './schedules/scheduled.js';

export interface AdamOptions extends DecayOptions, ScheduleOption {
  /** The learning rate η ≥ 0. Default: 0.001. */
  lr?: number;
  /** β₁ and β₂ in [0, 1): how much of the running means of g and g² is kept. Default: [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** ε ≥ 0, added to the root of the mean square. Default: 1e-8. */
  epsilon?: number;
  /** Divides by the largest mean square so far instead of the last one (Reddi et al. 2018). Default: false. */
  amsgrad?: boolean;
  /**
   * λ ≥ 0, of weights only unless `decayBiases`. `adam` adds λp to the gradient (coupled), default 0; `adamW` shrinks
   * p by 1 − ηλ (decoupled), default 0.01.
   */
  weightDecay?: number;
}

/** p − η̂ m / (√v / ĉ + ε). */
const descendScaled = defineElementwise('descendScaled', (p, m, v, size, root, epsilon) =>
  p.sub(m.div(v.sqrt().div(root).add(epsilon)).mul(size)),
);

/**
 * Adam (Kingma and Ba 2015): m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − η m̂ / (√v̂ + ε), with
 * m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ). With `amsgrad`, v̂ is made of the largest v so far. `weightDecay` adds λp
 * to the gradient of weights. Takes cells, or groups of them with options of their own.
 * @throws ArgumentError for options out of range.
 */
export function adam(parameters: ParameterList<AdamOptions>, options: AdamOptions = {}): Optimizer {
  return optimizerOf('adam', parameters, options, (cells, own) =>
    adaptive('adam', cells, { weightDecay: 0, ...own }),
  );
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019): weights are multiplied by 1 − ηλ before each step.
 * @throws ArgumentError for options out of range.
 */
export function adamW(
  parameters: ParameterList<AdamOptions>,
  options: AdamOptions = {},
): Optimizer {
  return optimizerOf('adamW', parameters, options, (cells, own) =>
    adaptive('adamW', cells, { weightDecay: 0.01, ...own }),
  );
}

function adaptive(
  name: 'adam' | 'adamW',
  parameters: Iterable<Variable>,
  options: AdamOptions,
): Optimizer {
  const { lr = 1e-3, epsilon = 1e-8, amsgrad = false } = options;
  const [beta1, beta2] = checkBetas(name, options.betas);
  checkNumber(name, 'lr', lr, 0);
  checkNumber(name, 'epsilon', epsilon, 0);
  const decay = decayOf(name, options);
  const decoupled = name === 'adamW';

  return makeOptimizer(parameters, {
    name,
    hyper: { lr, beta1, beta2 },
    state: amsgrad ? ['mean', 'square', 'largest'] : ['mean', 'square'],
    scalars: ({ lr, beta1, beta2 }, t) => ({
      lr,
      kept1: beta1,
      added1: complement(beta1),
      kept2: beta2,
      added2: complement(beta2),
      size: stepSize(lr, beta1, t),
      root: rootCorrection(beta2, t),
    }),
    update: (p, g, { mean, square, largest }, scalars) => {
      const { lr, kept1, added1, kept2, added2, size, root } = scalars;
      const lambda = decay(p);
      const gradient = lambda !== 0 && !decoupled ? withDecay(g, p, lambda) : g;
      const start = lambda !== 0 && decoupled ? shrink(p, lr, lambda) : p;
      const m = blend(mean, gradient, kept1, added1);
      const v = blendSquare(square, gradient, kept2, added2);
      const most = amsgrad ? largest.maximum(v) : v;
      const next = descendScaled(start, m, most, size, root, epsilon);
      return { p: next, mean: m, square: v, largest: most };
    },
  });
}
