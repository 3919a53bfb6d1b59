// Optimizers: several as one. Groups of parameters have options of their own; a whole optimizer may stand beside another.

import { ArgumentError, type Tensor, type Variable } from '@retrograd/autograd';
import { checkNames } from './checks.js';
import type { Optimizer, OptimizerGroup, OptimizerState } from './optimizer.js';
import { ScheduledOptimizer, type ScheduleOption } from './schedules/scheduled.js';

/** Cells with options of their own; what is left out is as in the defaults. */
export type ParameterGroup<O> = Partial<O> & { readonly parameters: Iterable<Variable> };

/** What an optimizer moves: cells, or groups of them. */
export type ParameterList<O> = Iterable<Variable> | readonly ParameterGroup<O>[];

/** Makes one optimizer for each group, with its schedule if it has one, and joins them. */
export function optimizerOf<O extends ScheduleOption>(
  name: string,
  parameters: ParameterList<O>,
  defaults: O,
  make: (cells: Iterable<Variable>, options: O) => Optimizer,
): Optimizer {
  const one = (cells: Iterable<Variable>, options: O): Optimizer => {
    const optimizer = make(cells, options);
    const { schedule = null } = options;
    return schedule === null ? optimizer : new ScheduledOptimizer(optimizer, schedule);
  };
  if (!areGroups(parameters)) return one(parameters as Iterable<Variable>, defaults);
  const members = parameters.map((group) => {
    const { parameters: cells, ...own } = group;
    return one(cells, { ...defaults, ...own } as O);
  });
  return new JoinedOptimizer(name, members);
}

function areGroups<O>(parameters: ParameterList<O>): parameters is readonly ParameterGroup<O>[] {
  if (!Array.isArray(parameters) || parameters.length === 0) return false;
  return parameters.every(
    (item) => Object.getPrototypeOf(item ?? 0) === Object.prototype && 'parameters' in item,
  );
}

/**
 * Several optimizers as one: each moves its own parameters. Its groups are theirs, one after the other; its `lr` and
 * `hyper` are those of the first group.
 *
 * ```ts
 * const optimizer = joinOptimizers(muon(hidden.parameters()), adamW(head.parameters()));
 * ```
 *
 * @throws ArgumentError if there is none, or two of them move the same cell.
 */
export function joinOptimizers(...optimizers: readonly Optimizer[]): Optimizer {
  return new JoinedOptimizer(optimizers.map(({ name }) => name).join(' + '), optimizers);
}

export class JoinedOptimizer implements Optimizer {
  readonly name: string;
  readonly parameters: readonly Variable[];
  readonly groups: readonly OptimizerGroup[];
  readonly #members: readonly Optimizer[];

  constructor(name: string, members: readonly Optimizer[]) {
    if (members.length === 0) {
      throw new ArgumentError('joinOptimizers: joins at least one optimizer, got none. Pass some.');
    }
    this.name = name;
    this.#members = members;
    this.groups = members.flatMap(({ groups }) => groups);
    this.parameters = members.flatMap(({ parameters }) => parameters);
    const owners = new Map<Variable, number>();
    members.forEach(({ parameters }, i) => {
      for (const cell of parameters) {
        const other = owners.get(cell);
        if (other !== undefined) {
          throw new ArgumentError(
            `${name}: a parameter is in one group, got one of shape [${cell.shape.join(', ')}] in groups ${other} and ${i}. ` +
              'Take it out of one of them.',
          );
        }
        owners.set(cell, i);
      }
    });
  }

  get lr(): Variable<[]> {
    return this.groups[0].lr;
  }

  get hyper(): OptimizerGroup['hyper'] {
    return this.groups[0].hyper;
  }

  step(): void {
    for (const member of this.#members) member.step();
  }

  stateDict(): Record<string, Tensor> {
    const entries = this.#members.flatMap((member, i) =>
      Object.entries(member.stateDict()).map(([key, value]) => [`groups.${i}.${key}`, value]),
    );
    return Object.fromEntries(entries);
  }

  loadStateDict(state: OptimizerState): this {
    const before = this.stateDict();
    checkNames(this.name, Object.keys(before), Object.keys(state));
    try {
      this.#load(state);
    } catch (error) {
      // What the first members have taken goes back if a later one refuses its part.
      this.#load(before);
      throw error;
    }
    return this;
  }

  #load(state: OptimizerState): void {
    this.#members.forEach((member, i) => {
      const prefix = `groups.${i}.`;
      const own = Object.entries(state).flatMap(([key, value]) =>
        key.startsWith(prefix) ? [[key.slice(prefix.length), value] as const] : [],
      );
      member.loadStateDict(Object.fromEntries(own));
    });
  }

  toString(): string {
    return `${this.name} of ${this.#members.length} groups\n${this.#members
      .map((member, i) => `  ${i}: ${String(member).replaceAll('\n', '\n  ')}`)
      .join('\n')}`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
