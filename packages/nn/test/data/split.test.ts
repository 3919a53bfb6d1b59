// Splits: every row on one side, shares by class, the same for the same seed.

import { tensor } from '@retrograd/autograd';
import { randomSplit, type Split, stratifiedSplit } from '@retrograd/nn';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const rows = ({ train, test }: Split) => [...train, ...test].sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const countOf = (labels: readonly number[], part: Int32Array, label: number) =>
  part.filter((row) => labels[row] === label).length;

describe('randomSplit', () => {
  it('keeps a fraction of the rows, each row on one side', () => {
    const split = randomSplit(10, 0.25, 1);
    expect([split.train.length, split.test.length]).toEqual([7, 3]);
    expect(rows(split)).toEqual(upTo(10));
    expect(randomSplit(3, 0).test).toHaveLength(0);
  });

  it('is drawn by its seed', () => {
    expect(randomSplit(50, 0.5, 1)).toEqual(randomSplit(50, 0.5, 1));
    expect(randomSplit(50, 0.5)).toEqual(randomSplit(50, 0.5, 0));
    expect(randomSplit(50, 0.5, 1)).not.toEqual(randomSplit(50, 0.5, 2));
    expect(Array.from(randomSplit(50, 0.5).train)).not.toEqual(
      [...randomSplit(50, 0.5).train].sort((a, b) => a - b),
    );
  });
});

describe('stratifiedSplit', () => {
  it('gives every class its share to within one row, the whole its share, and training a row of each', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        fc.nat(),
        (labels, fraction, seed) => {
          const split = stratifiedSplit(labels, fraction, seed);
          expect(rows(split)).toEqual(upTo(labels.length));
          for (const label of new Set(labels)) {
            const size = labels.filter((other) => other === label).length;
            const kept = countOf(labels, split.test, label);
            expect(Math.abs(kept - size * fraction)).toBeLessThan(1);
            expect(kept).toBeLessThan(size);
          }
          const largestTest = labels.length - new Set(labels).size;
          const wanted = Math.min(Math.round(labels.length * fraction), largestTest);
          expect(split.test.length).toBeLessThanOrEqual(Math.round(labels.length * fraction));
          if (new Set(labels).size === 1) expect(split.test.length).toBe(wanted);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('takes a tensor of class indices', () => {
    const labels = [0, 1, 1, 0, 1, 1];
    const split = stratifiedSplit(tensor(labels, { dtype: 'int32' }), 0.5, 3);
    expect(split).toEqual(stratifiedSplit(labels, 0.5, 3));
    expect([0, 1].map((label) => countOf(labels, split.test, label))).toEqual([1, 2]);
  });

  it('gives the rows that rounding leaves over to the classes that lost most', () => {
    // 7 · ¼ = 1.75, 5 · ¼ = 1.25, 4 · ¼ = 1: of 4 rows the largest class gets the odd one.
    const labels = [...Array(7).fill(0), ...Array(5).fill(1), ...Array(4).fill(2)];
    const { test } = stratifiedSplit(labels, 0.25);
    expect([0, 1, 2].map((label) => countOf(labels, test, label))).toEqual([2, 1, 1]);
  });
});

describe.each([
  ['randomSplit', randomSplit],
  [
    'stratifiedSplit',
    (count: number, fraction: number) => stratifiedSplit(Array(count).fill(0), fraction),
  ],
] as const)('%s', (name, split) => {
  it.each([-0.1, 1, Number.NaN])('refuses a fraction of %s', (fraction) => {
    expect(refusal(() => split(4, fraction))).toBe(
      `ArgumentError: ${name}: the fraction kept for the test is at least 0 and below 1, got ${fraction}. ` +
        'Pass for example 0.25.',
    );
  });

  it('refuses to leave nothing to train on', () => {
    expect(refusal(() => split(0, 0.25))).toBe(
      `ArgumentError: ${name}: leaves at least one row to train on, got 0 rows of which 0 are kept. ` +
        'Bring more rows, or keep a smaller fraction.',
    );
  });
});
