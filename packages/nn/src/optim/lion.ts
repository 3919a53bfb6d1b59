// Optimizers: Lion, which takes of the momentum nothing but its sign.

import { defineElementwise, type Variable } from '@retrograd/autograd';
import { checkBetas, checkNumber } from './checks.js';
import { optimizerOf, type ParameterList } from './groups.js';
import { makeOptimizer, type Optimizer } from './optimizer.js';
import { blend, complement, type DecayOptions, decayOf, shrink } from './rules.js';
import type { ScheduleOption } from './schedules/scheduled.js';

export interface LionOptions extends DecayOptions, ScheduleOption {
  /** The learning rate η ≥ 0: the size of every step; a third to a tenth of AdamW's. Default: 0.0001. */
  lr?: number;
  /** β₁ of the step and β₂ of what is kept, in [0, 1). Default: [0.9, 0.99]. */
  betas?: readonly [number, number];
  /** λ ≥ 0: shrinks p by 1 − ηλ (decoupled), weights only unless `decayBiases`; three to ten times AdamW's. Default: 0. */
  weightDecay?: number;
}

/** p − η sign(β₁m + (1 − β₁)g). */
const descendBySign = defineElementwise('descendBySign', (p, m, g, kept, added, eta) =>
  p.sub(m.mul(kept).add(g.mul(added)).sign().mul(eta)),
);

/**
 * Lion (Chen et al. 2023): p ← p − η(sign(β₁m + (1 − β₁)g) + λp), then m ← β₂m + (1 − β₂)g. `weightDecay` is
 * decoupled. Takes cells, or groups of them with options of their own.
 * @throws ArgumentError for options out of range.
 */
export function lion(parameters: ParameterList<LionOptions>, options: LionOptions = {}): Optimizer {
  return optimizerOf('lion', parameters, options, bySign);
}

function bySign(parameters: Iterable<Variable>, options: LionOptions): Optimizer {
  const { lr = 1e-4 } = options;
  const [beta1, beta2] = checkBetas('lion', options.betas ?? [0.9, 0.99]);
  checkNumber('lion', 'lr', lr, 0);
  const decay = decayOf('lion', options);

  return makeOptimizer(parameters, {
    name: 'lion',
    hyper: { lr, beta1, beta2 },
    state: ['mean'],
    scalars: ({ lr, beta1, beta2 }) => ({
      lr,
      kept1: beta1,
      added1: complement(beta1),
      kept2: beta2,
      added2: complement(beta2),
    }),
    update: (p, g, { mean }, { lr, kept1, added1, kept2, added2 }) => {
      const lambda = decay(p);
      const start = lambda === 0 ? p : shrink(p, lr, lambda);
      return {
        p: descendBySign(start, mean, g, kept1, added1, lr),
        mean: blend(mean, g, kept2, added2),
      };
    },
  });
}
