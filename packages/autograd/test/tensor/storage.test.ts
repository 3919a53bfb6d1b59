// Tests of tensor/storage: slabs, their sizes, and conversions.
import { describe, expect, test } from 'vitest';
import { tensor } from '../../src/index.js';
import { bytesPerElement, type DType } from '../../src/tensor/dtype.js';
import { allocate, asArray, convertArray } from '../../src/tensor/storage.js';

const DTYPES: DType[] = ['bool', 'int32', 'float32', 'float64'];

describe('allocate', () => {
  test('gives zeroed arrays of the length and kind asked for', () => {
    for (const dtype of DTYPES) {
      for (const length of [0, 1, 3, 7, 64, 255, 512, 513, 5000]) {
        const array = allocate(dtype, length);
        expect(array).toHaveLength(length);
        expect(array.BYTES_PER_ELEMENT).toBe(bytesPerElement(dtype));
        expect(array.every((v) => v === 0)).toBe(true);
        array.fill(1);
      }
    }
  });

  test('cuts small arrays from one slab, and gives large ones a buffer of their own', () => {
    const small = Array.from({ length: 20 }, () => allocate('float32', 16));
    expect(new Set(small.map(({ buffer }) => buffer)).size).toBeLessThan(3);
    expect(allocate('float32', 512).buffer.byteLength).toBeGreaterThan(2048);
    const large = allocate('float32', 513);
    expect(large.buffer.byteLength).toBe(4 * 513);
    expect(allocate('float64', 0).buffer.byteLength).toBe(0);
  });

  test('keeps at most 8 kB alive with any array that is smaller', () => {
    for (let i = 0; i < 200; i++) {
      const array = allocate(DTYPES[i % 4], 1 + ((i * 37) % 250));
      expect(array.buffer.byteLength).toBeLessThanOrEqual(8192);
    }
  });

  test('never lets two arrays overlap: each keeps what is written to it', () => {
    const arrays = Array.from({ length: 500 }, (_, i) => allocate(DTYPES[i % 4], 1 + (i % 100)));
    arrays.forEach((array, i) => {
      array.fill(i % 251);
    });
    arrays.forEach((array, i) => {
      expect(array.every((v) => v === i % 251)).toBe(true);
    });
  });

  test('aligns arrays of all dtypes in one slab', () => {
    for (let i = 0; i < 100; i++) {
      allocate('bool', 1 + (i % 9));
      expect(allocate('float64', 3).byteOffset % 8).toBe(0);
    }
  });
});

test('a scalar is a number, and an array where a kernel wants one', () => {
  expect(tensor(3).storage).toBe(3);
  expect(Array.from(asArray(3, 'int32'))).toEqual([3]);
  const array = new Float32Array(2);
  expect(asArray(array, 'float32')).toBe(array);
});

test('convertArray converts like a cast', () => {
  const source = new Float64Array([0, -0, 1.9, -1.9, Number.NaN, 2 ** 32 + 3]);
  expect(Array.from(convertArray(source, 'int32'))).toEqual([0, 0, 1, -1, 0, 3]);
  expect(Array.from(convertArray(source, 'bool'))).toEqual([0, 0, 1, 1, 1, 1]);
  expect(convertArray(source, 'float32')[2]).toBe(Math.fround(1.9));
  expect(convertArray(source, 'float64')).not.toBe(source);
});
