// Pools and upsampling: what they give, what they refuse.

import { type Tensor, tensor, zeros } from '@retrograd/autograd';
import {
  averagePool1d,
  averagePool2d,
  globalAveragePool,
  globalMaxPool,
  maxPool1d,
  maxPool2d,
  upsample,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const image = tensor([
  [1, 5, 2],
  [3, 4, 9],
]).reshape([1, 1, 2, 3]) as Tensor;

describe('pools', () => {
  it('take the largest, or the mean, of each window', () => {
    expect(maxPool2d(2).forward(image).toArray()).toEqual([[[[5]]]]);
    expect(maxPool2d(2, { stride: 1 }).forward(image).toArray()).toEqual([[[[5, 9]]]]);
    expect(averagePool2d([2, 1]).forward(image).toArray()).toEqual([[[[2, 4.5, 5.5]]]]);
    expect(globalAveragePool().forward(image).toArray()).toEqual([[4]]);
    expect(globalMaxPool({ keepDims: true }).forward(image).toArray()).toEqual([[[[9]]]]);
  });

  it('pass NaN on, and never give the padding of a maximum', () => {
    const x = tensor([Number.NaN, -2, -3, Number.NEGATIVE_INFINITY]).reshape([1, 1, 4]) as Tensor;
    const y = maxPool1d(2, { padding: 1 }).forward(x);
    expect(y.toArray()).toEqual([[[Number.NaN, -2, Number.NEGATIVE_INFINITY]]]);
  });

  it('say their windows', () => {
    expect(maxPool2d([2, 3]).detail()).toBe('window 2 × 3');
    expect(averagePool1d(4).detail()).toBe('window 4');
    expect(upsample([2, 3], { mode: 'bilinear' }).detail()).toBe('× 2 × 3, bilinear');
  });
});

describe('pools and upsampling refuse', () => {
  const signal = zeros([1, 2, 5]) as Tensor;
  it.each([
    [
      'a signal for an image',
      () => maxPool2d(2).forward(signal),
      'ShapeError: maxPool2d: takes [batch, channels, height, width], got shape [1, 2, 5]. Give a single sample a batch axis, and an image without channels a channel axis.',
    ],
    [
      'an image for a signal',
      () => averagePool1d(2).forward(image),
      'ShapeError: averagePool1d: takes [batch, channels, length], got shape [1, 1, 2, 3]. Give a single sample a batch axis, and an image without channels a channel axis.',
    ],
    [
      'a matrix',
      () => globalAveragePool().forward(zeros([2, 3])),
      'ShapeError: globalAveragePool: takes [batch, channels, …spatial axes], got shape [2, 3]. Put it in front of flatten.',
    ],
    [
      'images without elements',
      () => globalMaxPool().forward(zeros([2, 3, 0])),
      'ShapeError: max: needs at least one element along the axes, got shape [2, 3, 0]. Check for an empty batch first.',
    ],
    [
      'a scale of 0',
      () => upsample([2, 0]),
      'ArgumentError: upsample: scale is a number above 0, got 0. Pass for example 2.',
    ],
    [
      'a mode that there is not',
      () => upsample(2, { mode: 'cubic' as never }),
      'ArgumentError: upsample: mode is one of nearest, linear, bilinear, got cubic. Pick one of these.',
    ],
    [
      'aligned corners of repeated elements',
      () => upsample(2, { alignCorners: true }),
      "ArgumentError: upsample: alignCorners is an option of interpolation, got mode 'nearest'. Leave it out.",
    ],
    [
      'a signal in bilinear mode',
      () => upsample(2, { mode: 'bilinear' }).forward(signal),
      "ShapeError: upsample: mode bilinear takes [batch, channels, …spatial axes] with 2 of them, got shape [1, 2, 5]. Use 'linear' for signals and 'bilinear' for images.",
    ],
    [
      'a scale for another axis',
      () => upsample([2, 2]).forward(signal),
      'ShapeError: upsample: scale is one number, or one for each of the 1 spatial axes, got [2, 2]. Check the number of axes.',
    ],
  ])('%s', (_what, run, message) => {
    expect(refusal(run)).toBe(message);
  });
});
