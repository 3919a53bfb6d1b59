// Optimizers: Muon, whose steps are orthogonal matrices; what is no matrix is left to AdamW.

import { defineElementwise, matmul, type Tensor, type Variable } from '@retrograd/autograd';
import { type AdamOptions, adamW } from './adam.js';
import { checkNumber, checkParameters, checkWhole } from './checks.js';
import { JoinedOptimizer, optimizerOf, type ParameterList } from './groups.js';
import { makeOptimizer, type Optimizer } from './optimizer.js';
import { type DecayOptions, decayOf, descend, shrink } from './rules.js';
import type { ScheduleOption } from './schedules/scheduled.js';

export interface MuonOptions extends Omit<DecayOptions, 'decayBiases'>, ScheduleOption {
  /** The learning rate η ≥ 0 of weights. Default: 0.02. */
  lr?: number;
  /** μ in [0, 1): how much of the last direction is kept. Default: 0.95. */
  momentum?: number;
  /** Looks ahead along the momentum. Default: true. */
  nesterov?: boolean;
  /** Iterations of Newton and Schulz. Default: 5. */
  iterations?: number;
  /** λ ≥ 0: shrinks weights by 1 − ηλ (decoupled). Default: 0. */
  weightDecay?: number;
  /** How the cells of rank 0 and 1 are moved: the options of `adamW`. Default: { lr: 0.0003 }, its other defaults. */
  adamW?: Omit<AdamOptions, 'schedule'>;
}

/** The coefficients of x ← ax + b(xxᵀ)x + c(xxᵀ)²x, chosen for the steepest rise at 0 (Jordan 2024). */
const [A, B, C] = [3.4445, -4.775, 2.0315];

/** bs + cs². */
const quadratic = defineElementwise('quadratic', (s, square) => s.mul(B).add(square.mul(C)));

/** ax + y. */
const raised = defineElementwise('raised', (x, y) => x.mul(A).add(y));

/** μb + g. */
const carried = defineElementwise('carried', (b, g, mu) => b.mul(mu).add(g));

/** x / (‖x‖ + 1e-7). */
const divided = defineElementwise('divided', (x, norm) => x.div(norm.add(1e-7)));

/**
 * About the nearest orthogonal matrix to `g` [m, n], U Vᵀ of g = U S Vᵀ, its singular values within 0.7 … 1.2 instead
 * of 1: Newton and Schulz's iteration with a quintic (Jordan 2024).
 */
export function orthogonalize(g: Tensor, iterations: number): Tensor {
  // On the side where the products are smaller: x(xᵀx) is (xxᵀ)x.
  const tall = g.shape[0] > g.shape[1];
  let x: Tensor = divided(g, g.norm());
  for (let i = 0; i < iterations; i++) {
    const s = matmul(x, x, tall ? { transposeA: true } : { transposeB: true });
    const q = quadratic(s, s.matmul(s));
    x = raised(x, tall ? x.matmul(q) : q.matmul(x));
  }
  return x;
}

/**
 * Muon (Jordan 2024): b ← μb + g, o = the orthogonalised g + μb (b without `nesterov`), p ← (1 − ηλ)p − η √max(1, m/n) o
 * for the weights of rank 2 and more, those of convolutions flattened to [m = units, n = the rest]. Cells of rank 0
 * and 1 (biases, gains) have no such step: AdamW moves them, as group behind those of Muon. Embeddings and the last
 * layer do better with AdamW too (Jordan 2024): `joinOptimizers(muon(hidden), adamW(others))`. A `schedule` holds for both.
 * @throws ArgumentError for options out of range.
 */
export function muon(parameters: ParameterList<MuonOptions>, options: MuonOptions = {}): Optimizer {
  return optimizerOf('muon', parameters, options, (cells, own) => {
    const all = checkParameters('muon', cells);
    const weights = all.filter(({ rank }) => rank >= 2);
    const others = all.filter(({ rank }) => rank < 2);
    const { adamW: rest = {} } = own;
    const parts = [
      ...(weights.length > 0 ? [byOrthogonal(weights, own)] : []),
      ...(others.length > 0 ? [adamW(others, { lr: 3e-4, ...rest })] : []),
    ];
    return parts.length === 1 ? parts[0] : new JoinedOptimizer('muon', parts);
  });
}

function byOrthogonal(parameters: readonly Variable[], options: MuonOptions): Optimizer {
  const { lr = 0.02, momentum = 0.95, nesterov = true, iterations = 5 } = options;
  checkNumber('muon', 'lr', lr, 0);
  checkNumber('muon', 'momentum', momentum, 0, 1);
  checkWhole('muon', 'iterations', iterations, 1);
  const decay = decayOf('muon', { weightDecay: options.weightDecay });

  return makeOptimizer(parameters, {
    name: 'muon',
    hyper: { lr, momentum },
    state: ['momentum'],
    scalars: ({ lr, momentum }) => ({ lr, mu: momentum }),
    update: (p, g, state, { lr, mu }) => {
      const lambda = decay(p);
      const start = lambda === 0 ? p : shrink(p, lr, lambda);
      const b = carried(state.momentum, g, mu);
      const direction = nesterov ? carried(b, g, mu) : b;
      if (p.size === 0) return { p, momentum: b };
      const rows = p.shape[0];
      const columns = p.size / rows;
      const step = orthogonalize(direction.reshape([rows, columns]), iterations);
      const scaled = step.reshape([...p.shape]).mul(Math.sqrt(Math.max(1, rows / columns)));
      return { p: descend(start, scaled, lr), momentum: b };
    },
  });
}
