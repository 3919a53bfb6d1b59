// Schedules: the cells behind one that drives an optimizer: the step count and the rates that are multiplied.

import { ArgumentError, noGrad, type Tensor, type Variable, variable } from '@retrograd/autograd';
import { checkNames, checkShapeOf } from '../checks.js';
import type { Optimizer, OptimizerState } from '../optimizer.js';
import { Schedule } from './schedule.js';

/** A float64 cell that is counted or computed, not trained. */
function cellOf(value: Tensor<[]> | number): Variable<[]> {
  return typeof value === 'number'
    ? variable(value, { dtype: 'float64', requiresGrad: false })
    : variable(value, { requiresGrad: false });
}

export class Rates {
  readonly schedule: Schedule;
  /** The number of the step that the rates are for: 0, 1, …. */
  readonly count: Variable<[]> = cellOf(0);
  /** The rates that the factor multiplies, one for each group. */
  readonly bases: readonly Variable<[]>[];
  readonly #targets: readonly Variable<[]>[];
  readonly #op: string;

  constructor(op: string, { groups }: Optimizer, schedule: Schedule) {
    if (!(schedule instanceof Schedule)) {
      throw new ArgumentError(
        `${op}: schedule is a schedule, got ${typeof schedule}. Make one with cosineDecay(…), or defineSchedule(…).`,
      );
    }
    this.#op = op;
    this.schedule = schedule;
    this.#targets = groups.map(({ baseLr }) => baseLr);
    this.bases = this.#targets.map((rate) => cellOf(rate.value));
  }

  /** Gives each group its base times the factor of this step. */
  apply(): void {
    noGrad(() => {
      const factor = this.schedule.factor(this.count.read());
      this.#targets.forEach((rate, i) => {
        rate.assign(this.bases[i].read().mul(factor) as Tensor<[]>);
      });
    });
  }

  /** Goes on to the next step. */
  advance(): void {
    noGrad(() => this.count.assign(this.count.read().add(1) as Tensor<[]>));
  }

  #cells(): [string, Variable][] {
    return [
      ['schedule.step', this.count],
      ...this.bases.map((base, i): [string, Variable] => [`schedule.baseLr.${i}`, base]),
    ];
  }

  stateDict(): Record<string, Tensor> {
    return Object.fromEntries(this.#cells().map(([name, cell]) => [name, cell.read()]));
  }

  loadStateDict(state: OptimizerState): void {
    const cells = this.#cells();
    checkNames(
      this.#op,
      cells.map(([name]) => name),
      Object.keys(state),
    );
    for (const [name] of cells) checkShapeOf(this.#op, name, [], state[name]);
    for (const [name, cell] of cells) cell.assign(state[name].detach().cast('float64'));
  }
}
