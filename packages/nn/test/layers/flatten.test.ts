// Flattening: shapes, order, derivative.

import { arange, grad, ShapeError, type Tensor, tensor, zeros } from '@retrograd/autograd';
import { flatten } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

describe('flatten', () => {
  it.each([
    [
      [2, 3, 4],
      [2, 12],
    ],
    [
      [2, 3],
      [2, 3],
    ],
    [[5], [5, 1]],
    [
      [0, 3, 4],
      [0, 12],
    ],
    [
      [3, 0, 4],
      [3, 0],
    ],
  ])('makes %j into %j', (from, to) => {
    expect(flatten().forward(zeros(from)).shape).toEqual(to);
  });

  it('keeps the order of elements', () => {
    const x = arange(8).reshape([2, 2, 2]);
    expect(flatten().forward(x).toArray()).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
  });

  it('lets gradients through in the shape of its input', () => {
    const slope = grad((x: Tensor) => flatten().forward(x).sum())(zeros([2, 2, 2]));
    expect(slope.shape).toEqual([2, 2, 2]);
  });

  it('refuses a scalar', () => {
    expect(() => flatten().forward(tensor(1))).toThrow(ShapeError);
    expect(() => flatten().forward(tensor(1))).toThrow(
      'flatten: the first axis is the batch, got a scalar.',
    );
  });
});
