// Gradient checks of layers on spatial axes.

import {
  averagePool1d,
  averagePool2d,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  flatten,
  globalAveragePool,
  globalMaxPool,
  maxPool1d,
  maxPool2d,
  upsample,
} from '@retrograd/nn';
import { type GradientCases, layer } from './case.js';

export const SPATIAL: GradientCases = {
  conv1d: [
    layer(
      'strided, padded, in groups',
      (rng) => conv1d(2, 2, 3, { stride: 2, padding: 1, groups: 2, rng }),
      [[2, 2, 5]],
    ),
    layer('dilated, without bias', (rng) => conv1d(1, 2, 2, { dilation: 2, bias: false, rng }), [
      [1, 1, 5],
    ]),
  ],
  conv2d: [
    layer('of as many positions', (rng) => conv2d(2, 3, [2, 1], { padding: 'same', rng }), [
      [1, 2, 3, 2],
    ]),
    layer(
      'strided, dilated, in groups',
      (rng) => conv2d(2, 2, 2, { stride: [2, 1], dilation: [1, 2], groups: 2, rng }),
      [[1, 2, 3, 4]],
    ),
  ],
  convTranspose1d: [
    layer(
      'strided, with a larger output',
      (rng) => convTranspose1d(2, 2, 3, { stride: 2, outputPadding: 1, rng }),
      [[2, 2, 3]],
    ),
  ],
  convTranspose2d: [
    layer('padded', (rng) => convTranspose2d(2, 1, 2, { padding: 1, rng }), [[1, 2, 3, 2]]),
    layer(
      'strided, dilated, in groups, without bias',
      (rng) => convTranspose2d(2, 2, 2, { stride: 2, dilation: 2, groups: 2, bias: false, rng }),
      [[1, 2, 2, 2]],
    ),
  ],
  maxPool1d: [layer('overlapping', () => maxPool1d(2, { stride: 1 }), [[1, 2, 4]])],
  maxPool2d: [layer('padded', () => maxPool2d(2, { padding: 1 }), [[1, 1, 4, 3]])],
  averagePool1d: [
    layer('padded', () => averagePool1d(3, { padding: 1, countIncludePad: false }), [[1, 2, 5]]),
  ],
  averagePool2d: [layer('overlapping', () => averagePool2d([1, 2], { stride: 1 }), [[1, 2, 2, 3]])],
  globalAveragePool: [layer('of images', () => globalAveragePool(), [[2, 2, 2, 2]])],
  globalMaxPool: [
    layer('of signals', () => globalMaxPool({ keepDims: true }), [[2, 2, 3]]),
    layer('of images', () => globalMaxPool(), [[1, 2, 2, 2]]),
  ],
  upsample: [
    layer('nearest', () => upsample([2, 1.5]), [[1, 2, 2, 3]]),
    layer('linear', () => upsample(2, { mode: 'linear' }), [[1, 2, 4]]),
    layer('bilinear', () => upsample(1.5, { mode: 'bilinear' }), [[1, 1, 3, 2]]),
    layer('with aligned corners', () => upsample(2, { mode: 'bilinear', alignCorners: true }), [
      [1, 1, 2, 3],
    ]),
  ],
  flatten: [layer('of images', () => flatten(), [[2, 2, 1, 2]])],
};
