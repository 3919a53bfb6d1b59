// Copies and additions between any layouts through the scratch memory, against the reference.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Layout } from '../../../src/kernels/kernels.js';
import { accumulate as add } from '../../../src/kernels/reference/accumulate.js';
import { copy as move } from '../../../src/kernels/reference/copy.js';
import { accumulate } from '../../../src/kernels/wasm/accumulate.js';
import { copy } from '../../../src/kernels/wasm/copy.js';
import { arrayOfLength, type TypedArray } from '../../../src/tensor/dtype.js';
import { stridesOf } from '../../../src/tensor/shape.js';
import { firstDifference } from './arrays.js';

const DTYPES = ['float32', 'float64', 'int32', 'bool'] as const;

const counted = (dtype: (typeof DTYPES)[number], length: number): TypedArray => {
  const x = arrayOfLength(dtype, length);
  for (let i = 0; i < length; i++) x[i] = dtype === 'bool' ? i % 2 : (i * 7) % 251;
  if (x instanceof Float32Array || x instanceof Float64Array)
    x.forEach((v, i) => {
      x[i] = v / 3;
    });
  return x;
};

/** Where the elements lie for these steps, from the first that is used; and how long the whole is. */
function layoutOf(shape: readonly number[], strides: readonly number[]): [Layout, number] {
  let [least, greatest] = [0, 0];
  shape.forEach((size, axis) => {
    const reach = (size - 1) * strides[axis];
    if (reach < 0) least += reach;
    else greatest += reach;
  });
  return [{ offset: 3 - least, strides }, greatest - least + 7];
}

const KERNELS = [
  ['copy', copy, move],
  ['accumulate', accumulate, add],
] as const;

describe.each(KERNELS)('%s', (_name, kernel, reference) => {
  const agree = (
    dtype: (typeof DTYPES)[number],
    shape: readonly number[],
    [from, length]: [Layout, number],
    [to, outLength]: [Layout, number],
  ) => {
    const x = counted(dtype, length);
    const computed = counted(dtype, outLength);
    const expected = computed.slice();
    kernel(x, from, computed, to, shape);
    reference(x, from, expected, to, shape);
    expect(firstDifference(computed, expected)).toBe(-1);
  };

  it.each(DTYPES)('gives the reference’s bits on %s, at overlapping windows', (dtype) => {
    const image = stridesOf([3, 2, 40, 41]);
    for (const [stride, size] of [
      [1, 3],
      [2, 3],
      [3, 2],
    ]) {
      const count = Math.floor((40 - size) / stride);
      const shape = [3, 2, size, size, count, count];
      const [n, c, h, w] = image;
      const windows = layoutOf(shape, [n, c, h, w, stride * h, stride * w]);
      const dense = layoutOf(shape, stridesOf(shape));
      agree(dtype, shape, windows, dense);
      if (kernel === accumulate) agree(dtype, shape, dense, windows);
    }
  });

  it('gives the reference’s bits on any axes and steps, backward ones and none included', () => {
    const axis = fc.tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: -40, max: 40 }),
      fc.integer({ min: 0, max: 70 }),
    );
    fc.assert(
      fc.property(
        fc.array(axis, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('float32', 'float64'),
        (axes, dtype) => {
          const shape = [...axes.map(([size]) => size), 17];
          const from = layoutOf(shape, [...axes.map(([, step]) => step), 1]);
          // What copies to one place from several isn't stated.
          const apart = stridesOf(shape).map((stride) => 2 * stride);
          const steps = kernel === copy ? apart : [...axes.map(([, , step]) => step), 1];
          const to = layoutOf(shape, steps);
          agree(dtype, shape, from, to);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('cuts what does not fit the scratch memory', () => {
    const large = [70_000, 3];
    agree('float32', large, layoutOf(large, [3, 1]), layoutOf(large, [1, 70_000]));
    agree('float64', large, layoutOf(large, [5, 2]), layoutOf(large, [4, 1]));
    const wide = [2, 2, 100_000];
    agree('float32', wide, layoutOf(wide, [100_000, 1, 2]), layoutOf(wide, [7, 400_000, 3]));
    const deep = [2, 2, 2, 2, 3, 2, 2, 2, 2];
    const steps = [1, 3, 7, 15, 31, 97, 200, 411, 900];
    agree('float32', deep, layoutOf(deep, steps), layoutOf(deep, [...steps].reverse()));
    const sparse = [300, 2, 16, 17];
    agree(
      'float32',
      sparse,
      layoutOf(sparse, [5000, 2000, 17, 1]),
      layoutOf(sparse, stridesOf(sparse)),
    );
  });
});
