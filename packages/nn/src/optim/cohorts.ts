// Optimizers: who has taken how many steps. What has always moved together shares one count.

import { type Variable, variable } from '@retrograd/autograd';

/** Members that have taken the same steps, and how many that are, in a float64 cell. */
export interface Cohort<M> {
  readonly count: Variable<[]>;
  members: readonly M[];
}

/**
 * Every parameter has its own count of steps, since one that gets its first gradient late must start at 1. But as a
 * rule all of them move together: so they begin as one cohort, and one that stays behind founds its own.
 */
export class Cohorts<M> {
  readonly #cohorts: Cohort<M>[] = [];

  /** @param counts how many steps each member has taken; none unless given. */
  constructor(members: readonly M[], counts: readonly number[] = members.map(() => 0)) {
    for (const count of new Set(counts)) {
      this.#found(
        members.filter((_, i) => counts[i] === count),
        count,
      );
    }
  }

  /** The cohorts whose members all move now; those who don't have been separated from those who do. */
  moving(moves: (member: M) => boolean): Cohort<M>[] {
    const result: Cohort<M>[] = [];
    for (const cohort of [...this.#cohorts]) {
      const movers = cohort.members.filter(moves);
      if (movers.length === 0) continue;
      if (movers.length < cohort.members.length) {
        this.#found(
          cohort.members.filter((member) => !movers.includes(member)),
          cohort.count.copy(),
        );
        cohort.members = movers;
      }
      result.push(cohort);
    }
    return result;
  }

  /** How many steps a member has taken. */
  countOf(member: M): number {
    const cohort = this.#cohorts.find(({ members }) => members.includes(member));
    return cohort === undefined ? 0 : cohort.count.read().item();
  }

  #found(members: readonly M[], count: number | Variable<[]>): void {
    const cell =
      typeof count === 'number'
        ? variable(count, { dtype: 'float64', requiresGrad: false })
        : count;
    this.#cohorts.push({ count: cell, members });
  }
}
