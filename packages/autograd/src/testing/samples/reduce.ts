// Samples of reductions, running sums and softmax.

import { mul } from '../../ops/arithmetic.js';
import {
  cumsum,
  logsumexp,
  max,
  mean,
  min,
  norm,
  prod,
  std,
  sum,
  variance,
} from '../../ops/reduce.js';
import { logSoftmax, softmax } from '../../ops/softmax.js';
import { Tensor } from '../../tensor/tensor.js';
import { type Draw, type OpSample, samplesOf } from './sample.js';

type Reduction = (
  x: Tensor,
  axes?: number | readonly number[],
  options?: { keepDims?: boolean },
) => Tensor;
type DrawInput = (draw: Draw, shape: readonly number[]) => Tensor;

/** Over all axes, one, several, none; of scalars and of one element; over nothing where that is defined. */
function reduction(op: string, input: DrawInput, fn: Reduction, empty = true): OpSample[] {
  return [
    ...samplesOf(
      op,
      ['of a scalar', (draw) => [input(draw, [])], (x) => fn(x)],
      ['of one element', (draw) => [input(draw, [1, 1])], (x) => fn(x, 1)],
      ['of odd sizes', (draw) => [input(draw, [3, 3])], (x) => fn(x)],
      ['over the first axis', (draw) => [input(draw, [3, 2])], (x) => fn(x, 0)],
      [
        'over the last axis, kept',
        (draw) => [input(draw, [2, 3])],
        (x) => fn(x, -1, { keepDims: true }),
      ],
      ['over the middle axis', (draw) => [input(draw, [2, 3, 2])], (x) => fn(x, 1)],
      ['over the outer axes', (draw) => [input(draw, [2, 3, 2])], (x) => fn(x, [0, -1])],
      [
        'over the outer axes, kept',
        (draw) => [input(draw, [2, 1, 3])],
        (x) => fn(x, [2, 0], { keepDims: true }),
      ],
      ['over no axis', (draw) => [input(draw, [3])], (x) => fn(x, [])],
      ['of nothing, to nothing', (draw) => [input(draw, [0, 3])], (x) => fn(x, 1)],
    ),
    ...(empty
      ? samplesOf(op, ['over nothing', (draw) => [input(draw, [2, 0])], (x) => fn(x, 1)])
      : []),
  ];
}

const anywhere: DrawInput = (draw, shape) => draw.uniform(shape);
const distinct: DrawInput = (draw, shape) => draw.distinct(shape);
const clearOfZero: DrawInput = (draw, shape) => draw.clear(shape, 0);

/** Of elements that differ: where all are equal, `std` has a kink (but for one element, where it is 0 throughout). */
function spread(op: string, fn: typeof variance | typeof std): OpSample[] {
  return samplesOf(
    op,
    ['of a scalar', (draw) => [draw.distinct([])], (x) => fn(x)],
    ['of one element', (draw) => [draw.distinct([1])], (x) => fn(x)],
    ['of rows of one element', (draw) => [draw.distinct([2, 1])], (x) => fn(x, 1)],
    ['of odd sizes', (draw) => [draw.distinct([3, 3])], (x) => fn(x)],
    ['over the first axis', (draw) => [draw.distinct([3, 2])], (x) => fn(x, 0)],
    [
      'over the last axis, kept',
      (draw) => [draw.distinct([2, 3])],
      (x) => fn(x, -1, { keepDims: true }),
    ],
    ['over the outer axes', (draw) => [draw.distinct([2, 3, 2])], (x) => fn(x, [0, 2])],
    ['corrected', (draw) => [draw.distinct([5])], (x) => fn(x, 0, { correction: 1 })],
    [
      'corrected by a fraction',
      (draw) => [draw.distinct([4])],
      (x) => fn(x, 0, { correction: 1.5 }),
    ],
    ['of nothing, to nothing', (draw) => [draw.distinct([0, 3])], (x) => fn(x, 1)],
  );
}

type Along = (x: Tensor, axis?: number) => Tensor;

function along(op: string, fn: Along): OpSample[] {
  return samplesOf(
    op,
    ['of nothing', (draw) => [draw.uniform([0])], (x) => fn(x, 0)],
    ['of nothing, in rows', (draw) => [draw.uniform([0, 3])], (x) => fn(x, -1)],
    ['of one element', (draw) => [draw.uniform([1])], (x) => fn(x, 0)],
    ['along rows', (draw) => [draw.uniform([3, 3])], (x) => fn(x, -1)],
    ['along columns', (draw) => [draw.uniform([3, 2])], (x) => fn(x, 0)],
    ['along the middle axis', (draw) => [draw.uniform([2, 3, 2])], (x) => fn(x, 1)],
  );
}

export const reduceSamples: readonly OpSample[] = [
  ...reduction('sum', anywhere, sum),
  ...reduction('mean', anywhere, mean, false),
  ...reduction('prod', anywhere, prod),
  ...reduction('max', distinct, max, false),
  ...reduction('min', distinct, min, false),
  ...reduction('logsumexp', anywhere, logsumexp),
  ...reduction('norm', clearOfZero, norm),

  ...samplesOf(
    'prod',
    [
      'with a zero',
      (draw) => [draw.integers([5], 0, 3), draw.uniform([5])],
      (zeros, x) => prod(mul(x, zeros)),
    ],
    [
      'at a zero',
      () => [new Tensor(Float64Array.of(2, 0, 3), [3], 'float64', null, 0)],
      (x) => prod(x),
    ],
    [
      'at two zeros',
      () => [new Tensor(Float64Array.of(0, 2, 0), [3], 'float64', null, 0)],
      (x) => prod(x),
    ],
    ['of five rows', (draw) => [draw.uniform([2, 5], 0.5, 1.5)], (x) => prod(x, 1)],
  ),
  ...samplesOf('logsumexp', [
    'of large numbers',
    (draw) => [draw.uniform([4], 800, 802)],
    (x) => logsumexp(x),
  ]),
  ...samplesOf(
    'norm',
    ['of order 1', (draw) => [draw.clear([2, 3], 0)], (x) => norm(x, 1, { ord: 1 })],
    ['of order 3', (draw) => [draw.clear([5], 0)], (x) => norm(x, 0, { ord: 3 })],
    [
      'of order 1.5',
      (draw) => [draw.clear([5], 0)],
      (x) => norm(x, [0], { ord: 1.5, keepDims: true }),
    ],
    ['of order ∞', (draw) => [draw.distinct([5])], (x) => norm(x, undefined, { ord: Infinity })],
  ),
  ...spread('variance', variance),
  ...spread('std', std),

  ...along('cumsum', (x, axis = 0) => cumsum(x, axis)),
  ...along('softmax', softmax),
  ...along('logSoftmax', logSoftmax),
  ...samplesOf(
    'softmax',
    ['along the last axis, unnamed', (draw) => [draw.uniform([2, 3])], (x) => softmax(x)],
    ['of large numbers', (draw) => [draw.uniform([3], 800, 802)], (x) => softmax(x)],
  ),
  ...samplesOf(
    'logSoftmax',
    ['along the last axis, unnamed', (draw) => [draw.uniform([2, 3])], (x) => logSoftmax(x)],
    ['of large numbers', (draw) => [draw.uniform([3], 800, 802)], (x) => logSoftmax(x)],
  ),
];
