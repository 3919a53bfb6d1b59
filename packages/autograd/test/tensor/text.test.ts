import { expect, test } from 'vitest';
import { inColumns, padded } from '../../src/tensor/text.js';

test('columns are as wide as their widest cell, and lines end with text', () => {
  expect(
    inColumns([
      ['op', 'bytes'],
      ['matmul', '8'],
    ]),
  ).toBe('op      bytes\nmatmul  8');
});

test('columns that are named stand at the right', () => {
  expect(padded([['1'], ['100']], [0])).toEqual([['  1'], ['100']]);
});

test('a table without rows is empty', () => {
  expect(inColumns([])).toBe('');
});
