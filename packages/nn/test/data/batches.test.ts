// Batches: all samples once, in order or shuffled, inputs and targets together.

import { arange, tensor, variable, zeros } from '@retrograd/autograd';
import { batches } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const samples = {
  x: tensor([[0], [10], [20], [30], [40]]),
  y: arange(5),
};
const seen = (options: object, from = samples) =>
  [...batches(from, options)].map(({ x, y }) => {
    expect(x.reshape([-1]).toArray()).toEqual(y.mul(10).toArray());
    return y.toArray();
  });

describe('batches', () => {
  it('come in the order of the samples, the last with what is left', () => {
    expect(seen({ batchSize: 2 })).toEqual([[0, 1], [2, 3], [4]]);
    expect(seen({ batchSize: 5 })).toEqual([[0, 1, 2, 3, 4]]);
    expect(seen({})).toEqual([[0, 1, 2, 3, 4]]);
    expect(seen({ batchSize: 1 })).toHaveLength(5);
  });

  it('come shuffled by a seed, each sample once', () => {
    const order = seen({ batchSize: 2, shuffle: true, seed: 4 }).flat();
    expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(order).not.toEqual([0, 1, 2, 3, 4]);
    expect(seen({ batchSize: 3, shuffle: true, seed: 4 }).flat()).toEqual(order);
    expect(seen({ shuffle: true }).flat()).toEqual(seen({ shuffle: true, seed: 0 }).flat());
  });

  it('keep dtypes and the shape of a sample, and cut the tape', () => {
    const [{ x, y }] = batches(
      { x: variable(zeros([3, 2, 2])), y: zeros([3], { dtype: 'bool' }) },
      { batchSize: 2 },
    );
    expect([x.shape, x.dtype, x.requiresGrad]).toEqual([[2, 2, 2], 'float32', false]);
    expect([y.shape, y.dtype]).toEqual([[2], 'bool']);
  });

  it('are none without samples', () => {
    expect([...batches({ x: zeros([0, 3]), y: zeros([0]) })]).toEqual([]);
    expect([...batches({ x: zeros([0, 3]), y: zeros([0]) }, { shuffle: true })]).toEqual([]);
  });

  it('refuse sizes below 1, and inputs and targets of different lengths', () => {
    expect(refusal(() => [...batches(samples, { batchSize: 0 })])).toBe(
      'ArgumentError: batches: batchSize is a whole number of at least 1, got 0. Pass for example 32.',
    );
    expect(refusal(() => [...batches({ x: zeros([3, 1]), y: zeros([2]) })])).toBe(
      'ShapeError: batches: inputs and targets have as many rows, got x [3, 1] and y [2]. ' +
        'Give each sample one row in both.',
    );
    expect(refusal(() => [...batches({ x: tensor(1), y: tensor(1) })])).toContain(
      'got x [] and y [].',
    );
  });
});
