// Schedules: what drives an optimizer from outside: a schedule at a pace of its own, and the rate that falls on a plateau.

import {
  ArgumentError,
  Operand,
  type Tensor,
  type TensorLike,
  tensor,
  type Variable,
} from '@retrograd/autograd';
import { checkNames, checkNumber, checkShapeOf, checkWhole } from '../checks.js';
import type { Optimizer, OptimizerState } from '../optimizer.js';
import { Rates } from './rates.js';
import type { Schedule } from './schedule.js';

/** A schedule that goes on when it is told to. */
export interface Scheduler {
  readonly schedule: Schedule;
  /** How often `step` was called: a float64 cell. */
  readonly count: Variable<[]>;
  /** Goes on to the next factor, and gives every group of the optimizer its rate. */
  step(): void;
  stateDict(): Record<string, Tensor>;
  /** Takes up where `stateDict()` was called. @throws StateError if names, ShapeError if shapes differ. */
  loadStateDict(state: OptimizerState): this;
}

/**
 * Drives an optimizer's rates at another pace than its steps, such as once an epoch; a schedule that goes with every
 * step is the optimizer's option `schedule`. The rates at the time of the call are what is multiplied, in each group by
 * itself. Works within a compiled function: the count is a cell.
 *
 * ```ts
 * const rates = scheduler(optimizer, stepDecay(30));
 * for (const epoch of epochs) { …; rates.step(); }
 * ```
 *
 * @throws ArgumentError if `schedule` is not one.
 */
export function scheduler(optimizer: Optimizer, schedule: Schedule): Scheduler {
  const rates = new Rates('scheduler', optimizer, schedule);
  rates.apply();
  return {
    schedule,
    count: rates.count,
    step() {
      rates.advance();
      rates.apply();
    },
    stateDict: () => rates.stateDict(),
    loadStateDict(state) {
      rates.loadStateDict(state);
      rates.apply();
      return this;
    },
  };
}

export interface PlateauOptions {
  /** Whether the metric is better when smaller or when larger. Default: 'min'. */
  mode?: 'min' | 'max';
  /** What the rates are multiplied by, in [0, 1). Default: 0.1. */
  factor?: number;
  /** How many metrics in a row may be no better than the best. Default: 10. */
  patience?: number;
  /** How much better a metric must be to count. Default: 0.0001. */
  threshold?: number;
  /** Whether `threshold` is a part of the best or a difference to it. Default: 'relative'. */
  thresholdMode?: 'relative' | 'absolute';
  /** How many metrics after a fall are not counted. Default: 0. */
  cooldown?: number;
  /** Below which no rate falls. Default: 0. */
  minLr?: number;
}

/** Watches a metric. */
export interface Plateau {
  /** The best metric so far; ±∞ until there is one. */
  readonly best: number;
  /** Takes a metric, a number or a scalar tensor, outside of programs. Whether the rates have fallen. */
  step(metric: TensorLike<[]>): boolean;
  stateDict(): Record<string, Tensor>;
  /** Takes up where `stateDict()` was called. @throws StateError if names, ShapeError if shapes differ. */
  loadStateDict(state: OptimizerState): this;
}

/**
 * Lets the rates of an optimizer fall when a metric has not become better for more than `patience` calls; PyTorch's
 * ReduceLROnPlateau. A NaN is no better than anything. Where the optimizer has a schedule, the rate that this
 * multiplies falls.
 *
 * ```ts
 * const plateau = reduceOnPlateau(optimizer, { patience: 5 });
 * for (const epoch of epochs) plateau.step(validationLoss());
 * ```
 *
 * @throws ArgumentError for options out of range, and for a metric that is no number.
 */
export function reduceOnPlateau(optimizer: Optimizer, options: PlateauOptions = {}): Plateau {
  return new PlateauWatch(optimizer, options);
}

const PLATEAU = 'reduceOnPlateau';

class PlateauWatch implements Plateau {
  readonly #rates: readonly Variable<[]>[];
  readonly #options: Required<PlateauOptions>;
  #best: number;
  #waited = 0;
  #cooling = 0;

  constructor({ groups }: Optimizer, options: PlateauOptions) {
    const { mode = 'min', factor = 0.1, patience = 10, threshold = 1e-4 } = options;
    const { thresholdMode = 'relative', cooldown = 0, minLr = 0 } = options;
    checkChoice('mode', mode, ['min', 'max']);
    checkChoice('thresholdMode', thresholdMode, ['relative', 'absolute']);
    checkNumber(PLATEAU, 'factor', factor, 0, 1);
    checkWhole(PLATEAU, 'patience', patience, 0);
    checkNumber(PLATEAU, 'threshold', threshold, 0);
    checkWhole(PLATEAU, 'cooldown', cooldown, 0);
    checkNumber(PLATEAU, 'minLr', minLr, 0);
    this.#options = { mode, factor, patience, threshold, thresholdMode, cooldown, minLr };
    this.#rates = groups.map(({ baseLr }) => baseLr);
    this.#best = mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  get best(): number {
    return this.#best;
  }

  step(metric: TensorLike<[]>): boolean {
    const value: unknown = metric instanceof Operand ? metric.read().item() : metric;
    if (typeof value !== 'number') {
      throw new ArgumentError(
        `${PLATEAU}: a metric is a number or a scalar tensor, got ${typeof value}. Pass the loss of the validation.`,
      );
    }
    const { patience, cooldown } = this.#options;
    if (this.#isBetter(value)) {
      this.#best = value;
      this.#waited = 0;
    } else {
      this.#waited++;
    }
    if (this.#cooling > 0) {
      this.#cooling--;
      this.#waited = 0;
    }
    if (this.#waited <= patience) return false;
    this.#fall();
    this.#cooling = cooldown;
    this.#waited = 0;
    return true;
  }

  #isBetter(value: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const sign = mode === 'min' ? -1 : 1;
    const margin = thresholdMode === 'absolute' ? threshold : threshold * this.#best;
    // ∞ − ∞ is NaN: the first metric is compared with the infinity itself.
    const bar = Number.isFinite(this.#best) ? this.#best + sign * margin : this.#best;
    return mode === 'min' ? value < bar : value > bar;
  }

  #fall(): void {
    const { factor, minLr } = this.#options;
    for (const rate of this.#rates) {
      const now = rate.value.item();
      // A rate that lies below the least one already is not to rise.
      rate.assign(Math.min(now, Math.max(now * factor, minLr)));
    }
  }

  stateDict(): Record<string, Tensor> {
    const scalar = (value: number) => tensor(value, { dtype: 'float64' });
    return {
      best: scalar(this.#best),
      waited: scalar(this.#waited),
      cooling: scalar(this.#cooling),
    };
  }

  loadStateDict(state: OptimizerState): this {
    const names = ['best', 'waited', 'cooling'];
    checkNames(PLATEAU, names, Object.keys(state));
    for (const name of names) checkShapeOf(PLATEAU, name, [], state[name]);
    [this.#best, this.#waited, this.#cooling] = names.map((name) => state[name].item());
    return this;
  }
}

function checkChoice(name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new ArgumentError(
    `${PLATEAU}: ${name} is '${choices.join("' or '")}', got ${String(value)}. Check the option.`,
  );
}
