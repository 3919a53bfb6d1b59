// Metrics of ranks: against counting, ties, what is missing, what is refused.

import { rng, tensor, zeros } from '@retrograd/autograd';
import { accuracy, rocAuc, rocCurve, topKAccuracy } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const int32 = { dtype: 'int32' } as const;

describe('topKAccuracy', () => {
  const scores = tensor([
    [0.5, 0.2, 0.2],
    [0.3, 0.4, 0.2],
    [0.2, 0.4, 0.3],
    [0.7, 0.2, 0.1],
  ]);
  const labels = tensor([0, 1, 2, 2], int32);

  it('counts those whose class is among the k best', () => {
    expect([1, 2, 3, 9].map((k) => topKAccuracy(scores, labels, { k }))).toEqual([0.5, 0.75, 1, 1]);
    expect(topKAccuracy(scores, labels)).toBe(1);
  });

  it('is the accuracy for k = 1, ties included', () => {
    const x = rng(1).normal([50, 4]).mul(2).round();
    const y = tensor(Int32Array.from({ length: 50 }, (_, i) => i % 4));
    expect(topKAccuracy(x, y, { k: 1 })).toBe(accuracy(x, y));
  });

  it('is NaN without samples, and counts a score NaN as a miss', () => {
    expect(topKAccuracy(zeros([0, 3]), zeros([0], int32))).toBeNaN();
    expect(topKAccuracy(tensor([[Number.NaN, 1]]), tensor([0], int32), { k: 2 })).toBe(0);
  });

  it('refuses what does not fit', () => {
    expect(refusal(() => topKAccuracy(scores, labels, { k: 0 }))).toBe(
      'ArgumentError: topKAccuracy: k is a whole number of at least 1, got 0. Pass how many classes count as a hit.',
    );
    expect(refusal(() => topKAccuracy(scores, scores))).toBe(
      'ShapeError: topKAccuracy: takes scores [samples, classes] and class indices [samples], got [4, 3] and [4, 3]. ' +
        'Reshape one of them.',
    );
    expect(refusal(() => topKAccuracy(scores, zeros([4])))).toBe(
      "DTypeError: topKAccuracy: class indices are int32, got float32. Cast them with .cast('int32').",
    );
    expect(refusal(() => topKAccuracy(scores, tensor([0, 1, 3, 0], int32)))).toBe(
      'IndexError: topKAccuracy: class indices lie in 0 … 2, got 3 in row 2. Check that the model has one output for each class.',
    );
  });
});

/** The share of pairs of a yes and a no that are in order, one by one. */
function byPairs(scores: readonly number[], yes: readonly number[]): number {
  let [sum, pairs] = [0, 0];
  scores.forEach((a, i) => {
    scores.forEach((b, j) => {
      if (yes[i] !== 1 || yes[j] !== 0) return;
      sum += a > b ? 1 : a === b ? 0.5 : 0;
      pairs++;
    });
  });
  return sum / pairs;
}

describe('rocAuc', () => {
  it('is 1 for a perfect order, 0 for its reverse, ½ for none', () => {
    const answers = tensor([0, 0, 1, 1], int32);
    expect(rocAuc(tensor([1, 2, 3, 4]), answers)).toBe(1);
    expect(rocAuc(tensor([4, 3, 2, 1]), answers)).toBe(0);
    expect(rocAuc(tensor([7, 7, 7, 7]), answers)).toBe(0.5);
    expect(rocAuc(tensor([[0.1], [0.4], [0.35], [0.8]]), answers)).toBe(0.75);
  });

  it('is the share of pairs in order, ties counting half', () => {
    const x = rng(2).normal([60]).mul(3).round();
    const y = rng(3).uniform([60]).greater(0.6);
    const pairs = byPairs(Array.from(x.data()), Array.from(y.data()));
    expect(rocAuc(x, y)).toBeCloseTo(pairs, 14);
    const { falsePositiveRate: f, truePositiveRate: t } = rocCurve(x, y);
    const area = f.reduce(
      (sum, value, i) => (i === 0 ? 0 : sum + ((value - f[i - 1]) * (t[i] + t[i - 1])) / 2),
      0,
    );
    expect(area).toBeCloseTo(pairs, 14);
  });

  it('is the mean of each class against the rest', () => {
    const x = rng(4).normal([30, 3]);
    const labels = Array.from({ length: 30 }, (_, i) => i % 3);
    const each = [0, 1, 2].map((c) =>
      byPairs(
        Array.from(x.slice(null, c).data()),
        labels.map((label) => (label === c ? 1 : 0)),
      ),
    );
    expect(rocAuc(x, tensor(labels, int32))).toBeCloseTo((each[0] + each[1] + each[2]) / 3, 14);
  });

  it('is NaN where there is no yes or no no', () => {
    expect(rocAuc(tensor([1, 2]), tensor([1, 1]))).toBeNaN();
    expect(rocAuc(zeros([0]), zeros([0]))).toBeNaN();
  });

  it('refuses what can not be ranked', () => {
    expect(refusal(() => rocAuc(tensor([1, Number.NaN]), tensor([0, 1])))).toBe(
      'ArgumentError: rocAuc: scores can be ordered, got NaN at element 1. Find where the model turns to NaN.',
    );
    expect(refusal(() => rocAuc(tensor([1, 2]), tensor([0, 2])))).toBe(
      'ArgumentError: rocAuc: answers are 0 or 1, got 2 in row 1. Compare the labels with the class that is yes.',
    );
    expect(refusal(() => rocAuc(tensor([1, 2]), tensor([0])))).toBe(
      'ShapeError: rocAuc: takes one score and one answer for each sample, got [2] and [1]. ' +
        'Pass the column of the class that is yes.',
    );
  });
});

describe('rocCurve', () => {
  it('has a point for ∞ and for each score', () => {
    expect(rocCurve(tensor([0.25, 0.5, 0.5, 0.75]), tensor([0, 0, 1, 1]))).toEqual({
      falsePositiveRate: [0, 0, 0.5, 1],
      truePositiveRate: [0, 0.5, 1, 1],
      thresholds: [Number.POSITIVE_INFINITY, 0.75, 0.5, 0.25],
    });
  });
});
