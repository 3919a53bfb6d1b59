// Schedules: what one is. A formula of the step count, evaluated on numbers or within a program.

import {
  ArgumentError,
  defineElementwise,
  type ElementwiseFunction,
  Expr,
  noGrad,
  type Tensor,
  type TensorLike,
  tensor,
} from '@retrograd/autograd';
import { checkNumber } from '../checks.js';

/** The factor of the learning rate in step t = 0, 1, …, as a formula. */
export type ScheduleFormula = (t: Expr) => Expr;

/**
 * By what the learning rate is multiplied in step t = 0, 1, 2, …; 1 is the rate that the optimizer was given. Hand it
 * to an optimizer (`adam(parameters, { lr: 0.01, schedule })`) or to `scheduler`.
 */
export class Schedule {
  readonly name: string;
  /** After how many steps it has come to its end and stays there; ∞ if it never does. */
  readonly steps: number;
  readonly formula: ScheduleFormula;
  readonly #factor: ElementwiseFunction;

  /** @internal Use `defineSchedule`, or one of the schedules that are there. */
  constructor(name: string, formula: ScheduleFormula, steps: number) {
    this.name = name;
    this.steps = steps;
    this.formula = formula;
    // The length says how many operands a formula takes.
    this.#factor = defineElementwise(name, (t) => formula(t));
  }

  /** The factor in step t ≥ 0. @throws ArgumentError for a t that is negative or not finite. */
  at(t: number): number {
    checkNumber(this.name, 't', t, 0);
    return noGrad(() => this.#factor(tensor(t, { dtype: 'float64' })).item());
  }

  /** The same as a tensor operation, for a count that stands in a cell. */
  factor(t: TensorLike<[]>): Tensor<[]> {
    return this.#factor(t) as Tensor<[]>;
  }

  toString(): string {
    const end = Number.isFinite(this.steps) ? `, ${this.at(this.steps)} from ${this.steps} on` : '';
    return `${this.name}: ${this.at(0)} at 0${end}`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/**
 * A schedule from a formula of the step count, written as those of `defineElementwise` are: the same formula runs on
 * numbers and in programs.
 *
 * ```ts
 * const noam = defineSchedule('noam', (t) => t.add(1).rsqrt().minimum(t.add(1).mul(4000 ** -1.5)));
 * ```
 *
 * @param steps after how many steps it stays as it is; needed where another is to follow in `joinSchedules`.
 * @throws ArgumentError if `formula` is not a function that returns a formula.
 */
export function defineSchedule(
  name: string,
  formula: ScheduleFormula,
  steps: number = Number.POSITIVE_INFINITY,
): Schedule {
  const checked = (t: Expr): Expr => {
    const result: unknown = typeof formula === 'function' ? formula(t) : formula;
    if (result instanceof Expr) return result;
    throw new ArgumentError(
      `${name}: a schedule is a function of t that returns a formula, got ${typeof result}. ` +
        'Write it with the methods of t: (t) => t.add(1).rsqrt().',
    );
  };
  return new Schedule(name, checked, steps);
}
