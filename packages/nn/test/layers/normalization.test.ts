// Normalisation layers: what they keep, what is in their state, what they refuse. Their figures are in test/oracle.

import { compile, ones, rng, type Tensor, tensor, zeros } from '@retrograd/autograd';
import { batchNorm, groupNorm, layerNorm, rmsNorm, sequential } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const draw = (seed: number, shape: number[]): Tensor => rng(seed).normal(shape);

describe('batchNorm', () => {
  it("keeps PyTorch's names in its state", () => {
    const layer = batchNorm(3);
    expect(Object.keys(layer.stateDict())).toEqual([
      'weight',
      'bias',
      'running_mean',
      'running_var',
      'num_batches_tracked',
    ]);
    expect(layer.namedParameters().map(([name]) => name)).toEqual(['weight', 'bias']);
    expect(
      Object.keys(batchNorm(3, { affine: false, trackRunningStats: false }).stateDict()),
    ).toEqual([]);
  });

  it('moves its running statistics in training only', () => {
    const layer = batchNorm(2).eval();
    layer.forward(draw(1, [5, 2]));
    expect(layer.runningMean?.read().toArray()).toEqual([0, 0]);
    layer.train().forward(draw(1, [5, 2]));
    expect(layer.runningMean?.read().toArray()).not.toEqual([0, 0]);
    expect(layer.batchesTracked?.read().item()).toBe(1);
  });

  it('trains compiled: running statistics and gradients are those of eager steps', () => {
    const [eager, compiled] = [batchNorm(3), batchNorm(3)];
    const x = draw(2, [8, 3]);
    const step = (layer: typeof eager) => (a: Tensor) => {
      const y = layer.forward(a);
      y.square().mul(a).sum().backward();
      return y;
    };
    const program = compile(step(compiled));
    for (let i = 0; i < 3; i++) {
      const [a, b] = [step(eager)(x.mul(i + 1)), program(x.mul(i + 1))];
      expect(a.sub(b).abs().max().item()).toBeLessThan(1e-5);
    }
    expect(compiled.batchesTracked?.read().item()).toBe(3);
    for (const [name, value] of Object.entries(eager.stateDict())) {
      expect(compiled.stateDict()[name].sub(value).abs().max().item()).toBeLessThan(1e-5);
    }
    expect(compiled.weight!.grad!.sub(eager.weight!.grad!).abs().max().item()).toBeLessThan(1e-4);
  });

  it('takes float64 and integers into a float32 layer', () => {
    const layer = batchNorm(2);
    expect(layer.forward(rng(1).normal([4, 2], { dtype: 'float64' })).dtype).toBe('float64');
    expect(
      layer.forward(
        tensor(
          [
            [1, 2],
            [3, 5],
          ],
          { dtype: 'int32' },
        ),
      ).dtype,
    ).toBe('float32');
    expect(layer.runningMean?.dtype).toBe('float32');
  });

  it('refuses what it can make no statistics of, and inputs of other sizes', () => {
    expect(refusal(() => batchNorm(3).forward(zeros([1, 3])))).toBe(
      'ShapeError: batchNorm: statistics need at least 2 values of each feature, got shape [1, 3]. ' +
        'Use larger batches, or eval() where nothing is trained.',
    );
    expect(refusal(() => batchNorm(3).forward(zeros([0, 3])))).toContain('got shape [0, 3]');
    expect(
      batchNorm(3)
        .eval()
        .forward(zeros([1, 3])).shape,
    ).toEqual([1, 3]);
    expect(refusal(() => batchNorm(3).forward(zeros([4, 2])))).toBe(
      'ShapeError: batchNorm: takes 3 features on axis 1, got shape [4, 2]. ' +
        'Check the number of features, or move their axis behind the batch.',
    );
    expect(refusal(() => batchNorm(3).forward(zeros([3])))).toContain('got shape [3]');
  });

  it('refuses options out of range', () => {
    expect(refusal(() => batchNorm(0))).toContain('batchNorm: features is a whole number');
    expect(refusal(() => batchNorm(1, { epsilon: -1 }))).toContain(
      'batchNorm: epsilon is a finite number',
    );
    expect(refusal(() => batchNorm(1, { momentum: 2 }))).toBe(
      'ArgumentError: batchNorm: momentum is at most 1, got 2. It is the share of the new batch, not of the old ones.',
    );
    expect(refusal(() => batchNorm(1, { momentum: -1 }))).toContain(
      'batchNorm: momentum is a finite number',
    );
    expect(refusal(() => batchNorm(1, { dtype: 'int32' as 'float32' }))).toContain('DTypeError');
  });
});

describe('layerNorm and rmsNorm', () => {
  it('treat every sample by itself', () => {
    const x = draw(3, [4, 6]);
    for (const layer of [layerNorm(6), rmsNorm(6)]) {
      const all = layer.forward(x);
      const alone = layer.forward(x.slice([2, 3]));
      expect(all.slice([2, 3]).toArray()).toEqual(alone.toArray());
    }
  });

  it('give rows of mean 0 and variance 1, and of mean square 1', () => {
    const x = draw(4, [3, 50]).mul(7).add(2);
    const y = layerNorm(50).forward(x);
    expect(y.mean(1).abs().max().item()).toBeLessThan(1e-6);
    expect(y.variance(1).sub(1).abs().max().item()).toBeLessThan(1e-4);
    expect(rmsNorm(50).forward(x).square().mean(1).sub(1).abs().max().item()).toBeLessThan(1e-5);
  });

  it('give zeros for constant rows, and take a batch of nothing', () => {
    expect(
      layerNorm(3)
        .forward(ones([1, 3]))
        .toArray(),
    ).toEqual([[0, 0, 0]]);
    expect(layerNorm(3).forward(zeros([0, 3])).shape).toEqual([0, 3]);
    expect(
      rmsNorm(1)
        .forward(zeros([2, 1]))
        .toArray(),
    ).toEqual([[0], [0]]);
  });

  it('have a weight and a bias unless told otherwise', () => {
    const names = (layer: { stateDict(): object }) => Object.keys(layer.stateDict());
    expect(names(layerNorm([2, 3]))).toEqual(['weight', 'bias']);
    expect(names(layerNorm(3, { bias: false }))).toEqual(['weight']);
    expect(names(layerNorm(3, { affine: false }))).toEqual([]);
    expect(names(rmsNorm(3))).toEqual(['weight']);
    expect(names(rmsNorm(3, { affine: false }))).toEqual([]);
    expect(layerNorm([2, 3]).weight?.shape).toEqual([2, 3]);
  });

  it('refuse other sizes', () => {
    expect(refusal(() => layerNorm([2, 3]).forward(zeros([4, 3, 2])))).toBe(
      'ShapeError: layerNorm: takes [2, 3] on the last axes, got shape [4, 3, 2]. ' +
        'Check the sizes that the layer was made with.',
    );
    expect(refusal(() => rmsNorm(3).forward(tensor(1)))).toContain(
      'rmsNorm: takes [3] on the last axes',
    );
    expect(refusal(() => layerNorm(0))).toContain(
      'layerNorm: a size is a whole number of at least 1, got 0',
    );
    expect(refusal(() => layerNorm([] as unknown as number))).toContain(
      'layerNorm: the number of axes',
    );
    expect(refusal(() => rmsNorm(3, { epsilon: Number.NaN }))).toContain('rmsNorm: epsilon');
  });
});

describe('groupNorm', () => {
  it('gives each group of channels mean 0', () => {
    const y = groupNorm(2, 4).forward(draw(5, [3, 4, 5, 2]));
    expect(y.reshape([3, 2, 20]).mean(2).abs().max().item()).toBeLessThan(1e-6);
  });

  it('refuses groups that do not divide the channels, and other sizes', () => {
    expect(refusal(() => groupNorm(4, 6))).toBe(
      'ArgumentError: groupNorm: the groups are equally large, got 6 channels for 4 groups. ' +
        'Choose a number of groups that divides the channels.',
    );
    expect(refusal(() => groupNorm(2, 4).forward(zeros([4, 2])))).toBe(
      'ShapeError: groupNorm: takes 4 channels on axis 1, got shape [4, 2]. ' +
        'Check the number of channels, or move their axis behind the batch.',
    );
  });
});

it('a row of layers hands on its features through normalisation', () => {
  expect(sequential(batchNorm(4), layerNorm(4)).inFeatures).toBe(4);
  expect(sequential(layerNorm(4), groupNorm(2, 4)).outFeatures).toBe(4);
});
