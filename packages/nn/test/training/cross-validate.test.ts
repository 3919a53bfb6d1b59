// k-fold cross-validation.
import { accuracy, adam, crossEntropy, crossValidate, evaluate, kFold, train } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { rejection } from '../refusal.js';
import { freshModel, points } from './setting.js';

describe('kFold', () => {
  it('tests every row once, in parts of equal size to within one row', () => {
    const folds = kFold(11, 3, { seed: 1 });
    const tested = folds.flatMap(({ test }) => Array.from(test)).sort((a, b) => a - b);
    expect(tested).toEqual(Array.from({ length: 11 }, (_, i) => i));
    expect(folds.map(({ test }) => test.length)).toEqual([4, 4, 3]);
    for (const { train: rows, test } of folds) {
      expect(new Set([...rows, ...test]).size).toBe(11);
      expect(rows.length + test.length).toBe(11);
    }
  });

  it('gives each part its share of every class', () => {
    const { y } = points();
    for (const { test } of kFold(60, 5, { labels: y })) {
      const counts = [0, 0, 0];
      for (const row of test) counts[y.data()[row]]++;
      expect(counts).toEqual([6, 4, 2]);
    }
  });

  it('draws by the seed', () => {
    const first = (seed: number) => Array.from(kFold(20, 4, { seed })[0].test);
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
  });

  it.each([1, 2.5, 21])('refuses %s parts of 20 rows', (k) => {
    expect(() => kFold(20, k)).toThrow(
      `kFold: k is a whole number from 2 to the number of rows, got ${k}`,
    );
  });

  it('refuses labels of another number of rows', () => {
    expect(() => kFold(20, 4, { labels: [0, 1] })).toThrow(
      'kFold: labels are one for each row, got 2',
    );
  });
});

describe('crossValidate', () => {
  it('gives the figures of every fold, their mean and their spread', async () => {
    const sizes: number[][] = [];
    const { folds, mean, standardDeviation } = await crossValidate(
      points(),
      async ({ training, validation }) => {
        sizes.push([training.x.shape[0], validation.x.shape[0]]);
        const model = freshModel();
        const optimizer = adam(model.parameters(), { lr: 0.05 });
        await train(model, training, { loss: crossEntropy, optimizer, epochs: 20 });
        return evaluate(model, validation, { metrics: { accuracy } }).metrics;
      },
      { k: 3 },
    );
    expect(sizes).toEqual([
      [40, 20],
      [40, 20],
      [40, 20],
    ]);
    const [a, b, c] = folds.accuracy;
    const middle = (a + b + c) / 3;
    expect(mean.accuracy).toBeCloseTo(middle, 12);
    expect(middle).toBeGreaterThan(0.8);
    const spread = ((a - middle) ** 2 + (b - middle) ** 2 + (c - middle) ** 2) / 2;
    expect(standardDeviation.accuracy).toBeCloseTo(Math.sqrt(spread), 12);
  });

  it('refuses folds with different figures', async () => {
    const different = crossValidate(points(), ({ fold }) => ({ [`figure${fold}`]: 1 }));
    expect(await rejection(different)).toMatch(
      /^ArgumentError: crossValidate: every fold gives the same figures, got figure1 after figure0/,
    );
  });
});
