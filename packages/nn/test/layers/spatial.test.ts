// Every layer on spatial axes: compiled, and given nothing.

import { compile, rng, type Tensor, zeros } from '@retrograd/autograd';
import {
  averagePool1d,
  averagePool2d,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  globalAveragePool,
  globalMaxPool,
  type Module,
  maxPool1d,
  maxPool2d,
  upsample,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const random = () => ({ rng: rng(3), dtype: 'float64' }) as const;

const LAYERS: readonly (readonly [string, () => Module, readonly number[]])[] = [
  ['conv1d', () => conv1d(2, 2, 3, { stride: 2, padding: 1, groups: 2, ...random() }), [2, 2, 5]],
  ['conv2d', () => conv2d(2, 3, [2, 1], { padding: 'same', ...random() }), [1, 2, 3, 2]],
  [
    'convTranspose1d',
    () => convTranspose1d(2, 2, 3, { stride: 2, outputPadding: 1, ...random() }),
    [2, 2, 3],
  ],
  ['convTranspose2d', () => convTranspose2d(2, 1, 2, { padding: 1, ...random() }), [1, 2, 3, 2]],
  ['maxPool1d', () => maxPool1d(2, { stride: 1 }), [1, 2, 4]],
  ['maxPool2d', () => maxPool2d(2, { padding: 1 }), [1, 1, 4, 3]],
  ['averagePool1d', () => averagePool1d(3, { padding: 1, countIncludePad: false }), [1, 2, 5]],
  ['averagePool2d', () => averagePool2d([1, 2], { stride: 1 }), [1, 2, 2, 3]],
  ['globalAveragePool', () => globalAveragePool(), [2, 2, 2, 2]],
  ['globalMaxPool', () => globalMaxPool({ keepDims: true }), [2, 2, 3]],
  ['upsample nearest', () => upsample([2, 1.5]), [1, 2, 2, 3]],
  ['upsample linear', () => upsample(2, { mode: 'linear' }), [1, 2, 4]],
  ['upsample bilinear', () => upsample(1.5, { mode: 'bilinear' }), [1, 1, 3, 2]],
];

describe.each(LAYERS)('%s', (_name, make, shape) => {
  it('gives the same, compiled', () => {
    const layer = make();
    const run = compile((x: Tensor) => layer.forward(x));
    for (const seed of [1, 2]) {
      const x = rng(seed).normal([...shape], { dtype: 'float64' });
      expect(run.check(x).toArray()).toEqual(run(x).toArray());
    }
  });

  it('takes an empty batch', () => {
    const y = make().forward(zeros([0, ...shape.slice(1)], { dtype: 'float64' }));
    expect(y.shape[0]).toBe(0);
    expect(y.shape.slice(1)).toEqual(
      make()
        .forward(zeros([...shape], { dtype: 'float64' }))
        .shape.slice(1),
    );
  });
});
