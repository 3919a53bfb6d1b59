// Samples of operations that read and write at positions: indexing and sorting.

import { gather, index, scatterAdd, takeAlong } from '../../ops/indexing.js';
import { sort, topK } from '../../ops/sort.js';
import { type OpSample, samplesOf } from './sample.js';

export const positionSamples: readonly OpSample[] = [
  ...samplesOf(
    'gather',
    ['rows', (draw) => [draw.uniform([3, 2]), draw.indices([5], 3)], (x, i) => gather(x, i)],
    ['columns', (draw) => [draw.uniform([3, 3]), draw.indices([2], 3)], (x, i) => gather(x, i, 1)],
    ['by a matrix', (draw) => [draw.uniform([5]), draw.indices([2, 3], 5)], (x, i) => gather(x, i)],
    ['by a scalar', (draw) => [draw.uniform([3, 2]), draw.indices([], 3)], (x, i) => gather(x, i)],
    [
      'along the middle axis',
      (draw) => [draw.uniform([2, 3, 2]), draw.indices([2], 3)],
      (x, i) => gather(x, i, -2),
    ],
    ['of one element', (draw) => [draw.uniform([1]), draw.indices([3], 1)], (x, i) => gather(x, i)],
    ['nothing', (draw) => [draw.uniform([3]), draw.indices([0], 3)], (x, i) => gather(x, i)],
    ['of nothing', (draw) => [draw.uniform([3, 0]), draw.indices([2], 3)], (x, i) => gather(x, i)],
  ),
  ...samplesOf(
    'scatterAdd',
    [
      'to rows',
      (draw) => [draw.uniform([3, 2]), draw.indices([3], 3), draw.uniform([3, 2])],
      (x, i, updates) => scatterAdd(x, i, updates),
    ],
    [
      'to columns',
      (draw) => [draw.uniform([2, 3]), draw.indices([4], 3), draw.uniform([2, 4])],
      (x, i, updates) => scatterAdd(x, i, updates, 1),
    ],
    [
      'by a matrix',
      (draw) => [draw.uniform([3]), draw.indices([2, 3], 3), draw.uniform([2, 3])],
      (x, i, updates) => scatterAdd(x, i, updates),
    ],
    [
      'by a scalar',
      (draw) => [draw.uniform([3, 2]), draw.indices([], 3), draw.uniform([2])],
      (x, i, updates) => scatterAdd(x, i, updates),
    ],
    [
      'to one element',
      (draw) => [draw.uniform([1]), draw.indices([3], 1), draw.uniform([3])],
      (x, i, updates) => scatterAdd(x, i, updates),
    ],
    [
      'of nothing',
      (draw) => [draw.uniform([3]), draw.indices([0], 3), draw.uniform([0])],
      (x, i, updates) => scatterAdd(x, i, updates),
    ],
  ),
  ...samplesOf(
    'takeAlong',
    [
      'the last axis',
      (draw) => [draw.uniform([2, 3]), draw.indices([2, 4], 3)],
      (x, i) => takeAlong(x, i, -1),
    ],
    [
      'the first axis',
      (draw) => [draw.uniform([3, 3]), draw.indices([2, 3], 3)],
      (x, i) => takeAlong(x, i, 0),
    ],
    [
      'by a row for all',
      (draw) => [draw.uniform([3, 3]), draw.indices([1, 2], 3)],
      (x, i) => takeAlong(x, i, 1),
    ],
    [
      'of a row for all',
      (draw) => [draw.uniform([1, 3]), draw.indices([3, 2], 3)],
      (x, i) => takeAlong(x, i, 1),
    ],
    [
      'of one element',
      (draw) => [draw.uniform([1]), draw.indices([3], 1)],
      (x, i) => takeAlong(x, i, 0),
    ],
    [
      'nothing',
      (draw) => [draw.uniform([2, 3]), draw.indices([2, 0], 3)],
      (x, i) => takeAlong(x, i, 1),
    ],
  ),
  ...samplesOf(
    'index',
    ['rows', (draw) => [draw.uniform([3, 2]), draw.indices([4], 3)], (x, i) => index(x, i)],
    [
      'elements',
      (draw) => [draw.uniform([3, 3]), draw.indices([5], 3), draw.indices([5], 3)],
      (x, i, j) => index(x, i, j),
    ],
    [
      'elements, broadcast',
      (draw) => [draw.uniform([3, 3]), draw.indices([2, 1], 3), draw.indices([3], 3)],
      (x, i, j) => index(x, i, j),
    ],
    [
      'rows of a batch',
      (draw) => [draw.uniform([2, 3, 2]), draw.indices([3], 2), draw.indices([3], 3)],
      (x, i, j) => index(x, i, j),
    ],
    ['one element', (draw) => [draw.uniform([1]), draw.indices([], 1)], (x, i) => index(x, i)],
    ['nothing', (draw) => [draw.uniform([3]), draw.indices([0], 3)], (x, i) => index(x, i)],
  ),
  ...samplesOf(
    'sort',
    ['rows', (draw) => [draw.distinct([3, 3])], (x) => sort(x)],
    [
      'columns, descending',
      (draw) => [draw.distinct([5, 2])],
      (x) => sort(x, 0, { descending: true }),
    ],
    ['the middle axis', (draw) => [draw.distinct([2, 3, 2])], (x) => sort(x, 1)],
    ['one element', (draw) => [draw.distinct([1])], (x) => sort(x)],
    ['nothing', (draw) => [draw.distinct([0])], (x) => sort(x)],
  ),
  ...samplesOf(
    'topK',
    ['the largest', (draw) => [draw.distinct([5])], (x) => topK(x, 2)],
    ['the smallest', (draw) => [draw.distinct([5])], (x) => topK(x, 3, 0, { largest: false })],
    ['of columns', (draw) => [draw.distinct([3, 3])], (x) => topK(x, 2, 0)],
    ['all', (draw) => [draw.distinct([3])], (x) => topK(x, 3)],
    ['none', (draw) => [draw.distinct([3])], (x) => topK(x, 0)],
    ['of one element', (draw) => [draw.distinct([1])], (x) => topK(x, 1)],
    ['of nothing', (draw) => [draw.distinct([0, 2])], (x) => topK(x, 1)],
  ),
];
