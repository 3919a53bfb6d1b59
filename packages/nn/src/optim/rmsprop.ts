// Optimizers: RMSprop, which divides each gradient by the root of its running mean square.

import { defineElementwise, type Variable } from '@retrograd/autograd';
import { checkNumber } from './checks.js';
import { optimizerOf, type ParameterList } from './groups.js';
import { makeOptimizer, type Optimizer } from './optimizer.js';
import {
  blend,
  blendSquare,
  complement,
  type DecayOptions,
  decayOf,
  descend,
  withDecay,
} from './rules.js';
import type { ScheduleOption } from './schedules/scheduled.js';

export interface RmspropOptions extends DecayOptions, ScheduleOption {
  /** The learning rate η ≥ 0. Default: 0.01. */
  lr?: number;
  /** α in [0, 1): how much of the running mean square is kept. Default: 0.99. */
  alpha?: number;
  /** ε ≥ 0, added to the root. Default: 1e-8. */
  epsilon?: number;
  /** Divides by the running standard deviation instead (Graves 2013). Default: false. */
  centered?: boolean;
  /** μ ≥ 0: how much of the last step is kept. Default: 0. */
  momentum?: number;
  /** λ ≥ 0: adds λp to the gradient (coupled), of weights only unless `decayBiases`. Default: 0. */
  weightDecay?: number;
}

/** g / (√v + ε). */
const normalized = defineElementwise('normalized', (g, v, epsilon) => g.div(v.sqrt().add(epsilon)));

/** v − m²: a variance, which rounding must not make negative. */
const spread = defineElementwise('spread', (v, m) => v.sub(m.mul(m)).maximum(0));

/** bμ + d. */
const carried = defineElementwise('carried', (b, d, mu) => b.mul(mu).add(d));

/**
 * RMSprop (Tieleman and Hinton 2012): v ← αv + (1 − α)g², p ← p − ηg / (√v + ε). With `centered`, v − m² stands for v,
 * m the running mean of g; with momentum, b ← μb + g / (√v + ε) and p ← p − ηb. `weightDecay` adds λp to the gradient
 * of weights. Takes cells, or groups of them with options of their own.
 * @throws ArgumentError for options out of range.
 */
export function rmsprop(
  parameters: ParameterList<RmspropOptions>,
  options: RmspropOptions = {},
): Optimizer {
  return optimizerOf('rmsprop', parameters, options, rootMeanSquare);
}

function rootMeanSquare(parameters: Iterable<Variable>, options: RmspropOptions): Optimizer {
  const { lr = 1e-2, alpha = 0.99, epsilon = 1e-8, centered = false, momentum = 0 } = options;
  checkNumber('rmsprop', 'lr', lr, 0);
  checkNumber('rmsprop', 'alpha', alpha, 0, 1);
  checkNumber('rmsprop', 'epsilon', epsilon, 0);
  checkNumber('rmsprop', 'momentum', momentum, 0);
  const decay = decayOf('rmsprop', options);
  const carries = momentum !== 0;

  return makeOptimizer(parameters, {
    name: 'rmsprop',
    hyper: { lr, alpha, ...(carries ? { momentum } : {}) } as Record<
      'lr' | 'alpha' | 'momentum',
      number
    >,
    state: [
      'square' as const,
      ...(centered ? (['mean'] as const) : []),
      ...(carries ? (['momentum'] as const) : []),
    ],
    scalars: ({ lr, alpha, momentum }) => ({
      lr,
      kept: alpha,
      added: complement(alpha),
      mu: carries ? momentum : alpha,
    }),
    update: (p, g, state, { lr, kept, added, mu }) => {
      const lambda = decay(p);
      const gradient = lambda === 0 ? g : withDecay(g, p, lambda);
      const square = blendSquare(state.square, gradient, kept, added);
      const mean = centered ? blend(state.mean, gradient, kept, added) : gradient;
      const direction = normalized(gradient, centered ? spread(square, mean) : square, epsilon);
      const momentum = carries ? carried(state.momentum, direction, mu) : direction;
      return { p: descend(p, momentum, lr), square, mean, momentum };
    },
  });
}
