// Copies and transpositions in blocks against the reference: bits are moved and nothing else.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Layout } from '../../../src/kernels/kernels.js';
import { copy as reference } from '../../../src/kernels/reference/copy.js';
import { copy } from '../../../src/kernels/wasm/copy.js';
import { arrayOfLength, type DType, type TypedArray } from '../../../src/tensor/dtype.js';
import { sizeOf, stridesOf } from '../../../src/tensor/shape.js';
import { firstDifference } from './arrays.js';

const DTYPES = ['float32', 'float64', 'int32', 'bool'] as const;

const counted = (dtype: DType, length: number): TypedArray => {
  const x = arrayOfLength(dtype, length);
  for (let i = 0; i < length; i++) x[i] = (i * 7) % 251;
  return x;
};

function agree(
  x: TypedArray,
  from: Layout,
  length: number,
  to: Layout,
  shape: readonly number[],
  dtype: DType,
): void {
  const computed = arrayOfLength(dtype, length);
  const expected = arrayOfLength(dtype, length);
  copy(x, from, computed, to, shape);
  reference(x, from, expected, to, shape);
  expect(firstDifference(computed, expected)).toBe(-1);
}

function permute(shape: readonly number[], axes: readonly number[], dtype: DType): void {
  const strides = stridesOf(shape);
  const target = axes.map((axis) => shape[axis]);
  const from = { offset: 0, strides: axes.map((axis) => strides[axis]) };
  const to = { offset: 0, strides: stridesOf(target) };
  agree(counted(dtype, sizeOf(shape)), from, sizeOf(shape), to, target, dtype);
}

describe.each(DTYPES)('copies of %s', (dtype) => {
  it('transpose matrices of every shape', () => {
    for (const rows of [1, 2, 3, 4, 5, 8, 31, 128, 1000]) {
      for (const columns of [1, 2, 3, 4, 7, 16, 65, 500]) permute([rows, columns], [1, 0], dtype);
    }
  });

  it('take rows of every length from 0 to 67, at odd offsets, forwards, backwards and transposed', () => {
    for (let length = 0; length <= 67; length++) {
      const x = counted(dtype, 5 * length + 9);
      const room = 5 * length + 7;
      const shape = [5, length];
      const from = { offset: 3, strides: [length, 1] };
      const to = { offset: 5, strides: [length, 1] };
      agree(x, from, room, to, shape, dtype);
      agree(x, { offset: 5 * length + 2, strides: [-length, -1] }, room, to, shape, dtype);
      agree(x, { offset: 1, strides: [0, 1] }, room, to, shape, dtype);
      agree(x, { offset: 1, strides: [1, 0] }, room, to, shape, dtype);
      agree(x, { offset: 7, strides: [1, 5] }, room, to, shape, dtype);
    }
  });

  it('transpose matrices that do not fit the scratch memory', () => {
    for (const shape of [
      [701, 803],
      [4, 70_001],
      [70_001, 5],
    ]) {
      permute(shape, [1, 0], dtype);
    }
  });

  it('permute any axes', () => {
    const axes = fc
      .array(fc.constantFrom(1, 2, 3, 5, 8, 20), { minLength: 1, maxLength: 4 })
      .chain((shape) =>
        fc.tuple(
          fc.constant(shape),
          fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
        ),
      );
    fc.assert(
      fc.property(axes, ([shape, order]) => {
        permute(shape, order, dtype);
      }),
      { numRuns: 100 },
    );
  });

  it('take strides, offsets, repetition and reversal on both sides', () => {
    const x = counted(dtype, 4000);
    const layouts: [Layout, Layout, number[]][] = [
      [{ offset: 5, strides: [100, 1] }, { offset: 3, strides: [40, 1] }, [30, 37]],
      [{ offset: 3999, strides: [-100, -1] }, { offset: 0, strides: [50, 1] }, [30, 50]],
      [{ offset: 2, strides: [0, 1] }, { offset: 0, strides: [64, 1] }, [20, 64]],
      [{ offset: 2, strides: [1, 0] }, { offset: 0, strides: [64, 1] }, [20, 64]],
      [{ offset: 0, strides: [1, 60] }, { offset: 7, strides: [66, 1] }, [60, 66]],
      [{ offset: 0, strides: [2, 60] }, { offset: 0, strides: [30, 1] }, [30, 30]],
      [{ offset: 0, strides: [1, 61] }, { offset: 4000, strides: [-60, 1] }, [60, 60]],
    ];
    for (const [from, to, shape] of layouts) agree(x, from, 4200, to, shape, dtype);
  });

  it('take empty and single blocks', () => {
    const x = counted(dtype, 100);
    agree(x, { offset: 0, strides: [10, 1] }, 100, { offset: 0, strides: [1, 10] }, [0, 10], dtype);
    agree(x, { offset: 7, strides: [] }, 100, { offset: 9, strides: [] }, [], dtype);
  });
});

describe('copies of float32', () => {
  it('keep the bits of every NaN', () => {
    const bits = Int32Array.from({ length: 40 * 40 }, (_, i) => 0x7f800001 + i);
    const x = new Float32Array(bits.buffer);
    const out = new Float32Array(x.length);
    copy(x, { offset: 0, strides: [1, 40] }, out, { offset: 0, strides: [40, 1] }, [40, 40]);
    const moved = new Int32Array(out.buffer);
    for (let i = 0; i < 40; i++) {
      for (let j = 0; j < 40; j++) expect(moved[j * 40 + i]).toBe(bits[i * 40 + j]);
    }
  });
});
