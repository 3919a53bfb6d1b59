// The line search on functions of one variable.

import { describe, expect, it } from 'vitest';
import { type Sample, type SearchOptions, strongWolfe } from '../../src/minimize/line-search.js';

/** The samples that a search along a function takes, and its result. */
function search(
  f: (x: number) => number,
  slope: (x: number) => number,
  options: Partial<SearchOptions> = {},
) {
  const seen: number[] = [];
  const phi = (alpha: number): Sample => {
    seen.push(alpha);
    const x = Float64Array.of(alpha);
    const [value, gradient] = [f(alpha), Float64Array.of(slope(alpha))];
    return { alpha, value, slope: gradient[0], point: { x, value, gradient } };
  };
  const start = phi(0);
  const result = strongWolfe(phi, start, {
    first: 1,
    longest: Number.POSITIVE_INFINITY,
    curvature: 0.1,
    epsilon: Number.EPSILON,
    exhausted: () => false,
    unbounded: (value) => value < -1e30,
    ...options,
  });
  return { result, seen: seen.slice(1), start };
}

const wolfe = (s: unknown, start: Sample, curvature: number): boolean => {
  const { alpha, value, slope } = s as Sample;
  return (
    value <= start.value + 1e-4 * alpha * start.slope &&
    Math.abs(slope) <= curvature * Math.abs(start.slope)
  );
};

describe('strongWolfe', () => {
  it.each([1e-6, 1e-3, 1, 1e3, 1e6])('meets its conditions from a first step of %d', (first) => {
    // The functions of Moré and Thuente, ACM TOMS 20(3), 1994, equations 5.1 and 5.2, and one with ripples.
    const cases: [(x: number) => number, (x: number) => number][] = [
      [(x) => -x / (x * x + 2), (x) => (x * x - 2) / (x * x + 2) ** 2],
      [
        (x) => (x + 0.004) ** 5 - 2 * (x + 0.004) ** 4,
        (x) => 5 * (x + 0.004) ** 4 - 8 * (x + 0.004) ** 3,
      ],
      [(x) => (x - 3) ** 2 + 0.3 * Math.cos(8 * x), (x) => 2 * (x - 3) - 2.4 * Math.sin(8 * x)],
    ];
    for (const [f, slope] of cases) {
      const { result, start } = search(f, slope, { first });
      expect(wolfe(result, start, 0.1)).toBe(true);
    }
  });

  it('finds the minimum of a cubic by one interpolation', () => {
    const { seen } = search(
      (x) => x ** 3 - 3 * x ** 2 - x,
      (x) => 3 * x ** 2 - 6 * x - 1,
      { first: 3.2 },
    );
    expect(seen).toEqual([3.2, expect.closeTo(1 + Math.sqrt(4 / 3), 12)]);
  });

  it('comes back from where the function is not finite', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const { result, start } = search(
        (x) => (x > 0.01 ? bad : (x - 0.005) ** 2),
        (x) => (x > 0.01 ? Number.NaN : 2 * (x - 0.005)),
      );
      expect(wolfe(result, start, 0.1)).toBe(true);
    }
  });

  it('goes no further than the longest step', () => {
    const { result, seen } = search(
      (x) => -x,
      () => -1,
      { longest: 7 },
    );
    expect((result as Sample).alpha).toBe(7);
    expect(Math.max(...seen)).toBe(7);
  });

  it('ends where the function falls without bound, and where it may evaluate no more', () => {
    const falls = search(
      (x) => -x,
      () => -1,
    );
    expect((falls.result as Sample).value).toBeLessThan(-1e30);
    let left = 3;
    const short = search(
      (x) => -x,
      () => -1,
      { exhausted: () => --left < 0 },
    );
    expect(short.seen.length).toBeLessThan(6);
  });

  it('accepts by slopes what is too flat for values', () => {
    const { result } = search(
      (x) => 1e8 + 1e-9 * (x - 1) ** 2,
      (x) => 2e-9 * (x - 1),
      { first: 0.9 },
    );
    expect((result as Sample).alpha).toBe(0.9);
  });

  it('tells a slope that belongs to another function from a flat one', () => {
    expect(
      search(
        (x) => x,
        () => -1,
      ).result,
    ).toBe('contradiction');
    expect(
      search(
        (x) => 1 + 1e30 * Math.max(0, x - 1e-18) ** 2,
        (x) => (x < 1e-18 ? -1e-9 : 2e30 * (x - 1e-18)),
      ).result,
    ).toBe('flat');
  });
});
