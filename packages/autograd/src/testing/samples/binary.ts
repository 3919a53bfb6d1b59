// Samples of elementwise operations of two and three tensors, broadcast.

import { add, div, maximum, minimum, mul, pow, square, sub } from '../../ops/arithmetic.js';
import { where } from '../../ops/logic.js';
import type { Tensor } from '../../tensor/tensor.js';
import { type Draw, type OpSample, samplesOf } from './sample.js';

type Binary = (a: Tensor, b: Tensor) => Tensor;
type DrawPair = (draw: Draw, a: readonly number[], b: readonly number[]) => Tensor[];

/** Pairs of shapes, from equal ones to both being broadcast. */
const PAIRS: readonly (readonly [name: string, a: readonly number[], b: readonly number[]])[] = [
  ['of scalars', [], []],
  ['of nothing', [0, 3], [0, 3]],
  ['of nothing and a row', [0, 3], [3]],
  ['of one element each', [1], [1, 1]],
  ['of odd sizes', [3, 3], [3, 3]],
  ['of a scalar and a vector', [], [5]],
  ['of a matrix and a scalar', [3, 2], []],
  ['of a matrix and a row', [3, 2], [2]],
  ['of a column and a row', [3, 1], [1, 2]],
  ['of a row and a batch of columns', [3], [2, 2, 1]],
];

function binary(op: string, pair: DrawPair, fn: Binary): OpSample[] {
  return samplesOf(
    op,
    ...PAIRS.map(([name, a, b]) => [name, (draw: Draw) => pair(draw, a, b), fn] as const),
  );
}

const anywhere: DrawPair = (draw, a, b) => [draw.uniform(a), draw.uniform(b)];

/** No element of one is within 0.2 of an element of the other. */
const unequal: DrawPair = (draw, a, b) => [draw.around(a, 0, 1), draw.around(b, 0.5, 1.5)];
const quotients: DrawPair = (draw, a, b) => [draw.uniform(a), draw.uniform(b, 0.5, 2)];
const powers: DrawPair = (draw, a, b) => [draw.uniform(a, 0.4, 2), draw.uniform(b)];

export const binarySamples: readonly OpSample[] = [
  ...binary('add', anywhere, add),
  ...binary('sub', anywhere, sub),
  ...binary('mul', anywhere, mul),
  ...binary('div', quotients, div),
  ...binary('maximum', unequal, maximum),
  ...binary('minimum', unequal, minimum),
  ...binary('pow', powers, pow),

  // ── With numbers, and with itself ──────────────────────────────────────────────────────────────
  ...samplesOf(
    'add',
    ['of a tensor and a number', (draw) => [draw.uniform([3])], (x) => add(x, 2.5)],
    ['of a tensor and itself', (draw) => [draw.uniform([3])], (x) => add(x, x)],
  ),
  ...samplesOf(
    'sub',
    ['of a number and a tensor', (draw) => [draw.uniform([3])], (x) => sub(2.5, x)],
    ['of a tensor and itself', (draw) => [draw.uniform([3])], (x) => sub(x, x)],
  ),
  ...samplesOf(
    'mul',
    ['of a number and a tensor', (draw) => [draw.uniform([3])], (x) => mul(-1.5, x)],
    ['of a tensor and itself', (draw) => [draw.uniform([3])], (x) => mul(x, x)],
    ['by a bool', (draw) => [draw.uniform([5]), draw.mask([5])], (x, mask) => mul(x, mask)],
  ),
  ...samplesOf(
    'div',
    ['of a number and a tensor', (draw) => [draw.uniform([3], 0.5, 2)], (x) => div(2, x)],
    ['of a tensor and a number', (draw) => [draw.uniform([3])], (x) => div(x, -4)],
    ['of a tensor and itself', (draw) => [draw.uniform([3], 0.5, 2)], (x) => div(x, x)],
    ['by an integer tensor', (draw) => [draw.uniform([3]), draw.integers([3], 1, 4)], div],
  ),
  ...samplesOf('maximum', [
    'with a number',
    (draw) => [draw.clear([5], 0.5)],
    (x) => maximum(x, 0.5),
  ]),
  ...samplesOf('minimum', [
    'with a number',
    (draw) => [draw.clear([5], 0.5)],
    (x) => minimum(0.5, x),
  ]),

  // ── Powers ─────────────────────────────────────────────────────────────────────────────────────
  ...samplesOf(
    'pow',
    ['0', (draw) => [draw.uniform([3])], (x) => pow(x, 0)],
    ['1', (draw) => [draw.uniform([3])], (x) => pow(x, 1)],
    ['2', (draw) => [draw.uniform([3])], (x) => pow(x, 2)],
    ['3', (draw) => [draw.uniform([3])], (x) => pow(x, 3)],
    ['4, of a scalar', (draw) => [draw.uniform([])], (x) => pow(x, 4)],
    ['-2', (draw) => [draw.uniform([3], -2, -0.5)], (x) => pow(x, -2)],
    ['1/2', (draw) => [draw.uniform([3], 0.4, 2)], (x) => pow(x, 0.5)],
    ['2.7', (draw) => [draw.uniform([3], 0.4, 2)], (x) => pow(x, 2.7)],
    ['of a number', (draw) => [draw.uniform([3])], (x) => pow(1.5, x)],
    ['of a tensor and itself', (draw) => [draw.uniform([3], 0.4, 2)], (x) => pow(x, x)],
    [
      'of a negative tensor, whole',
      (draw) => [draw.uniform([3], -2, -0.5), draw.integers([3], -2, 4)],
      pow,
    ],
  ),

  // ── Choice ─────────────────────────────────────────────────────────────────────────────────────
  ...samplesOf(
    'where',
    ['of scalars', (draw) => [draw.mask([]), draw.uniform([]), draw.uniform([])], where],
    ['of nothing', (draw) => [draw.mask([0]), draw.uniform([0]), draw.uniform([1])], where],
    ['of one element', (draw) => [draw.mask([1]), draw.uniform([1]), draw.uniform([])], where],
    [
      'of odd sizes',
      (draw) => [draw.mask([3, 3]), draw.uniform([3, 3]), draw.uniform([3, 3])],
      where,
    ],
    [
      'of a row and a column',
      (draw) => [draw.mask([2, 3]), draw.uniform([3]), draw.uniform([2, 1])],
      where,
    ],
    ['by a column', (draw) => [draw.mask([3, 1]), draw.uniform([2]), draw.uniform([3, 2])], where],
    ['with a number', (draw) => [draw.mask([5]), draw.uniform([5])], (c, x) => where(c, x, 0)],
    [
      'by a number that is not 0',
      (draw) => [draw.clear([5], 0), draw.uniform([5])],
      (c, x) => where(c, x, 1),
    ],
    [
      'by a condition on the tensor',
      (draw) => [draw.clear([5], 0)],
      (x) => where(x.greater(0), square(x), x),
    ],
  ),
];
