// Tests of the reference's scans: running sums, softmax and sorting against plain loops.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { argSort, cumulativeSum, softmax } from '../../../src/kernels/reference/scan.js';
import { type Block, filledBlocks, lineOf, sizeOfBlock } from './naive.js';

/** Runs a kernel that keeps the shape, and compares it line by line. */
function checkLines(
  x: Float64Array,
  block: Block,
  run: (out: Float64Array) => void,
  plain: (line: number[]) => number[],
) {
  const out = new Float64Array(sizeOfBlock(block));
  run(out);
  for (let i = 0; i < block.outer; i++) {
    for (let j = 0; j < block.inner; j++) {
      expect(lineOf(out, block, i, j)).toEqual(plain(lineOf(x, block, i, j)));
    }
  }
}

describe('cumulativeSum', () => {
  test('runs forward and backward', () => {
    const forward = (line: number[]) => {
      let sum = 0;
      return line.map((v) => {
        sum += v;
        return sum;
      });
    };
    fc.assert(
      fc.property(filledBlocks(), fc.boolean(), ({ block, x }, reverse) => {
        checkLines(
          x,
          block,
          (out) => cumulativeSum(x, out, block.outer, block.count, block.inner, reverse),
          (line) => (reverse ? forward(line.reverse()).reverse() : forward(line)),
        );
      }),
      { numRuns: 200, seed: 6 },
    );
  });

  test('int32 wraps', () => {
    const out = new Int32Array(3);
    cumulativeSum(Int32Array.from([2 ** 31 - 1, 1, 1]), out, 1, 3, 1, false);
    expect(Array.from(out)).toEqual([2 ** 31 - 1, -(2 ** 31), -(2 ** 31) + 1]);
  });
});

describe('softmax', () => {
  const run = (values: number[], logarithm = false) => {
    const out = new Float64Array(values.length);
    softmax(Float64Array.from(values), out, 1, values.length, 1, logarithm);
    return Array.from(out);
  };

  test('sums up to 1 along the axis, and is the exponential of its logarithm', () => {
    const element = fc.double({ min: -50, max: 50, noNaN: true });
    fc.assert(
      fc.property(filledBlocks(element), ({ block, x }) => {
        const { outer, count, inner } = block;
        const [p, logP] = [false, true].map((logarithm) => {
          const out = new Float64Array(x.length);
          softmax(x, out, outer, count, inner, logarithm);
          return out;
        });
        if (count === 0) return;
        for (let i = 0; i < outer; i++) {
          for (let j = 0; j < inner; j++) {
            const sum = lineOf(p, block, i, j).reduce((total, v) => total + v, 0);
            expect(Math.abs(sum - 1)).toBeLessThan(1e-14);
          }
        }
        p.forEach((v, i) => {
          expect(Math.abs(Math.exp(logP[i]) - v)).toBeLessThan(1e-13);
        });
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  test('does not overflow, and is exact for what is equal', () => {
    expect(run([1000, 1000])).toEqual([0.5, 0.5]);
    expect(run([-1e300, -1e300, -1e300, -1e300])).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(run([0, -1e300])).toEqual([1, 0]);
    expect(run([0, -1e300], true)).toEqual([0, -1e300]);
  });

  test('gives masked elements no probability, and a line of nothing else none at all', () => {
    expect(run([-Infinity, 3, 3])).toEqual([0, 0.5, 0.5]);
    expect(run([-Infinity, -Infinity])).toEqual([0, 0]);
    expect(run([-Infinity, -Infinity], true)).toEqual([-Infinity, -Infinity]);
    expect(run([7])).toEqual([1]);
  });

  test('passes NaN on', () => {
    expect(run([Number.NaN, 1])).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('argSort', () => {
  test('sorts stably, NaN last, in both directions', () => {
    fc.assert(
      fc.property(filledBlocks(), fc.boolean(), ({ block, x }, descending) => {
        checkLines(
          x,
          block,
          (out) => argSort(x, out, block.outer, block.count, block.inner, descending),
          (line) => {
            const places = line.map((_, k) => k);
            const numbers = places.filter((k) => !Number.isNaN(line[k]));
            const rest = places.filter((k) => Number.isNaN(line[k]));
            // Insertion, which is stable by construction.
            const order: number[] = [];
            for (const k of numbers) {
              const before = order.findIndex((p) =>
                descending ? line[p] < line[k] : line[p] > line[k],
              );
              order.splice(before < 0 ? order.length : before, 0, k);
            }
            return [...order, ...rest];
          },
        );
      }),
      { numRuns: 300, seed: 8 },
    );
  });
});
