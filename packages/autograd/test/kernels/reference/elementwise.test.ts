// Tests of the reference's elementwise kernel: broadcasting against index arithmetic written out.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elementwise } from '../../../src/kernels/reference/elementwise.js';
import { argument } from '../../../src/scalar/index.js';
import { broadcastStrides, type Shape } from '../../../src/tensor/shape.js';
import { indicesOf, productOf } from './naive.js';

const [a, b, c] = [argument(0), argument(1), argument(2)];

/** A shape, and shapes that broadcast to it: axes become 1, leading ones are left out. */
const broadcastable = (operands: number) =>
  fc.array(fc.nat({ max: 4 }), { maxLength: 4 }).chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      own: fc.array(
        fc.record({
          ones: fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
          dropped: fc.nat({ max: shape.length }),
        }),
        { minLength: operands, maxLength: operands },
      ),
    }),
  );

function operandShape(shape: Shape, ones: readonly boolean[], dropped: number): number[] {
  return shape.map((n, i) => (ones[i] ? 1 : n)).slice(dropped);
}

function check(shape: Shape, own: readonly Shape[]): void {
  const inputs = own.map((s, k) => ({
    shape: s,
    storage: Float64Array.from({ length: productOf(s) }, (_, i) => 1 + i + 100 * k),
  }));
  const f = [a.sin(), a.mul(10).add(b), a.mul(10).add(b).sub(c.mul(0.5))][own.length - 1];
  const value = [
    (x: number) => Math.sin(x),
    (x: number, y: number) => x * 10 + y,
    (x: number, y: number, z: number) => x * 10 + y - z * 0.5,
  ][own.length - 1] as (...xs: number[]) => number;
  const out = new Float64Array(productOf(shape));
  elementwise(f, inputs, out, shape, 'float64');
  const strides = own.map((s) => broadcastStrides(s, shape));
  const expected = [...indicesOf(shape)].map((index) =>
    value(
      ...inputs.map(
        ({ storage }, k) => storage[index.reduce((at, i, n) => at + i * strides[k][n], 0)],
      ),
    ),
  );
  expect(Array.from(out)).toEqual(expected);
}

test.each([1, 2, 3])('broadcasts %d operands to any shape', (operands) => {
  fc.assert(
    fc.property(broadcastable(operands), ({ shape, own }) => {
      check(
        shape,
        own.map(({ ones, dropped }) => operandShape(shape, ones, dropped)),
      );
    }),
    { numRuns: 300, seed: 2 },
  );
});

test('takes scalars as numbers', () => {
  const out = new Float64Array(3);
  const x = { shape: [3], storage: Float64Array.from([1, 2, 3]) };
  elementwise(a.mul(b), [{ shape: [], storage: 10 }, x], out, [3], 'float64');
  expect(Array.from(out)).toEqual([10, 20, 30]);
  elementwise(
    a.sub(b),
    [
      { shape: [], storage: 10 },
      { shape: [], storage: 1 },
    ],
    out,
    [3],
    'float64',
  );
  expect(Array.from(out)).toEqual([9, 9, 9]);
});

test('computes in the dtype: float32 rounds after each step, int32 wraps', () => {
  const run = (array: Float32Array | Int32Array, dtype: 'float32' | 'int32') => {
    const out = array.slice();
    elementwise(a.mul(a).add(1), [{ shape: [1], storage: array }], out, [1], dtype);
    return out[0];
  };
  const x = Math.fround(0.1);
  expect(run(Float32Array.from([x]), 'float32')).toBe(Math.fround(Math.fround(x * x) + 1));
  expect(run(Int32Array.from([65537]), 'int32')).toBe(131074);
});

test('writes nothing for empty shapes', () => {
  const out = new Float64Array(0);
  elementwise(a.exp(), [{ shape: [0, 3], storage: out }], out, [0, 3], 'float64');
  expect(out).toHaveLength(0);
});
