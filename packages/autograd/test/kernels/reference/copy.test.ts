// Tests of the reference's copy: any layout to any layout, against index arithmetic written out.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copy } from '../../../src/kernels/reference/copy.js';
import { stridesOf } from '../../../src/tensor/shape.js';
import { indicesOf, productOf } from './naive.js';

const numbers = (n: number) => Float64Array.from({ length: n }, (_, i) => i + 1);

const axis = fc.record({
  size: fc.nat({ max: 4 }),
  /** Of a contiguous source this axis is read forward, backward, every other element, or as one repeated. */
  step: fc.constantFrom(1, -1, 2, 0),
});

test('reads forward, backward, in steps and repeatedly, into the middle of an array', () => {
  fc.assert(
    fc.property(fc.array(axis, { maxLength: 4 }), fc.nat({ max: 3 }), (axes, gap) => {
      const shape = axes.map(({ size }) => size);
      const stored = axes.map(({ size, step }) => Math.max(1, size * Math.max(1, Math.abs(step))));
      const base = stridesOf(stored);
      const strides = axes.map(({ step }, i) => step * base[i]);
      const offset = axes.reduce(
        (at, { size, step }, i) => (step < 0 && size > 0 ? at + (size - 1) * base[i] : at),
        0,
      );
      const x = numbers(productOf(stored));
      const to = { offset: gap, strides: stridesOf(shape) };
      const out = new Float64Array(gap + productOf(shape) + gap);
      copy(x, { offset, strides }, out, to, shape);

      const expected = new Float64Array(out.length);
      for (const index of indicesOf(shape)) {
        const at = (start: number, steps: readonly number[]) =>
          index.reduce((place, i, k) => place + i * steps[k], start);
        expected[at(gap, to.strides)] = x[at(offset, strides)];
      }
      expect(out).toEqual(expected);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('transposes', () => {
  const out = new Int32Array(6);
  const x = Int32Array.from([1, 2, 3, 4, 5, 6]); // [2, 3]
  copy(x, { offset: 0, strides: [1, 3] }, out, { offset: 0, strides: [2, 1] }, [3, 2]);
  expect(Array.from(out)).toEqual([1, 4, 2, 5, 3, 6]);
});

test('writes into a strided target, as joining does, and leaves the rest alone', () => {
  const out = new Float32Array(8); // [2, 4], columns 1 and 2 are written
  copy(
    Float32Array.from([1, 2, 3, 4]),
    { offset: 0, strides: [2, 1] },
    out,
    { offset: 1, strides: [4, 1] },
    [2, 2],
  );
  expect(Array.from(out)).toEqual([0, 1, 2, 0, 0, 3, 4, 0]);
});

test('copies a scalar, and nothing of an empty shape', () => {
  const out = new Uint8Array(2);
  copy(Uint8Array.from([0, 1]), { offset: 1, strides: [] }, out, { offset: 0, strides: [] }, []);
  expect(Array.from(out)).toEqual([1, 0]);
  copy(
    Uint8Array.from([1, 1]),
    { offset: 0, strides: [1, 1] },
    out,
    { offset: 0, strides: [1, 1] },
    [2, 0],
  );
  expect(Array.from(out)).toEqual([1, 0]);
});
