// Tests of tensor/normal: quantiles of the normal distribution against figures of 30 digits.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inverseNormal } from '../../src/tensor/normal.js';

/** [p, z as a double, what that rounding dropped] */
type Row = readonly [p: number, hi: number, lo: number];

const figures: Row[] = JSON.parse(
  readFileSync(new URL('./fixtures/inverse_normal.json', import.meta.url), 'utf8'),
);

const worst = (rows: readonly Row[]) =>
  Math.max(...rows.map(([p, hi, lo]) => Math.abs((inverseNormal(p) - hi - lo) / hi)));

describe('the inverse of the normal distribution', () => {
  test('is within 8e-16 of the figures, relatively, from 1e-300 to 1 − 2⁻⁵³', () => {
    expect(figures.length).toBeGreaterThan(150);
    expect(worst(figures.filter(([p]) => p <= 0.075 || p >= 0.925))).toBeLessThan(8e-16);
    expect(worst(figures.filter(([p]) => p > 0.075 && p < 0.925))).toBeLessThan(8e-16);
  });

  test('is exactly 0 in the middle and odd around it', () => {
    expect(inverseNormal(0.5)).toBe(0);
    for (const p of [0.25, 0.125, 0.0625, 2 ** -20]) {
      expect(inverseNormal(1 - p)).toBe(-inverseNormal(p));
    }
  });

  test('grows, also across the seams of its three pieces', () => {
    for (const seam of [0.075, 0.925, Math.exp(-25), 1 - Math.exp(-25)]) {
      const step = seam < 0.5 ? seam * 1e-9 : (1 - seam) * 1e-3 + 1e-15;
      const around = [-2, -1, 0, 1, 2].map((k) => inverseNormal(seam + k * step));
      expect([...around].sort((a, b) => a - b)).toEqual(around);
    }
  });
});
