// Optimizers: Adagrad and Adadelta, which scale each number's step by the history of its gradients.

import { defineElementwise, full, type Variable } from '@retrograd/autograd';
import { checkNumber } from './checks.js';
import { optimizerOf, type ParameterList } from './groups.js';
import { makeOptimizer, type Optimizer } from './optimizer.js';
import {
  blendSquare,
  complement,
  type DecayOptions,
  decayOf,
  descend,
  withDecay,
} from './rules.js';
import type { ScheduleOption } from './schedules/scheduled.js';

export interface AdagradOptions extends DecayOptions, ScheduleOption {
  /** The learning rate η ≥ 0. Default: 0.01. */
  lr?: number;
  /** κ ≥ 0: the rate in step t is η / (1 + (t − 1)κ). Default: 0. */
  lrDecay?: number;
  /** ≥ 0: what the sums of squares start from. Default: 0. */
  initialAccumulator?: number;
  /** ε ≥ 0, added to the root. Default: 1e-10. */
  epsilon?: number;
  /** λ ≥ 0: adds λp to the gradient (coupled), of weights only unless `decayBiases`. Default: 0. */
  weightDecay?: number;
}

export interface AdadeltaOptions extends DecayOptions, ScheduleOption {
  /** Scales the step, η ≥ 0. Default: 1. */
  lr?: number;
  /** ρ in [0, 1): how much of the running mean squares is kept. Default: 0.9. */
  rho?: number;
  /** ε ≥ 0, added under both roots. Default: 1e-6. */
  epsilon?: number;
  /** λ ≥ 0: adds λp to the gradient (coupled), of weights only unless `decayBiases`. Default: 0. */
  weightDecay?: number;
}

/** s + g². */
const addSquare = defineElementwise('addSquare', (s, g) => s.add(g.mul(g)));

/** η / (1 + (t − 1)κ). */
const fadingRate = defineElementwise('fadingRate', (lr, t, kappa) =>
  lr.div(t.sub(1).mul(kappa).add(1)),
);

/** p − ηg / (√s + ε). */
const descendBySum = defineElementwise('descendBySum', (p, g, s, eta, epsilon) =>
  p.sub(g.div(s.sqrt().add(epsilon)).mul(eta)),
);

/** g √(u + ε) / √(v + ε). */
const rescaled = defineElementwise('rescaled', (g, u, v, epsilon) =>
  u.add(epsilon).sqrt().div(v.add(epsilon).sqrt()).mul(g),
);

/**
 * Adagrad (Duchi et al. 2011): s ← s + g², p ← p − ηg / (√s + ε). `weightDecay` adds λp to the gradient of weights.
 * Takes cells, or groups of them with options of their own.
 * @throws ArgumentError for options out of range.
 */
export function adagrad(
  parameters: ParameterList<AdagradOptions>,
  options: AdagradOptions = {},
): Optimizer {
  return optimizerOf('adagrad', parameters, options, summing);
}

/**
 * Adadelta (Zeiler 2012): v ← ρv + (1 − ρ)g², d = g √(u + ε) / √(v + ε), u ← ρu + (1 − ρ)d², p ← p − ηd: steps in
 * the units of the parameters. `weightDecay` adds λp to the gradient of weights. Takes cells, or groups of them with
 * options of their own.
 * @throws ArgumentError for options out of range.
 */
export function adadelta(
  parameters: ParameterList<AdadeltaOptions>,
  options: AdadeltaOptions = {},
): Optimizer {
  return optimizerOf('adadelta', parameters, options, rescaling);
}

function summing(parameters: Iterable<Variable>, options: AdagradOptions): Optimizer {
  const { lr = 1e-2, lrDecay = 0, initialAccumulator = 0, epsilon = 1e-10 } = options;
  checkNumber('adagrad', 'lr', lr, 0);
  checkNumber('adagrad', 'lrDecay', lrDecay, 0);
  checkNumber('adagrad', 'initialAccumulator', initialAccumulator, 0);
  checkNumber('adagrad', 'epsilon', epsilon, 0);
  const decay = decayOf('adagrad', options);

  return makeOptimizer(parameters, {
    name: 'adagrad',
    hyper: { lr },
    state: ['sum'],
    initial: { sum: ({ shape, dtype }) => full([...shape], initialAccumulator, { dtype }) },
    scalars: ({ lr }, t) => ({ eta: fadingRate(lr, t, lrDecay) }),
    update: (p, g, state, { eta }) => {
      const lambda = decay(p);
      const gradient = lambda === 0 ? g : withDecay(g, p, lambda);
      const sum = addSquare(state.sum, gradient);
      return { p: descendBySum(p, gradient, sum, eta, epsilon), sum };
    },
  });
}

function rescaling(parameters: Iterable<Variable>, options: AdadeltaOptions): Optimizer {
  const { lr = 1, rho = 0.9, epsilon = 1e-6 } = options;
  checkNumber('adadelta', 'lr', lr, 0);
  checkNumber('adadelta', 'rho', rho, 0, 1);
  checkNumber('adadelta', 'epsilon', epsilon, 0);
  const decay = decayOf('adadelta', options);

  return makeOptimizer(parameters, {
    name: 'adadelta',
    hyper: { lr, rho },
    state: ['square', 'stepSquare'],
    scalars: ({ lr, rho }) => ({ lr, kept: rho, added: complement(rho) }),
    update: (p, g, state, { lr, kept, added }) => {
      const lambda = decay(p);
      const gradient = lambda === 0 ? g : withDecay(g, p, lambda);
      const square = blendSquare(state.square, gradient, kept, added);
      const step = rescaled(gradient, state.stepSquare, square, epsilon);
      const stepSquare = blendSquare(state.stepSquare, step, kept, added);
      return { p: descend(p, step, lr), square, stepSquare };
    },
  });
}
