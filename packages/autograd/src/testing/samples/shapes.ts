// Samples of operations that move elements: shapes, axes, slices, joining, dtypes.

import { broadcastTo, cast } from '../../ops/broadcast.js';
import { diag, tril, triu } from '../../ops/diagonal.js';
import { concat, split, stack } from '../../ops/join.js';
import { permute, transpose } from '../../ops/permute.js';
import { repeat, reshape, squeeze, tile, unsqueeze } from '../../ops/shape.js';
import { flip, pad, slice } from '../../ops/slice.js';
import { type OpSample, samplesOf } from './sample.js';

export const shapeSamples: readonly OpSample[] = [
  // ── Shapes and axes ────────────────────────────────────────────────────────────────────────────
  ...samplesOf(
    'reshape',
    ['of odd sizes', (draw) => [draw.uniform([3, 3])], (x) => reshape(x, [9])],
    ['to an unknown size', (draw) => [draw.uniform([2, 3])], (x) => reshape(x, [3, -1])],
    ['of a scalar', (draw) => [draw.uniform([])], (x) => reshape(x, [1, 1])],
    ['to a scalar', (draw) => [draw.uniform([1, 1])], (x) => reshape(x, [])],
    ['of nothing', (draw) => [draw.uniform([0, 3])], (x) => reshape(x, [2, 0])],
    ['to the same shape', (draw) => [draw.uniform([3])], (x) => reshape(x, [3])],
  ),
  ...samplesOf(
    'squeeze',
    ['all axes of size 1', (draw) => [draw.uniform([1, 3, 1])], (x) => squeeze(x)],
    ['the axes named', (draw) => [draw.uniform([1, 3, 1])], (x) => squeeze(x, [-1])],
    ['to a scalar', (draw) => [draw.uniform([1, 1])], (x) => squeeze(x)],
    ['of a scalar', (draw) => [draw.uniform([])], (x) => squeeze(x)],
    ['of nothing', (draw) => [draw.uniform([1, 0])], (x) => squeeze(x, 0)],
  ),
  ...samplesOf(
    'unsqueeze',
    ['before the first axis', (draw) => [draw.uniform([3])], (x) => unsqueeze(x, 0)],
    ['behind the last axis', (draw) => [draw.uniform([2, 3])], (x) => unsqueeze(x, -1)],
    ['of a scalar', (draw) => [draw.uniform([])], (x) => unsqueeze(x, 0)],
    ['of nothing', (draw) => [draw.uniform([0])], (x) => unsqueeze(x, 1)],
  ),
  ...samplesOf(
    'transpose',
    ['of odd sizes', (draw) => [draw.uniform([3, 3])], (x) => transpose(x)],
    ['of three axes', (draw) => [draw.uniform([2, 3, 2])], (x) => transpose(x)],
    ['of a vector', (draw) => [draw.uniform([3])], (x) => transpose(x)],
    ['of a scalar', (draw) => [draw.uniform([])], (x) => transpose(x)],
    ['of nothing', (draw) => [draw.uniform([0, 3])], (x) => transpose(x)],
    ['of one element', (draw) => [draw.uniform([1, 1])], (x) => transpose(x)],
  ),
  ...samplesOf(
    'permute',
    ['of three axes in a cycle', (draw) => [draw.uniform([2, 3, 2])], (x) => permute(x, [1, 2, 0])],
    ['with a negative axis', (draw) => [draw.uniform([1, 3, 2])], (x) => permute(x, [-1, 0, 1])],
    ['to the same order', (draw) => [draw.uniform([2, 3])], (x) => permute(x, [0, 1])],
    ['of a scalar', (draw) => [draw.uniform([])], (x) => permute(x, [])],
    ['of nothing', (draw) => [draw.uniform([2, 0])], (x) => permute(x, [1, 0])],
  ),
  ...samplesOf(
    'broadcastTo',
    ['of a row', (draw) => [draw.uniform([3])], (x) => broadcastTo(x, [2, 3])],
    ['of a column', (draw) => [draw.uniform([3, 1])], (x) => broadcastTo(x, [3, 2])],
    ['of a middle axis', (draw) => [draw.uniform([2, 1, 2])], (x) => broadcastTo(x, [2, 3, 2])],
    ['of a scalar', (draw) => [draw.uniform([])], (x) => broadcastTo(x, [3, 1])],
    ['of one element to nothing', (draw) => [draw.uniform([1])], (x) => broadcastTo(x, [0])],
    ['of nothing', (draw) => [draw.uniform([0])], (x) => broadcastTo(x, [2, 0])],
    ['to the same shape', (draw) => [draw.uniform([3])], (x) => broadcastTo(x, [3])],
  ),
  ...samplesOf(
    'tile',
    ['of odd sizes', (draw) => [draw.uniform([1, 3])], (x) => tile(x, [2, 2])],
    ['with more axes', (draw) => [draw.uniform([2])], (x) => tile(x, [3, 1])],
    ['with fewer axes', (draw) => [draw.uniform([2, 2])], (x) => tile(x, [3])],
    ['of a scalar', (draw) => [draw.uniform([])], (x) => tile(x, [3])],
    ['no times', (draw) => [draw.uniform([3])], (x) => tile(x, [0])],
    ['of nothing', (draw) => [draw.uniform([0])], (x) => tile(x, [2])],
    ['once', (draw) => [draw.uniform([3])], (x) => tile(x, [1])],
  ),
  ...samplesOf(
    'repeat',
    ['along the last axis', (draw) => [draw.uniform([2, 3])], (x) => repeat(x, 2, -1)],
    ['along the first axis', (draw) => [draw.uniform([2, 2])], (x) => repeat(x, 3, 0)],
    ['of one element', (draw) => [draw.uniform([1])], (x) => repeat(x, 3, 0)],
    ['no times', (draw) => [draw.uniform([3])], (x) => repeat(x, 0, 0)],
    ['of nothing', (draw) => [draw.uniform([0])], (x) => repeat(x, 2, 0)],
    ['once', (draw) => [draw.uniform([3])], (x) => repeat(x, 1, 0)],
  ),

  // ── Regular parts ──────────────────────────────────────────────────────────────────────────────
  ...samplesOf(
    'slice',
    ['a range', (draw) => [draw.uniform([5])], (x) => slice(x, [1, 4])],
    ['an element', (draw) => [draw.uniform([3])], (x) => slice(x, -1)],
    ['a row', (draw) => [draw.uniform([3, 2])], (x) => slice(x, 1)],
    ['a column', (draw) => [draw.uniform([3, 2])], (x) => slice(x, null, 0)],
    ['every second', (draw) => [draw.uniform([7])], (x) => slice(x, [null, null, 2])],
    ['backwards', (draw) => [draw.uniform([5])], (x) => slice(x, [null, null, -1])],
    ['backwards by two', (draw) => [draw.uniform([2, 5])], (x) => slice(x, null, [-1, 0, -2])],
    ['from the end', (draw) => [draw.uniform([5])], (x) => slice(x, [-3, -1])],
    ['past the end', (draw) => [draw.uniform([3])], (x) => slice(x, [1, 10])],
    ['nothing of something', (draw) => [draw.uniform([3])], (x) => slice(x, [2, 1])],
    ['of nothing', (draw) => [draw.uniform([0, 3])], (x) => slice(x, null, [1])],
    ['everything', (draw) => [draw.uniform([3])], (x) => slice(x)],
    ['of a scalar', (draw) => [draw.uniform([])], (x) => slice(x)],
    ['of one element', (draw) => [draw.uniform([1, 1])], (x) => slice(x, 0, 0)],
  ),
  ...samplesOf(
    'flip',
    ['all axes', (draw) => [draw.uniform([3, 3])], (x) => flip(x)],
    ['one axis', (draw) => [draw.uniform([2, 3])], (x) => flip(x, 1)],
    ['two axes', (draw) => [draw.uniform([2, 3, 2])], (x) => flip(x, [0, -1])],
    ['of one element', (draw) => [draw.uniform([1])], (x) => flip(x)],
    ['of a scalar', (draw) => [draw.uniform([])], (x) => flip(x)],
    ['of nothing', (draw) => [draw.uniform([0, 2])], (x) => flip(x)],
  ),
  ...samplesOf(
    'pad',
    [
      'with zeros',
      (draw) => [draw.uniform([2, 3])],
      (x) =>
        pad(x, [
          [1, 0],
          [0, 2],
        ]),
    ],
    ['with a value', (draw) => [draw.uniform([3])], (x) => pad(x, [[1, 1]], -1.5)],
    ['by nothing', (draw) => [draw.uniform([3])], (x) => pad(x, [[0, 0]])],
    ['of nothing', (draw) => [draw.uniform([0])], (x) => pad(x, [[1, 2]], 3)],
    [
      'of one element',
      (draw) => [draw.uniform([1, 1])],
      (x) =>
        pad(x, [
          [1, 1],
          [0, 0],
        ]),
    ],
    ['of a scalar', (draw) => [draw.uniform([])], (x) => pad(x, [])],
  ),
  ...samplesOf(
    'tril',
    ['of odd sizes', (draw) => [draw.uniform([3, 3])], (x) => tril(x)],
    ['above the diagonal', (draw) => [draw.uniform([2, 3])], (x) => tril(x, 1)],
    ['of a batch, below the diagonal', (draw) => [draw.uniform([2, 2, 2])], (x) => tril(x, -1)],
    ['of one element', (draw) => [draw.uniform([1, 1])], (x) => tril(x)],
    ['of nothing', (draw) => [draw.uniform([0, 3])], (x) => tril(x)],
  ),
  ...samplesOf(
    'triu',
    ['of odd sizes', (draw) => [draw.uniform([3, 3])], (x) => triu(x)],
    ['above the diagonal', (draw) => [draw.uniform([2, 3])], (x) => triu(x, 1)],
    ['of a batch, below the diagonal', (draw) => [draw.uniform([2, 2, 2])], (x) => triu(x, -1)],
    ['of one element', (draw) => [draw.uniform([1, 1])], (x) => triu(x)],
    ['of nothing', (draw) => [draw.uniform([3, 0])], (x) => triu(x)],
  ),
  ...samplesOf(
    'diag',
    ['of a vector', (draw) => [draw.uniform([3])], (x) => diag(x)],
    ['of a vector, above', (draw) => [draw.uniform([2])], (x) => diag(x, 1)],
    ['of a vector, below', (draw) => [draw.uniform([2])], (x) => diag(x, -1)],
    ['of a matrix', (draw) => [draw.uniform([3, 3])], (x) => diag(x)],
    ['of a wide matrix, above', (draw) => [draw.uniform([2, 4])], (x) => diag(x, 1)],
    ['of a tall matrix, below', (draw) => [draw.uniform([4, 2])], (x) => diag(x, -1)],
    ['of a matrix, beyond it', (draw) => [draw.uniform([2, 2])], (x) => diag(x, 5)],
    ['of one element', (draw) => [draw.uniform([1, 1])], (x) => diag(x)],
    ['of nothing', (draw) => [draw.uniform([0])], (x) => diag(x)],
  ),

  // ── Joining and splitting ──────────────────────────────────────────────────────────────────────
  ...samplesOf(
    'concat',
    ['of vectors', (draw) => [draw.uniform([2]), draw.uniform([3])], (a, b) => concat([a, b])],
    [
      'of matrices, along columns',
      (draw) => [draw.uniform([2, 1]), draw.uniform([2, 3])],
      (a, b) => concat([a, b], 1),
    ],
    [
      'of three, along the last axis',
      (draw) => [draw.uniform([1, 2]), draw.uniform([1, 1]), draw.uniform([1, 3])],
      (a, b, c) => concat([a, b, c], -1),
    ],
    ['of a tensor and itself', (draw) => [draw.uniform([3])], (x) => concat([x, x])],
    ['of one', (draw) => [draw.uniform([3])], (x) => concat([x])],
    [
      'with nothing',
      (draw) => [draw.uniform([2, 2]), draw.uniform([0, 2])],
      (a, b) => concat([a, b]),
    ],
    [
      'of one element each',
      (draw) => [draw.uniform([1]), draw.uniform([1])],
      (a, b) => concat([a, b]),
    ],
    [
      'with integers',
      (draw) => [draw.uniform([2]), draw.integers([2], -3, 4)],
      (a, b) => concat([a, b]),
    ],
  ),
  ...samplesOf(
    'stack',
    ['of vectors', (draw) => [draw.uniform([3]), draw.uniform([3])], (a, b) => stack([a, b])],
    [
      'of vectors, as columns',
      (draw) => [draw.uniform([3]), draw.uniform([3])],
      (a, b) => stack([a, b], -1),
    ],
    [
      'of matrices, in the middle',
      (draw) => [draw.uniform([2, 2]), draw.uniform([2, 2])],
      (a, b) => stack([a, b], 1),
    ],
    [
      'of scalars',
      (draw) => [draw.uniform([]), draw.uniform([]), draw.uniform([])],
      (a, b, c) => stack([a, b, c]),
    ],
    ['of a tensor and itself', (draw) => [draw.uniform([3])], (x) => stack([x, x])],
    ['of nothing', (draw) => [draw.uniform([0]), draw.uniform([0])], (a, b) => stack([a, b])],
  ),
  ...samplesOf(
    'split',
    ['into equal sections', (draw) => [draw.uniform([6])], (x) => split(x, 3)],
    ['into columns', (draw) => [draw.uniform([3, 3])], (x) => split(x, 3, 1)],
    ['into sizes', (draw) => [draw.uniform([2, 5])], (x) => split(x, [1, 0, 4], -1)],
    ['of which one is used', (draw) => [draw.uniform([5])], (x) => split(x, [2, 3])[1]],
    ['into one', (draw) => [draw.uniform([3])], (x) => split(x, 1)],
    ['of one element', (draw) => [draw.uniform([1])], (x) => split(x, [1, 0])],
    ['of nothing', (draw) => [draw.uniform([0, 2])], (x) => split(x, 2, 1)],
  ),

  // ── Dtypes ─────────────────────────────────────────────────────────────────────────────────────
  ...samplesOf(
    'cast',
    [
      'to float32 and back',
      (draw) => [draw.eighths([3, 3])],
      (x) => cast(cast(x, 'float32'), 'float64'),
    ],
    ['of a scalar', (draw) => [draw.eighths([])], (x) => cast(cast(x, 'float32'), 'float64')],
    ['of one element', (draw) => [draw.eighths([1])], (x) => cast(cast(x, 'float32'), 'float64')],
    ['of nothing', (draw) => [draw.eighths([0])], (x) => cast(cast(x, 'float32'), 'float64')],
    ['to the same dtype', (draw) => [draw.uniform([3])], (x) => cast(x, 'float64')],
  ),
];
