// Tests of tensor/dtype: promotion, coercion, and the arrays behind the four dtypes.
import { describe, expect, test } from 'vitest';
import { DTypeError } from '../../src/errors.js';
import { add, div, mul, tensor } from '../../src/index.js';
import {
  arrayOfLength,
  bytesPerElement,
  checkDType,
  coerce,
  coerceExactly,
  type DType,
  dtypeOfArray,
  isDType,
  isFloating,
  promote,
  promoteNumber,
  toFloating,
} from '../../src/tensor/dtype.js';
import { expectError } from '../support.js';

const DTYPES: DType[] = ['bool', 'int32', 'float32', 'float64'];

test('promotion picks the higher of bool < int32 < float32 < float64, in any order', () => {
  DTYPES.forEach((a, i) => {
    DTYPES.forEach((b, j) => {
      expect(promote(a, b)).toBe(DTYPES[Math.max(i, j)]);
      const sum = add(tensor([1], { dtype: a }), tensor([1], { dtype: b }));
      expect(sum.dtype).toBe(a === 'bool' && b === 'bool' ? 'int32' : DTYPES[Math.max(i, j)]);
    });
  });
});

describe('a JS number is weak', () => {
  test.each<[DType, number, DType]>([
    ['bool', 2, 'int32'],
    ['bool', 0.5, 'float32'],
    ['int32', 2, 'int32'],
    ['int32', -0, 'int32'],
    ['int32', 2 ** 31 - 1, 'int32'],
    ['int32', 2 ** 31, 'float32'],
    ['int32', 0.5, 'float32'],
    ['int32', Number.NaN, 'float32'],
    ['int32', Infinity, 'float32'],
    ['float32', 1e300, 'float32'],
    ['float64', 0.1, 'float64'],
  ])('%s meets %d: %s', (dtype, value, result) => {
    expect(promoteNumber(dtype, value)).toBe(result);
    expect(mul(tensor([1], { dtype }), value).dtype).toBe(result);
    expect(mul(value, tensor([1], { dtype })).dtype).toBe(result);
  });

  test('two of them are float32, and a division of integers is', () => {
    expect(add(1, 2).dtype).toBe('float32');
    expect(div(tensor([1], { dtype: 'int32' }), 2).toArray()).toEqual([0.5]);
    expect(add(true, tensor([1], { dtype: 'int32' })).dtype).toBe('int32');
  });
});

test('coerce gives the number that an element keeps', () => {
  expect(coerce(0.1, 'float32')).toBe(Math.fround(0.1));
  expect(coerce(0.1, 'float64')).toBe(0.1);
  expect(coerce(-1.9, 'int32')).toBe(-1);
  expect(coerce(2 ** 31, 'int32')).toBe(-(2 ** 31));
  expect(coerce(Number.NaN, 'int32')).toBe(0);
  expect([0, -0, 0.1, Number.NaN].map((v) => coerce(v, 'bool'))).toEqual([0, 0, 1, 1]);
});

test('coerceExactly refuses what int32 would change, and nothing else', () => {
  expect(coerceExactly('op', -0, 'int32')).toBe(0);
  expect(coerceExactly('op', 0.1, 'float32')).toBe(Math.fround(0.1));
  expectError(() => coerceExactly('op', 0.1, 'int32'), DTypeError, /^op: .*got 0.1/);
});

test('each dtype has its array', () => {
  for (const dtype of DTYPES) {
    const array = arrayOfLength(dtype, 3);
    expect(array).toHaveLength(3);
    expect(array.BYTES_PER_ELEMENT).toBe(bytesPerElement(dtype));
    expect(dtypeOfArray(array)).toBe(dtype);
  }
});

test('names are checked', () => {
  for (const dtype of DTYPES) expect(checkDType('op', dtype)).toBe(dtype);
  expect([isDType('constructor'), isDType(undefined), isDType('int64')]).toEqual([
    false,
    false,
    false,
  ]);
  expectError(() => checkDType('op', undefined), DTypeError, /^op: .*got undefined/);
  expect(DTYPES.map(isFloating)).toEqual([false, false, true, true]);
  expect(DTYPES.map(toFloating)).toEqual(['float32', 'float32', 'float32', 'float64']);
});
