// Tests of how operands are read along a broadcast result: runs of equal elements against index arithmetic.
import { expect, test } from 'vitest';
import { arraysOf, holdOf } from '../../src/kernels/broadcast-loops.js';
import { broadcastStrides, type Shape, sizeOf } from '../../src/tensor/shape.js';
import { indicesOf } from './reference/naive.js';

/** Which element of an operand each element of the result meets. */
function met(shape: Shape, target: Shape): number[] {
  const strides = broadcastStrides(shape, target);
  return [...indicesOf(target)].map((index) =>
    index.reduce((place, i, axis) => place + i * strides[axis], 0),
  );
}

test.each<[shape: number[], target: number[], hold: number]>([
  [[3, 4], [3, 4], 1],
  [[4], [3, 4], 1],
  [[1, 4], [3, 4], 1],
  [[3, 1], [3, 4], 4],
  [[2, 1, 1], [5, 2, 3, 4], 12],
  [[3, 1], [2, 3, 1], 1],
  [[1, 3, 1], [2, 3, 4], 4],
])('an operand %j of a result %j is held for %d elements at a time', (shape, target, hold) => {
  expect(holdOf(shape, target)).toBe(hold);
  const count = sizeOf(shape);
  expect(met(shape, target)).toEqual(
    Array.from({ length: sizeOf(target) }, (_, i) => Math.floor(i / hold) % count),
  );
});

test('one element is met everywhere, whatever it is held for', () => {
  for (const shape of [[], [1], [1, 1]]) {
    expect(holdOf(shape, [3, 4])).toBeGreaterThan(0);
    expect(new Set(met(shape, [3, 4]))).toEqual(new Set([0]));
  }
});

test('an operand that repeats in the middle is held for no number of elements', () => {
  expect(holdOf([2, 1, 3], [2, 4, 3])).toBe(0);
  expect(holdOf([3, 1, 2, 1], [3, 4, 2, 5])).toBe(0);
});

test('scalars become arrays of one element each, also where several of one dtype meet', () => {
  const x = Float32Array.of(1, 2);
  const operands = [
    { storage: 3, shape: [] },
    { storage: x, shape: [2] },
    { storage: 5, shape: [] },
  ];
  expect(arraysOf(operands, 'float32')).toEqual([Float32Array.of(3), x, Float32Array.of(5)]);
});
