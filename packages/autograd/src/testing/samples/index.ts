// Samples of all operations, by family, and those of operations that have no derivative.

import { argmax, argmin, argsort, oneHot } from '../../ops/index.js';
import {
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  notEqual,
} from '../../ops/logic.js';
import { binarySamples } from './binary.js';
import { convolutionSamples } from './convolution.js';
import { elementwiseSamples } from './elementwise.js';
import { positionSamples } from './positions.js';
import { productSamples } from './products.js';
import { reduceSamples } from './reduce.js';
import { type OpSample, type SampleFn, samplesOf } from './sample.js';
import { shapeSamples } from './shapes.js';

/** Uses of every operation that has a derivative, each on a scalar, on nothing, on one element, on odd sizes, broadcast. */
export const samples: readonly OpSample[] = [
  ...elementwiseSamples,
  ...binarySamples,
  ...reduceSamples,
  ...productSamples,
  ...shapeSamples,
  ...positionSamples,
  ...convolutionSamples,
];

/** Between two float64 tensors, a predicate. */
function predicate(op: string, fn: SampleFn): OpSample[] {
  return samplesOf(
    op,
    ['of odd sizes', (draw) => [draw.integers([3, 3], 0, 3), draw.uniform([3, 3])], fn],
    ['of scalars', (draw) => [draw.uniform([]), draw.uniform([])], fn],
    ['of nothing', (draw) => [draw.uniform([0]), draw.uniform([])], fn],
    ['broadcast', (draw) => [draw.uniform([3, 1]), draw.mask([2])], fn],
  );
}

/** Uses of every operation that has no derivative: it gives bool or int32, and cuts the tape. */
export const nondifferentiable: readonly OpSample[] = [
  ...predicate('equal', (a, b) => equal(a, b)),
  ...predicate('notEqual', (a, b) => notEqual(a, b)),
  ...predicate('less', (a, b) => less(a, b)),
  ...predicate('lessEqual', (a, b) => lessEqual(a, b)),
  ...predicate('greater', (a, b) => greater(a, b)),
  ...predicate('greaterEqual', (a, b) => greaterEqual(a, b)),
  ...predicate('logicalAnd', (a, b) => logicalAnd(a, b)),
  ...predicate('logicalOr', (a, b) => logicalOr(a, b)),
  ...predicate('logicalXor', (a, b) => logicalXor(a, b)),
  ...samplesOf(
    'logicalNot',
    ['of odd sizes', (draw) => [draw.uniform([3, 3])], (x) => logicalNot(x)],
    ['of a scalar', (draw) => [draw.uniform([])], (x) => logicalNot(x)],
  ),
  ...samplesOf(
    'argmax',
    ['of everything', (draw) => [draw.distinct([3, 3])], (x) => argmax(x)],
    ['of rows, kept', (draw) => [draw.distinct([2, 3])], (x) => argmax(x, 1, { keepDims: true })],
  ),
  ...samplesOf(
    'argmin',
    ['of everything', (draw) => [draw.distinct([3, 3])], (x) => argmin(x)],
    ['of columns', (draw) => [draw.distinct([2, 3])], (x) => argmin(x, 0)],
  ),
  ...samplesOf(
    'argsort',
    ['of rows', (draw) => [draw.distinct([3, 3])], (x) => argsort(x)],
    [
      'of columns, descending',
      (draw) => [draw.distinct([3, 2])],
      (x) => argsort(x, 0, { descending: true }),
    ],
  ),
  ...samplesOf(
    'oneHot',
    ['of a vector', (draw) => [draw.integers([5], 0, 3)], (i) => oneHot(i, 3)],
    ['of a scalar', (draw) => [draw.integers([], 0, 3)], (i) => oneHot(i, 3)],
  ),
];
