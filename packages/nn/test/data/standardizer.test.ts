// Standardisation: mean 0, deviation 1, and columns that have nothing to tell.

import { Standardizer } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

describe('Standardizer', () => {
  it('brings numbers to mean 0 and standard deviation 1', () => {
    const scale = Standardizer.of([2, 4, 4, 4, 5, 5, 7, 9]);
    expect(scale.mean).toBeCloseTo(5, 14);
    expect(scale.std).toBeCloseTo(2, 14);
    expect(scale.apply(9)).toBeCloseTo(2, 14);
    expect(scale.undo(scale.apply(7))).toBeCloseTo(7, 14);
  });

  it('makes a constant column 0, whatever comes later', () => {
    const scale = Standardizer.of([0.1, 0.1, 0.1]);
    expect(scale).toMatchObject({ mean: 0.1, std: 0 });
    expect([scale.apply(0.1), scale.apply(7)]).toEqual([0, 0]);
    expect(scale.undo(0)).toBe(0.1);
    expect(Standardizer.of([])).toMatchObject({ mean: 0, std: 0 });
    expect(Standardizer.of([5])).toMatchObject({ mean: 5, std: 0 });
  });

  it('loses nothing to a large offset, nor to numbers whose squares overflow or vanish', () => {
    const offset = Standardizer.of([1e9 + 1, 1e9 + 2, 1e9 + 3]);
    expect(offset.mean).toBe(1e9 + 2);
    expect(offset.std).toBeCloseTo(Math.sqrt(2 / 3), 7);
    for (const size of [1e300, 1e-300]) {
      const scale = Standardizer.of([-size, size]);
      expect(scale.std / size).toBeCloseTo(1, 14);
      expect(scale.apply(size)).toBeCloseTo(1, 14);
    }
  });
});
