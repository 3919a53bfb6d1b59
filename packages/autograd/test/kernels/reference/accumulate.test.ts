// Adding between layouts, against a loop over index tuples.

import { expect, it } from 'vitest';
import { accumulate } from '../../../src/kernels/reference/accumulate.js';

it('adds every element at its place, those that meet in the order of the shape', () => {
  const x = Float64Array.from([1e16, 1, -1e16, 1]);
  const out = new Float64Array(2);
  accumulate(x, { offset: 0, strides: [1] }, out, { offset: 1, strides: [0] }, [4]);
  expect([...out]).toEqual([0, 1]);
});

it('folds windows that overlap', () => {
  const x = Int32Array.from([1, 2, 3, 4, 5, 6]);
  const out = Int32Array.from([0, 10, 0, 0, 0]);
  accumulate(x, { offset: 0, strides: [3, 1] }, out, { offset: 1, strides: [1, 1] }, [2, 3]);
  expect([...out]).toEqual([0, 11, 6, 8, 6]);
});

it('walks backwards, adds a scalar, and leaves all as it is where there is nothing to add', () => {
  const out = new Float32Array(3);
  accumulate(
    Float32Array.from([1, 2, 3]),
    { offset: 2, strides: [-1] },
    out,
    { offset: 0, strides: [1] },
    [3],
  );
  accumulate(Float32Array.of(5), { offset: 0, strides: [] }, out, { offset: 1, strides: [] }, []);
  accumulate(out, { offset: 0, strides: [1] }, out, { offset: 0, strides: [1] }, [0]);
  expect([...out]).toEqual([3, 7, 1]);
});
