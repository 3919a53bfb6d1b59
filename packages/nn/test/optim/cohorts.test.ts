// Counts of steps: shared for as long as all move together, separated when some stay behind.

import { describe, expect, it } from 'vitest';
import { Cohorts } from '../../src/optim/cohorts.js';

const members = ['a', 'b', 'c'];

function move(cohorts: Cohorts<string>, moving: string): number {
  const moved = cohorts.moving((member) => moving.includes(member));
  for (const { count } of moved) count.assign(count.value.add(1));
  return moved.length;
}

describe('cohorts', () => {
  it('are one for as long as all move together', () => {
    const cohorts = new Cohorts(members);
    expect(move(cohorts, 'abc')).toBe(1);
    expect(move(cohorts, 'abc')).toBe(1);
    expect(members.map((member) => cohorts.countOf(member))).toEqual([2, 2, 2]);
  });

  it('separate those who stay behind, and count each by its own steps', () => {
    const cohorts = new Cohorts(members);
    move(cohorts, 'abc');
    expect(move(cohorts, 'ac')).toBe(1);
    expect(move(cohorts, 'b')).toBe(1);
    expect(move(cohorts, 'abc')).toBe(2);
    expect(move(cohorts, 'c')).toBe(1);
    expect(members.map((member) => cohorts.countOf(member))).toEqual([3, 3, 4]);
  });

  it('begin with given counts, together where these are equal', () => {
    const cohorts = new Cohorts(members, [5, 2, 5]);
    expect(move(cohorts, 'abc')).toBe(2);
    expect(members.map((member) => cohorts.countOf(member))).toEqual([6, 3, 6]);
  });

  it('are none where nothing moves', () => {
    expect(move(new Cohorts(members), '')).toBe(0);
    expect(move(new Cohorts<string>([]), 'a')).toBe(0);
  });
});
