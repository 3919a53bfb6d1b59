// The Kullback–Leibler divergence: values, zeros, derivatives, what is refused.

import {
  DTypeError,
  logSoftmax,
  rng,
  ShapeError,
  softmax,
  type Tensor,
  tensor,
  zeros,
} from '@retrograd/autograd';
import { gradcheck } from '@retrograd/autograd/testing';
import { klDivergence } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const float64 = { dtype: 'float64' } as const;
const x = logSoftmax(rng(1).normal([4, 3], float64));
const y = softmax(rng(2).normal([4, 3], float64));

describe('klDivergence', () => {
  it('is 0 from a distribution to itself, and positive from any other', () => {
    expect(klDivergence(y.log(), y).item()).toBeCloseTo(0, 15);
    expect(
      klDivergence(x, y, { reduction: 'none' })

        .data()
        .every((row) => row > 0),
    ).toBe(true);
  });

  it('has the value that one computes by hand', () => {
    const half = tensor([[0.5, 0.5]], float64);
    const quarter = tensor([[0.25, 0.75]], float64);
    const by = 0.5 * Math.log(0.5 / 0.25) + 0.5 * Math.log(0.5 / 0.75);
    expect(klDivergence(quarter.log(), half).item()).toBeCloseTo(by, 15);
  });

  it('takes the mean over rows', () => {
    const rows = klDivergence(x, y, { reduction: 'none' });
    expect(rows.shape).toEqual([4]);
    expect(klDivergence(x, y).item()).toBeCloseTo(rows.sum().item() / 4, 15);
    expect(klDivergence(x, y, { reduction: 'sum' }).item()).toBeCloseTo(rows.sum().item(), 14);
  });

  it('takes a single distribution', () => {
    expect(klDivergence(x.slice(0), y.slice(0)).item()).toBeCloseTo(
      klDivergence(x.slice([0, 1]), y.slice([0, 1])).item(),
      15,
    );
  });

  it('counts what the target excludes as nothing, and is ∞ where the prediction excludes what the target has', () => {
    const p = tensor([[0, Number.NEGATIVE_INFINITY]]);
    expect(klDivergence(p, tensor([[1, 0]])).item()).toBe(0);
    expect(klDivergence(p, tensor([[0.5, 0.5]])).item()).toBe(Number.POSITIVE_INFINITY);
  });

  it('agrees with finite differences in both operands, twice', () => {
    for (const reduction of ['mean', 'sum', 'none'] as const) {
      gradcheck((a: Tensor, b: Tensor) => klDivergence(a, b, { reduction }), [x, y]);
    }
  });

  it('is NaN as a mean of nothing, 0 as its sum', () => {
    expect(klDivergence(zeros([0, 2]), zeros([0, 2])).item()).toBeNaN();
    expect(klDivergence(zeros([0, 2]), zeros([0, 2]), { reduction: 'sum' }).item()).toBe(0);
  });

  it('refuses class indices and other shapes', () => {
    const labels = () => klDivergence(x, zeros([4], { dtype: 'int32' }));
    expect(labels).toThrow(DTypeError);
    expect(labels).toThrow('klDivergence: target probabilities are float32 or float64, got int32.');
    const shapes = () => klDivergence(x, zeros([4, 1], float64));
    expect(shapes).toThrow(ShapeError);
    expect(shapes).toThrow(
      'klDivergence: prediction [4, 3] and target [4, 1] would broadcast to [4, 3].',
    );
  });
});
