// Metrics of numbers: examples by hand, constant targets, no samples, what is refused.

import { ShapeError, tensor, zeros } from '@retrograd/autograd';
import {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  r2,
  rootMeanSquaredError,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const y = tensor([1, 2, 3, 6]);
const a = tensor([1, 3, 3, 4]);

describe('metrics of numbers', () => {
  it('have the values that one computes by hand', () => {
    expect(meanAbsoluteError(a, y)).toBe(3 / 4);
    expect(meanSquaredError(a, y)).toBe(5 / 4);
    expect(meanAbsolutePercentageError(a, y)).toBeCloseTo((1 / 2 + 2 / 6) / 4, 15);
    expect(rootMeanSquaredError(a, y)).toBe(Math.sqrt(5) / 2);
    expect(r2(a, y)).toBeCloseTo(1 - 5 / 14, 15);
  });

  it.each([
    ['meanAbsoluteError', meanAbsoluteError],
    ['meanAbsolutePercentageError', meanAbsolutePercentageError],
    ['meanSquaredError', meanSquaredError],
    ['rootMeanSquaredError', rootMeanSquaredError],
    ['r2', r2],
  ] as const)('%s is NaN without samples, and refuses to broadcast', (name, metric) => {
    expect(metric(zeros([0, 2]), zeros([0, 2]))).toBeNaN();
    expect(() => metric(zeros([4, 1]), zeros([4]))).toThrow(ShapeError);
    expect(() => metric(zeros([4, 1]), zeros([4]))).toThrow(
      `${name}: prediction [4, 1] and target [4] would broadcast to [4, 4].`,
    );
  });
});

describe('r2', () => {
  it('is 1 for what is exact, 0 for the mean, and negative for worse', () => {
    expect(r2(y, y)).toBe(1);
    expect(r2(tensor([3, 3, 3, 3]), y)).toBe(0);
    expect(r2(tensor([6, 3, 2, 1]), y)).toBeLessThan(0);
  });

  it('is the mean over outputs', () => {
    const target = tensor([
      [1, 0],
      [2, 4],
    ]);
    const guess = tensor([
      [1, 1],
      [2, 4],
    ]);
    expect(r2(guess, target)).toBeCloseTo((1 + (1 - 1 / 8)) / 2, 15);
  });

  it('is 1 or 0 for a constant target, as it is met or not', () => {
    expect(r2(tensor([2, 2]), tensor([2, 2]))).toBe(1);
    expect(r2(tensor([2, 3]), tensor([2, 2]))).toBe(0);
    expect(r2(tensor(1), tensor(1))).toBe(1);
  });
});

describe('meanAbsolutePercentageError', () => {
  it('is huge, and finite, where a target is 0', () => {
    expect(meanAbsolutePercentageError(tensor([1]), tensor([0]))).toBe(2 ** 52);
    expect(meanAbsolutePercentageError(tensor([0]), tensor([0]))).toBe(0);
  });
});
