// Tests of the reference's conversions between dtypes.
import { expect, test } from 'vitest';
import { reference } from '../../../src/kernels/reference/index.js';

const source = Float64Array.from([0, -0, 0.1, -2.7, Number.NaN, Infinity, 2 ** 32 + 5]);

test('to int32 cuts off fractions and wraps', () => {
  const out = new Int32Array(7);
  reference.convert(source, 'float64', out, 'int32');
  expect(Array.from(out)).toEqual([0, 0, 0, -2, 0, 0, 5]);
});

test('to bool is 1 for everything but 0', () => {
  const out = new Uint8Array(7);
  reference.convert(source, 'float64', out, 'bool');
  expect(Array.from(out)).toEqual([0, 0, 1, 1, 1, 1, 1]);
});

test('to float32 rounds', () => {
  const out = new Float32Array(7);
  reference.convert(source, 'float64', out, 'float32');
  expect(out[2]).toBe(Math.fround(0.1));
});

test('every kernel is there', () => {
  expect(reference.name).toBe('reference');
  for (const [name, kernel] of Object.entries(reference)) {
    if (name !== 'name') expect(kernel).toBeTypeOf('function');
  }
});
