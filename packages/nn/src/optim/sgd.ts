// Optimizers: gradient descent, plain, with momentum, and with Nesterov's look ahead.

import { ArgumentError, defineElementwise, type Tensor, type Variable } from '@retrograd/autograd';
import { checkNumber } from './checks.js';
import { optimizerOf, type ParameterGroup, type ParameterList } from './groups.js';
import { makeOptimizer, type Optimizer } from './optimizer.js';
import { blend, type DecayOptions, decayOf, descend, withDecay } from './rules.js';
import type { ScheduleOption } from './schedules/scheduled.js';

export interface SgdOptions extends DecayOptions, ScheduleOption {
  /** The learning rate η ≥ 0. */
  lr: number;
  /** μ ≥ 0: how much of the last direction is kept. Default: 0. */
  momentum?: number;
  /** Looks ahead along the momentum. Needs momentum > 0 and dampening 0. Default: false. */
  nesterov?: boolean;
  /** τ: takes 1 − τ of each gradient into the momentum, the first one whole. Default: 0. */
  dampening?: number;
  /** λ ≥ 0: adds λp to the gradient (coupled), of weights only unless `decayBiases`. Default: 0. */
  weightDecay?: number;
}

/** p − η(g + μb). */
const descendAhead = defineElementwise('descendAhead', (p, g, b, mu, eta) =>
  p.sub(g.add(b.mul(mu)).mul(eta)),
);

/** 1 − τ from the second step on, 1 in the first. */
const admitted = defineElementwise('admitted', (t, dampening) =>
  t.greater(1).select(dampening.neg().add(1), 1),
);

/**
 * Gradient descent: p ← p − ηg. With momentum b ← μb + (1 − τ)g, and p ← p − ηb, or p ← p − η(g + μb) with
 * `nesterov` (Sutskever et al. 2013, in the form that PyTorch computes). A cell `momentum` stands in `hyper` if there
 * is any. Takes cells, or groups of them with options of their own.
 * @throws ArgumentError for options out of range.
 */
export function sgd(
  groups: readonly ParameterGroup<SgdOptions>[],
  defaults?: Partial<SgdOptions>,
): Optimizer;
export function sgd(parameters: Iterable<Variable>, options: SgdOptions): Optimizer;
export function sgd(
  parameters: ParameterList<SgdOptions>,
  options: Partial<SgdOptions> = {},
): Optimizer {
  return optimizerOf('sgd', parameters, options as SgdOptions, descent);
}

function descent(parameters: Iterable<Variable>, options: SgdOptions): Optimizer {
  const { momentum = 0, nesterov = false, dampening = 0 } = options;
  const lr = checkNumber('sgd', 'lr', options.lr, 0);
  checkNumber('sgd', 'momentum', momentum, 0);
  checkNumber('sgd', 'dampening', dampening);
  const decay = decayOf('sgd', options);
  if (nesterov && (momentum === 0 || dampening !== 0)) {
    throw new ArgumentError(
      'sgd: nesterov needs a momentum above 0 and no dampening, ' +
        `got momentum ${momentum}, dampening ${dampening}. Pass for example { momentum: 0.9, nesterov: true }.`,
    );
  }
  const decayed = (p: Tensor, g: Tensor): Tensor => {
    const lambda = decay(p);
    return lambda === 0 ? g : withDecay(g, p, lambda);
  };

  if (momentum === 0) {
    return makeOptimizer(parameters, {
      name: 'sgd',
      hyper: { lr },
      state: [],
      scalars: (hyper) => ({ lr: hyper.lr }),
      update: (p, g, _state, scalars) => ({ p: descend(p, decayed(p, g), scalars.lr) }),
    });
  }
  return makeOptimizer(parameters, {
    name: 'sgd',
    hyper: { lr, momentum },
    state: ['momentum'],
    scalars: (hyper, t) => ({
      lr: hyper.lr,
      kept: hyper.momentum,
      added: admitted(t, dampening),
    }),
    update: (p, g, state, { lr, kept, added }) => {
      const gradient = decayed(p, g);
      const b = blend(state.momentum, gradient, kept, added);
      const next = nesterov ? descendAhead(p, gradient, b, kept, lr) : descend(p, b, lr);
      return { p: next, momentum: b };
    },
  });
}
