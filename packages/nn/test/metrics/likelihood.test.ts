// Log loss and perplexity: by hand, at the ends of the scale, what is refused.

import { rng, softmax, tensor, zeros } from '@retrograd/autograd';
import { binaryCrossEntropy, crossEntropy, logLoss, perplexity } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const int32 = { dtype: 'int32' } as const;
const x = rng(1).normal([5, 3], { dtype: 'float64' });
const labels = tensor([0, 1, 2, 1, 0], int32);

describe('logLoss', () => {
  it('is the cross-entropy of the logits that the probabilities are of', () => {
    expect(logLoss(softmax(x), labels)).toBeCloseTo(crossEntropy(x, labels).item(), 14);
    const [one, answers] = [x.slice(null, 0), tensor([1, 0, 0, 1, 1])];
    expect(logLoss(one.sigmoid(), answers)).toBeCloseTo(
      binaryCrossEntropy(one, answers).item(),
      14,
    );
  });

  it('stays finite for what is sure and wrong', () => {
    expect(logLoss(tensor([[1, 0]]), tensor([1], int32))).toBeCloseTo(52 * Math.LN2, 12);
    expect(logLoss(tensor([0]), tensor([1]))).toBeCloseTo(52 * Math.LN2, 12);
    expect(logLoss(tensor([1, 0]), tensor([true, false]))).toBeCloseTo(0, 15);
  });

  it('is NaN without samples, and refuses logits and other shapes', () => {
    expect(logLoss(zeros([0, 3]), zeros([0], int32))).toBeNaN();
    expect(logLoss(zeros([0]), zeros([0]))).toBeNaN();
    expect(refusal(() => logLoss(tensor([0.5, 2]), tensor([0, 1])))).toBe(
      'ArgumentError: logLoss: probabilities lie in [0, 1], got 2 at element 1. Pass logits to crossEntropy instead.',
    );
    expect(refusal(() => logLoss(zeros([2, 1]), zeros([2])))).toContain(
      'would broadcast to [2, 2]',
    );
  });
});

describe('perplexity', () => {
  it('is 1 for the sure and right, the number of classes for the blind', () => {
    expect(perplexity(tensor([[1e3, 0]]), tensor([0], int32))).toBe(1);
    expect(perplexity(zeros([2, 4, 7]), zeros([2, 4], int32))).toBeCloseTo(7, 5);
    expect(perplexity(x, labels)).toBeCloseTo(Math.exp(crossEntropy(x, labels).item()), 14);
  });
});
