// Schedules: an optimizer that follows one by itself, step for step.

import type { Tensor, Variable } from '@retrograd/autograd';
import type { Optimizer, OptimizerGroup, OptimizerState } from '../optimizer.js';
import { Rates } from './rates.js';
import type { Schedule } from './schedule.js';

export interface ScheduleOption {
  /**
   * Multiplies `lr`, by its factor for t = 0 in the first call of `step()`, for t = 1 in the second, ….
   * Default: null, a rate that stays.
   */
  schedule?: Schedule | null;
}

const OWN = 'schedule.';

export class ScheduledOptimizer implements Optimizer {
  readonly groups: readonly OptimizerGroup[];
  readonly #inner: Optimizer;
  readonly #rates: Rates;

  constructor(inner: Optimizer, schedule: Schedule) {
    this.#inner = inner;
    this.#rates = new Rates(inner.name, inner, schedule);
    this.#rates.apply();
    this.groups = inner.groups.map(({ parameters, lr, hyper }, i) => ({
      parameters,
      lr,
      hyper,
      baseLr: this.#rates.bases[i],
    }));
  }

  get name(): string {
    return this.#inner.name;
  }

  get parameters(): readonly Variable[] {
    return this.#inner.parameters;
  }

  get lr(): Variable<[]> {
    return this.#inner.lr;
  }

  get hyper(): OptimizerGroup['hyper'] {
    return this.#inner.hyper;
  }

  /** Rates are set before a step, so that a base that was assigned holds from the next one on. */
  step(): void {
    this.#rates.apply();
    this.#inner.step();
    this.#rates.advance();
  }

  stateDict(): Record<string, Tensor> {
    return { ...this.#inner.stateDict(), ...this.#rates.stateDict() };
  }

  loadStateDict(state: OptimizerState): this {
    const before = this.#rates.stateDict();
    const entries = Object.entries(state);
    this.#rates.loadStateDict(Object.fromEntries(entries.filter(([key]) => key.startsWith(OWN))));
    try {
      this.#inner.loadStateDict(
        Object.fromEntries(entries.filter(([key]) => !key.startsWith(OWN))),
      );
    } catch (error) {
      this.#rates.loadStateDict(before);
      throw error;
    }
    return this;
  }

  toString(): string {
    return `${String(this.#inner)}, ${this.#rates.schedule}`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
