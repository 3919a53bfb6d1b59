// Samples of windows, convolutions and pools.

import { conv, convTranspose } from '../../ops/convolution.js';
import { averagePool, maxPool } from '../../ops/pooling.js';
import { foldWindows, slidingWindows } from '../../ops/windows.js';
import { type OpSample, samplesOf } from './sample.js';

export const convolutionSamples: readonly OpSample[] = [
  ...samplesOf(
    'slidingWindows',
    ['that overlap', (draw) => [draw.uniform([5])], (x) => slidingWindows(x, 0, { size: 3 })],
    [
      'with gaps between and within',
      (draw) => [draw.uniform([2, 6])],
      (x) => slidingWindows(x, 1, { size: 2, stride: 3, dilation: 2 }),
    ],
    [
      'along two axes',
      (draw) => [draw.uniform([3, 4])],
      (x) => slidingWindows(x, [-1, 0], { size: [3, 2], stride: [1, 1] }),
    ],
    ['of one element', (draw) => [draw.uniform([1])], (x) => slidingWindows(x, 0, { size: 1 })],
    ['of nothing', (draw) => [draw.uniform([0, 3])], (x) => slidingWindows(x, 1, { size: 2 })],
    ['along no axis', (draw) => [draw.uniform([])], (x) => slidingWindows(x, [], { size: [] })],
  ),
  ...samplesOf(
    'foldWindows',
    ['that overlap', (draw) => [draw.uniform([3, 3])], (x) => foldWindows(x, 0)],
    [
      'with gaps, and a rest',
      (draw) => [draw.uniform([2, 2])],
      (x) => foldWindows(x, 0, { stride: 3, dilation: 2, length: 7 }),
    ],
    [
      'along two axes',
      (draw) => [draw.uniform([2, 1, 2, 3])],
      (x) => foldWindows(x, [1, 0], { stride: [2, 1] }),
    ],
    ['of one element', (draw) => [draw.uniform([1, 1])], (x) => foldWindows(x, 0)],
    ['of nothing', (draw) => [draw.uniform([0, 2, 3])], (x) => foldWindows(x, 1)],
    ['along no axis', (draw) => [draw.uniform([])], (x) => foldWindows(x, [])],
  ),
  ...samplesOf(
    'conv',
    [
      'along one axis',
      (draw) => [draw.uniform([1, 2, 5]), draw.uniform([2, 2, 3])],
      (x, w) => conv(x, w),
    ],
    [
      'along two axes, with all options',
      (draw) => [draw.uniform([1, 2, 3, 2]), draw.uniform([2, 1, 2, 2])],
      (x, w) => conv(x, w, { stride: [2, 1], padding: [1, [0, 1]], dilation: [1, 1], groups: 2 }),
    ],
    [
      'of as many positions as elements',
      (draw) => [draw.uniform([2, 1, 3]), draw.uniform([1, 1, 2])],
      (x, w) => conv(x, w, { padding: 'same', dilation: 2 }),
    ],
    [
      'of nothing',
      (draw) => [draw.uniform([0, 1, 3]), draw.uniform([1, 1, 2])],
      (x, w) => conv(x, w),
    ],
    [
      'of one element',
      (draw) => [draw.uniform([1, 1, 1]), draw.uniform([1, 1, 1])],
      (x, w) => conv(x, w),
    ],
  ),
  ...samplesOf(
    'convTranspose',
    [
      'along one axis',
      (draw) => [draw.uniform([1, 2, 3]), draw.uniform([2, 2, 3])],
      (x, w) => convTranspose(x, w),
    ],
    [
      'along two axes, with all options',
      (draw) => [draw.uniform([1, 2, 2, 3]), draw.uniform([2, 1, 2, 2])],
      (x, w) =>
        convTranspose(x, w, {
          stride: [2, 1],
          padding: [1, [0, 1]],
          outputPadding: [1, 0],
          dilation: 1,
          groups: 2,
        }),
    ],
    [
      'of nothing',
      (draw) => [draw.uniform([0, 1, 3]), draw.uniform([1, 1, 2])],
      (x, w) => convTranspose(x, w),
    ],
    [
      'of one element',
      (draw) => [draw.uniform([1, 1, 1]), draw.uniform([1, 1, 1])],
      (x, w) => convTranspose(x, w),
    ],
  ),
  ...samplesOf(
    'maxPool',
    ['along one axis', (draw) => [draw.distinct([1, 2, 5])], (x) => maxPool(x, 2)],
    [
      'along two axes, with all options',
      (draw) => [draw.distinct([1, 1, 3, 4])],
      (x) => maxPool(x, [2, 3], { stride: [1, 2], padding: [1, 0], dilation: 1 }),
    ],
    ['of nothing', (draw) => [draw.distinct([0, 1, 3])], (x) => maxPool(x, 2)],
    ['of one element', (draw) => [draw.distinct([1, 1, 1])], (x) => maxPool(x, 1)],
  ),
  ...samplesOf(
    'averagePool',
    ['along one axis', (draw) => [draw.uniform([1, 2, 5])], (x) => averagePool(x, 2)],
    [
      'along two axes, with all options',
      (draw) => [draw.uniform([1, 1, 3, 4])],
      (x) => averagePool(x, [2, 3], { stride: [1, 2], padding: [1, 1], countIncludePad: false }),
    ],
    ['of nothing', (draw) => [draw.uniform([0, 1, 3])], (x) => averagePool(x, 2)],
    ['of one element', (draw) => [draw.uniform([1, 1, 1])], (x) => averagePool(x, 1)],
  ),
];
