// Reductions and softmax in SIMD against the reference: every length, every block shape, edges, and independence of rows.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reduction } from '../../../src/kernels/kernels.js';
import { reference } from '../../../src/kernels/reference/index.js';
import { reduce, softmax } from '../../../src/kernels/wasm/softmax.js';
import type { TypedArray } from '../../../src/tensor/dtype.js';
import {
  DTYPES,
  distance,
  type Floats,
  filled,
  firstDifference,
  scattered,
  zeros,
} from './arrays.js';

const TOLERANCE = { float32: 1e-5, float64: 1e-12 } as const;

const KINDS = ['sum', 'max', 'min', 'logsumexp', 'softmax', 'logSoftmax'] as const;
type Kind = (typeof KINDS)[number];

type Block = readonly [outer: number, count: number, inner: number];

const isSoftmax = (kind: Kind) => kind === 'softmax' || kind === 'logSoftmax';

function compute(
  kernels: Pick<typeof reference, 'reduce' | 'softmax'>,
  kind: Kind,
  x: Floats,
  [outer, count, inner]: Block,
): Floats {
  const dtype = x instanceof Float32Array ? 'float32' : 'float64';
  if (isSoftmax(kind)) {
    const out = zeros(dtype, x.length);
    kernels.softmax(x, out, outer, count, inner, kind === 'logSoftmax');
    return out;
  }
  const out = zeros(dtype, outer * inner);
  kernels.reduce(kind as Reduction, x, out, outer, count, inner);
  return out;
}

const simd = { reduce, softmax };

describe.each(DTYPES)('reductions in %s', (dtype) => {
  const agree = (kind: Kind, x: Floats, block: Block) => {
    const computed = compute(simd, kind, x, block);
    const expected = compute(reference, kind, x, block);
    const about = `${kind} of ${block.join(' × ')}`;
    if (kind === 'max' || kind === 'min') {
      expect(firstDifference(computed, expected), about).toBe(-1);
    } else expect(distance(computed, expected), about).toBeLessThanOrEqual(TOLERANCE[dtype]);
  };

  it.each(KINDS)('%s agrees with the reference along rows of 0 to 67, at odd offsets', (kind) => {
    for (let count = 0; count <= 67; count++) {
      for (const outer of [1, 3, 40]) {
        agree(kind, filled(dtype, outer * count, scattered(count), 3), [outer, count, 1]);
      }
    }
  });

  it.each(KINDS)('%s agrees with the reference down 0 to 67 columns, at odd offsets', (kind) => {
    for (let inner = 0; inner <= 67; inner++) {
      for (const [outer, count] of [
        [1, 1],
        [1, 40],
        [3, 9],
      ]) {
        const x = filled(dtype, outer * count * inner, scattered(inner), 1 + 2 * (inner % 3));
        agree(kind, x, [outer, count, inner]);
      }
    }
  });

  it.each(KINDS)('%s agrees with the reference beyond one block of memory', (kind) => {
    const blocks: Block[] = [
      [1, 20_003, 1],
      [2, 9001, 1],
      [3000, 5, 1],
      [1, 3001, 9],
      [2, 300, 71],
      [1, 40, 5003],
      [1, 2, 9001],
    ];
    for (const block of blocks) {
      const [outer, count, inner] = block;
      agree(kind, filled(dtype, outer * count * inner, scattered(count)), block);
    }
  });

  it.each(KINDS)('%s agrees with the reference on random blocks', (kind) => {
    const size = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(size, size, size, fc.nat(5), (outer, count, inner, offset) => {
        agree(kind, filled(dtype, outer * count * inner, scattered(offset), offset), [
          outer,
          count,
          inner,
        ]);
      }),
      { numRuns: 100 },
    );
  });

  it('sums a million numbers as exactly as the reference', () => {
    const x = filled(dtype, 1_000_000, () => 0.1);
    agree('sum', x, [1, 1_000_000, 1]);
    agree('sum', x, [1, 100_000, 10]);
  });

  it.each(KINDS)('%s passes NaN and infinities on as the reference does', (kind) => {
    const special = [1, NaN, Infinity, -Infinity, -0, 0];
    for (const a of special) {
      for (const b of special) {
        for (const [outer, count, inner] of [
          [40, 4, 1],
          [40, 11, 1],
          [1, 4, 40],
        ]) {
          const x = filled(dtype, outer * count * inner, (i) =>
            i % 4 === 1 ? a : i % 4 === 2 ? b : 0.5,
          );
          agree(kind, x, [outer, count, inner]);
        }
      }
    }
  });

  it.each([
    ['softmax', 0],
    ['logSoftmax', -Infinity],
    ['logsumexp', -Infinity],
  ] as const)('%s of nothing but −∞ is %d, whatever the other rows hold', (kind, expected) => {
    for (const block of [
      [2, 5, 1],
      [2, 9000, 1],
      [1, 5, 2],
    ] as Block[]) {
      const [outer, count, inner] = block;
      const first = (i: number) => (inner === 1 ? i < count : i % 2 === 0);
      const x = filled(dtype, outer * count * inner, (i) => (first(i) ? -Infinity : 1));
      const computed = compute(simd, kind, x, block);
      const each = isSoftmax(kind) ? first : (i: number) => i === 0;
      for (let i = 0; i < computed.length; i++) {
        if (each(i)) expect(computed[i]).toBe(expected);
        else expect(computed[i]).toBeGreaterThan(-10);
      }
    }
  });

  it.each(KINDS)('%s of a row is the same alone and among thousands', (kind) => {
    for (const count of [2, 3, 7, 8, 10, 13, 16, 21, 64, 100]) {
      const rows = 700;
      const x = filled(dtype, rows * count, scattered(count));
      const all = compute(simd, kind, x, [rows, count, 1]);
      const length = isSoftmax(kind) ? count : 1;
      for (const row of [0, 1, 350, 699]) {
        const one = x.slice(row * count, (row + 1) * count);
        const alone = compute(simd, kind, one, [1, count, 1]);
        expect(firstDifference(alone, all.slice(row * length, (row + 1) * length))).toBe(-1);
      }
    }
  });
});

describe('other dtypes and products', () => {
  it('are left to the reference', () => {
    const integers = Int32Array.from({ length: 300 }, (_, i) => i - 7);
    const sum: TypedArray = new Int32Array(1);
    reduce('sum', integers, sum, 1, 300, 1);
    expect(sum[0]).toBe(42_750);
    const product = new Float64Array(3);
    reduce('prod', new Float64Array(600).fill(1.01), product, 3, 200, 1);
    expect(product[0]).toBeCloseTo(1.01 ** 200, 10);
  });
});
