import { type Tensor, tensor } from '@retrograd/autograd';
import { gradcheck } from '@retrograd/autograd/testing';
import { describe, expect, it } from 'vitest';
import { auditMistake, compareWays, mistaken } from '../src/new-op.js';

describe('a new operation, declared in three ways', () => {
  const ways = compareWays(100, 2);

  it('has the same values in each', () => {
    expect(ways.map(({ way }) => way)).toEqual(['formula', 'operations', 'kernel']);
    for (const { valueError } of ways) expect(valueError).toBeLessThan(1e-14);
  });

  it('has first and second derivatives that finite differences confirm in each', () => {
    for (const { firstError, secondError } of ways) {
      expect(firstError).toBeLessThan(1e-9);
      expect(secondError).toBeLessThan(1e-9);
    }
  });

  it('is timed in each', () => {
    for (const { microseconds } of ways) expect(microseconds).toBeGreaterThan(0);
  });
});

describe('a new operation with a slip in its derivative', () => {
  it('is refused by gradcheck', () => {
    const x = tensor([0.3, 2], { dtype: 'float64' });
    expect(() => gradcheck((x: Tensor) => mistaken(x), [x], { modes: ['reverse'] })).toThrow(
      /first derivative/,
    );
  });

  it('is named by the audit', () => {
    expect(auditMistake()).toBe('mishMistaken');
  });
});
