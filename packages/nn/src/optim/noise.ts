// Optimizers: noise on the gradients, which fades as training goes on.

import {
  ArgumentError,
  defineElementwise,
  Generator,
  noGrad,
  type Tensor,
  type Variable,
  variable,
} from '@retrograd/autograd';
import { checkNames, checkNumber, checkParameters, checkShapeOf } from './checks.js';
import type { OptimizerState } from './optimizer.js';

export interface GradientNoiseOptions {
  /** Where the noise is drawn from. */
  rng: Generator;
  /** η ≥ 0, the variance at first; 0.01, 0.3 and 1 were tried in the paper. Default: 0.01. */
  eta?: number;
  /** γ ≥ 0, how fast it fades. Default: 0.55. */
  gamma?: number;
}

/** Noise for the gradients of some cells. */
export interface GradientNoise {
  /** How often noise was added: a float64 cell. */
  readonly count: Variable<[]>;
  /** Adds noise to the gradients that are there. Between backward() and step(); works within a compiled function. */
  add(): void;
  /** The count; the generator is the caller's. */
  stateDict(): Record<string, Tensor>;
  /** Takes up where `stateDict()` was called. @throws StateError if names, ShapeError if shapes differ. */
  loadStateDict(state: OptimizerState): this;
}

/** √(η / (1 + t)^γ). */
const deviationAt = defineElementwise('deviationAt', (t, eta, gamma) =>
  eta.div(t.add(1).pow(gamma)).sqrt(),
);

/** g + σn. */
const noisy = defineElementwise('noisy', (g, n, sigma) => g.add(n.mul(sigma)));

/**
 * Gaussian noise on gradients (Neelakantan et al. 2015): g ← g + N(0, σ²) with σ² = η / (1 + t)^γ in the call t = 0, 1, ….
 *
 * ```ts
 * const noise = gradientNoise(model.parameters(), { rng: rng(7) });
 * loss.backward(); noise.add(); optimizer.step();
 * ```
 *
 * @throws ArgumentError for options out of range.
 */
export function gradientNoise(
  parameters: Iterable<Variable>,
  options: GradientNoiseOptions,
): GradientNoise {
  const op = 'gradientNoise';
  const cells = checkParameters(op, parameters);
  const { rng, eta = 0.01, gamma = 0.55 } = options ?? {};
  if (!(rng instanceof Generator)) {
    throw new ArgumentError(
      `${op}: rng is a generator, got ${typeof rng}. Pass for example { rng: rng(7) }.`,
    );
  }
  checkNumber(op, 'eta', eta, 0);
  checkNumber(op, 'gamma', gamma, 0);
  const count: Variable<[]> = variable(0, { dtype: 'float64', requiresGrad: false });
  return {
    count,
    add() {
      noGrad(() => {
        const sigma = deviationAt(count.read(), eta, gamma);
        for (const cell of cells) {
          const { grad } = cell;
          if (grad === null) continue;
          const { dtype } = grad;
          const n = rng.normal([...grad.shape], { dtype });
          cell.grad = noisy(grad, n, sigma.cast(dtype));
        }
        count.assign(count.read().add(1) as Tensor<[]>);
      });
    },
    stateDict: () => ({ count: count.read() }),
    loadStateDict(state) {
      checkNames(op, ['count'], Object.keys(state));
      checkShapeOf(op, 'count', [], state.count);
      count.assign(state.count.detach().cast('float64') as Tensor<[]>);
      return this;
    },
  };
}
