// Tests of tensor/format: what console.log shows, and nested arrays.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { arange, tensor, variable, zeros } from '../../src/index.js';

describe('printing', () => {
  test.each([
    [tensor(3), 'Tensor float32 [] 3'],
    [tensor(0.5), 'Tensor float32 [] 0.5000'],
    [tensor(-0), 'Tensor float32 [] -0'],
    [tensor(Number.NaN), 'Tensor float32 [] NaN'],
    [tensor(true), 'Tensor bool [] true'],
    [tensor(7, { dtype: 'int32' }), 'Tensor int32 [] 7'],
    [tensor(1e-7, { dtype: 'float64' }), 'Tensor float64 [] 1.0000e-7'],
    [tensor(1.5e9), 'Tensor float32 [] 1.5000e+9'],
    [tensor([1, 2, 3]), 'Tensor float32 [3] [1, 2, 3]'],
    [tensor([]), 'Tensor float32 [0] []'],
    [zeros([2, 0, 3]), 'Tensor float32 [2, 0, 3] []'],
    [tensor([1, -20.5]), 'Tensor float32 [2] [  1.0000, -20.5000]'],
    [tensor([-0, 0.5]), 'Tensor float32 [2] [-0.0000,  0.5000]'],
    [tensor([-0, 1]), 'Tensor float32 [2] [-0,  1]'],
    [tensor([1, Number.NaN, -Infinity]), 'Tensor float32 [3] [        1,       NaN, -Infinity]'],
    [tensor([0.5, Infinity]), 'Tensor float32 [2] [  0.5000, Infinity]'],
    [tensor([1e-9, 0, -0]), 'Tensor float32 [3] [1.0000e-9,         0,        -0]'],
    [tensor([true, false]), 'Tensor bool [2] [ true, false]'],
    [tensor([5], { requiresGrad: true }), 'Tensor float32 [1] requiresGrad [5]'],
    [
      tensor([
        [1, -2],
        [30, 4],
      ]),
      'Tensor float32 [2, 2]\n[[ 1, -2],\n [30,  4]]',
    ],
    [tensor([[1, 2]]), 'Tensor float32 [1, 2] [[1, 2]]'],
  ])('%#: %s', (x, text) => {
    expect(x.toString()).toBe(text);
    expect(inspect(x)).toBe(text);
  });

  test('puts an empty line between matrices', () => {
    expect(arange(8).reshape([2, 2, 2]).toString()).toBe(
      'Tensor int32 [2, 2, 2]\n[[[0, 1],\n  [2, 3]],\n\n [[4, 5],\n  [6, 7]]]',
    );
  });

  test('cuts more than 1000 elements down to the first and last three', () => {
    expect(arange(1001).toString()).toBe(
      'Tensor int32 [1001] [   0,    1,    2, …,  998,  999, 1000]',
    );
    expect(arange(1000).toString()).not.toContain('…');
    const lines = zeros([100, 100]).toString().split('\n');
    expect(lines).toEqual([
      'Tensor float32 [100, 100]',
      '[[0, 0, 0, …, 0, 0, 0],',
      ...Array.from({ length: 2 }, () => ' [0, 0, 0, …, 0, 0, 0],'),
      ' …,',
      ...Array.from({ length: 2 }, () => ' [0, 0, 0, …, 0, 0, 0],'),
      ' [0, 0, 0, …, 0, 0, 0]]',
    ]);
  });

  test('formats by what it shows, not by what it leaves out', () => {
    const values = new Float32Array(2000).fill(1);
    values[1000] = 1e-12;
    expect(tensor(values).toString()).toBe('Tensor float32 [2000] [1, 1, 1, …, 1, 1, 1]');
  });

  test('survives ranks that have too many elements to be passed as arguments', () => {
    const text = zeros(new Array<number>(17).fill(2)).toString();
    expect(text.match(/0/g)?.length).toBe(2 ** 17);
  });

  test('a variable says that it is one', () => {
    expect(`${variable([1, 2])}`).toBe('Variable float32 [2] requiresGrad [1, 2]');
    expect(inspect(variable(3, { requiresGrad: false }))).toBe('Variable float32 [] 3');
  });

  test('inside of objects it reads as well', () => {
    expect(inspect({ x: tensor([1]) })).toBe('{ x: Tensor float32 [1] [1] }');
  });
});

test('toArray nests as deep as the shape, also where it is empty', () => {
  expect(zeros([2, 0]).toArray()).toEqual([[], []]);
  expect(zeros([0, 2]).toArray()).toEqual([]);
  expect(arange(4).reshape([1, 2, 2, 1]).toArray()).toEqual(
    [
      [
        [[0], [1]],
        [[2], [3]],
      ],
    ].map((m) => m.map((r) => r)),
  );
});
