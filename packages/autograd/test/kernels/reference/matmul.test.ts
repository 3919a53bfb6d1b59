// Tests of the reference's matrix product: flags, batches, dtypes and empty sizes, against the sum written out.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matmul } from '../../../src/kernels/reference/matmul.js';

const size = fc.nat({ max: 6 });

/** Whole numbers, so that sums are exact in any order. */
const filled = (n: number, seed: number) =>
  Float64Array.from({ length: n }, (_, i) => ((i * 7 + seed * 13) % 11) - 5);

test('is the sum over the inner index, for all flags and batches', () => {
  fc.assert(
    fc.property(
      size,
      size,
      size,
      fc.boolean(),
      fc.boolean(),
      fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 3 })), { maxLength: 4 }),
      (m, n, k, transposeA, transposeB, batch) => {
        const x = filled(3 * m * k, 1);
        const y = filled(4 * k * n, 2);
        const out = new Float64Array(batch.length * m * n);
        matmul({ a: x, b: y, out, dtype: 'float64', m, n, k, transposeA, transposeB, batch });
        const expected = batch.flatMap(([p, q]) =>
          Array.from({ length: m * n }, (_, at) => {
            const i = Math.floor(at / n);
            const j = at % n;
            let sum = 0;
            for (let s = 0; s < k; s++) {
              const left = x[p * m * k + (transposeA ? s * m + i : i * k + s)];
              const right = y[q * k * n + (transposeB ? j * k + s : s * n + j)];
              sum += left * right;
            }
            return sum;
          }),
        );
        expect(Array.from(out, (v) => v + 0)).toEqual(expected.map((v) => v + 0));
      },
    ),
    { numRuns: 300, seed: 3 },
  );
});

const square = { m: 1, n: 1, transposeA: false, transposeB: false, batch: [[0, 0]] as const };

test('wraps in int32, exactly', () => {
  const out = new Int32Array(1);
  const a = Int32Array.from([2 ** 31 - 1, 123456789, -(2 ** 31)]);
  const b = Int32Array.from([2 ** 31 - 1, 987654321, 3]);
  matmul({ ...square, a, b, out, dtype: 'int32', k: 3 });
  const exact = a.reduce((sum, v, i) => sum + BigInt(v) * BigInt(b[i]), 0n);
  expect(out[0]).toBe(Number(BigInt.asIntN(32, exact)));
});

test('sums float32 in double precision and rounds once', () => {
  const out = new Float32Array(1);
  const a = Float32Array.from([1e8, 1, -1e8]);
  matmul({ ...square, a, b: Float32Array.from([1, 1, 1]), out, dtype: 'float32', k: 3 });
  expect(out[0]).toBe(1);
});

test('passes NaN and infinities on, beside zeros too', () => {
  const run = (a: number[], b: number[]) => {
    const out = new Float64Array(1);
    const [x, y] = [Float64Array.from(a), Float64Array.from(b)];
    matmul({ ...square, a: x, b: y, out, dtype: 'float64', k: a.length });
    return out[0];
  };
  expect(run([0, 1], [Number.NaN, 1])).toBeNaN();
  expect(run([0], [Infinity])).toBeNaN();
  expect(run([1, 1], [Infinity, 5])).toBe(Infinity);
});

test('without an inner index gives zeros', () => {
  const out = new Float64Array(4).fill(9);
  const empty = new Float64Array(0);
  matmul({ ...square, a: empty, b: empty, out, dtype: 'float64', m: 2, n: 2, k: 0 });
  expect(Array.from(out)).toEqual([0, 0, 0, 0]);
});
