// Tests of the reference's reductions: against plain loops, with NaN, infinities and empty runs.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reduction } from '../../../src/kernels/kernels.js';
import { argReduce, reduce } from '../../../src/kernels/reference/reduce.js';
import { type Block, filledBlocks, lineOf } from './naive.js';

const PLAIN: Record<Exclude<Reduction, 'logsumexp'>, (line: number[]) => number> = {
  sum: (line) => line.reduce((sum, v) => sum + v, 0),
  prod: (line) => line.reduce((product, v) => product * v, 1),
  max: (line) => line.reduce((m, v) => Math.max(m, v), -Infinity),
  min: (line) => line.reduce((m, v) => Math.min(m, v), Infinity),
};

/** What a function of a line gives for all lines of a block. */
const overLines = (x: ArrayLike<number>, block: Block, f: (line: number[]) => number) =>
  Array.from({ length: block.outer * block.inner }, (_, at) =>
    f(lineOf(x, block, Math.floor(at / block.inner), at % block.inner)),
  );

const reduced = (kind: Reduction, x: Float64Array, { outer, count, inner }: Block) => {
  const out = new Float64Array(outer * inner);
  reduce(kind, x, out, outer, count, inner);
  return Array.from(out);
};

const line = (values: number[]): [Float64Array, Block] => [
  Float64Array.from(values),
  { outer: 1, count: values.length, inner: 1 },
];

describe('reduce', () => {
  test.each(Object.entries(PLAIN))(
    '%s agrees with a plain loop, special values included',
    (kind, plain) => {
      fc.assert(
        fc.property(filledBlocks(), ({ block, x }) => {
          expect(reduced(kind as Reduction, x, block)).toEqual(overLines(x, block, plain));
        }),
        { numRuns: 200, seed: 4 },
      );
    },
  );

  test.each<[Reduction, number]>([
    ['sum', 0],
    ['prod', 1],
    ['max', -Infinity],
    ['min', Infinity],
    ['logsumexp', -Infinity],
  ])('%s of nothing is %d', (kind, value) => {
    expect(reduced(kind, ...line([]))).toEqual([value]);
  });

  test('all pass NaN on', () => {
    for (const kind of ['sum', 'prod', 'max', 'min', 'logsumexp'] as const) {
      for (const at of [0, 1, 2]) {
        const values = [1, -Infinity, 3];
        values[at] = Number.NaN;
        expect(reduced(kind, ...line(values))).toEqual([Number.NaN]);
      }
    }
  });

  test('sums pairwise: errors grow with the logarithm of the length', () => {
    const n = 100_000;
    const x = new Float64Array(n).fill(0.1);
    const [sum] = reduced('sum', x, { outer: 1, count: n, inner: 1 });
    const naive = x.reduce((total, v) => total + v, 0);
    expect(Math.abs(sum - 10_000)).toBeLessThan(1e-10);
    expect(Math.abs(naive - 10_000)).toBeGreaterThan(1e-9);
  });

  test('sums float32 without losing what is small', () => {
    const x = new Float32Array(2 ** 20).fill(1e-3);
    x[0] = 2 ** 20;
    const out = new Float32Array(1);
    reduce('sum', x, out, 1, x.length, 1);
    const wanted = 2 ** 20 + (2 ** 20 - 1) * Math.fround(1e-3);
    expect(out[0]).toBe(Math.fround(wanted));
  });

  test('int32 wraps in sums and products', () => {
    const out = new Int32Array(1);
    const x = Int32Array.from([2 ** 31 - 1, 2 ** 31 - 1, 7]);
    const exact = (f: (a: bigint, b: bigint) => bigint) =>
      Number(BigInt.asIntN(32, Array.from(x, BigInt).reduce(f)));
    reduce('sum', x, out, 1, 3, 1);
    expect(out[0]).toBe(exact((a, b) => a + b));
    reduce('prod', x, out, 1, 3, 1);
    expect(out[0]).toBe(exact((a, b) => a * b));
  });

  test('logsumexp neither overflows nor underflows', () => {
    expect(reduced('logsumexp', ...line([1000, 1000]))[0]).toBeCloseTo(1000 + Math.LN2, 12);
    expect(reduced('logsumexp', ...line([-1000, -1000]))[0]).toBeCloseTo(-1000 + Math.LN2, 12);
    expect(reduced('logsumexp', ...line([Infinity, 0]))).toEqual([Infinity]);
    expect(reduced('logsumexp', ...line([-Infinity, -Infinity]))).toEqual([-Infinity]);
    expect(reduced('logsumexp', ...line([-Infinity, 3]))).toEqual([3]);
  });
});

describe('argReduce', () => {
  const NAN_FIRST = (x: number[], better: (a: number, b: number) => boolean) => {
    const nan = x.findIndex(Number.isNaN);
    if (nan >= 0) return nan;
    return x.reduce((best, v, k) => (better(v, x[best]) ? k : best), 0);
  };

  test('gives the first extreme, and the first NaN before any other', () => {
    fc.assert(
      fc.property(filledBlocks(), ({ block, x }) => {
        if (block.count === 0) return;
        for (const kind of ['max', 'min'] as const) {
          const out = new Int32Array(block.outer * block.inner);
          argReduce(kind, x, out, block.outer, block.count, block.inner);
          const better =
            kind === 'max' ? (a: number, b: number) => a > b : (a: number, b: number) => a < b;
          expect(Array.from(out)).toEqual(overLines(x, block, (own) => NAN_FIRST(own, better)));
        }
      }),
      { numRuns: 200, seed: 5 },
    );
  });
});
