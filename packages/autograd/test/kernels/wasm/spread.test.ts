// Repeating elements in the scratch memory: every run, at any length, in either dtype.

import { expect, test } from 'vitest';
import { scratchArray, slotAddress } from '../../../src/kernels/wasm/scratch.js';
import { spreadOf } from '../../../src/kernels/wasm/spread.js';

for (const dtype of ['float32', 'float64'] as const) {
  for (const run of [1, 2, 3, 4, 7, 64]) {
    test(`every element of ${dtype} is repeated ${run} times`, () => {
      const spread = spreadOf(dtype);
      const memory = scratchArray(dtype, 2);
      const bytes = memory.BYTES_PER_ELEMENT;
      const x = [1.5, -0, Number.POSITIVE_INFINITY, 4, 5];
      memory.set(x, slotAddress(1) / bytes);
      spread(slotAddress(1), 0, x.length * run * bytes, run * bytes);
      const expected = x.flatMap((value) => new Array<number>(run).fill(value));
      expect(Array.from(memory.subarray(0, expected.length))).toEqual(expected);
    });
  }
}

test('nothing is written where there is nothing to fill', () => {
  const spread = spreadOf('float64');
  const memory = scratchArray('float64', 2);
  memory.fill(7, 0, 4);
  spread(slotAddress(1), 0, 0, 16);
  expect(Array.from(memory.subarray(0, 4))).toEqual([7, 7, 7, 7]);
});
