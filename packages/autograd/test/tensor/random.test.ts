// Tests of tensor/random: determinism, ranges, moments, permutations and splits of the generators.
import { describe, expect, test } from 'vitest';
import { ArgumentError, DTypeError, type Generator, rng, ShapeError } from '../../src/index.js';
import { philox } from '../../src/tensor/philox.js';
import { expectError } from '../support.js';

function moments(values: ArrayLike<number>) {
  const n = values.length;
  const xs = Array.from(values);
  const mean = xs.reduce((sum, x) => sum + x, 0) / n;
  const central = (k: number) => xs.reduce((sum, x) => sum + (x - mean) ** k, 0) / n;
  const variance = central(2);
  return {
    mean,
    variance,
    skew: central(3) / variance ** 1.5,
    kurtosis: central(4) / variance ** 2,
  };
}

const draws = (generator: Generator, n = 8) => Array.from({ length: n }, () => generator.bits());

describe('bits', () => {
  test('are the words of Philox, counted from 0 under the seed', () => {
    const seed = 0x12345 * 2 ** 32 + 0xabcdef01;
    const expected: number[] = [];
    for (let block = 0; block < 2; block++) {
      const out = new Int32Array(4);
      philox(out, block, 0, 0, 0, 0xabcdef01, 0x12345);
      expected.push(...Array.from(out, (word) => word >>> 0));
    }
    expect(draws(rng(seed))).toEqual(expected);
    expect(draws(rng(0), 1)).toEqual([0x6627e8d5]);
  });

  test('are the same for the same seed, and different for others, high bits included', () => {
    expect(draws(rng(7))).toEqual(draws(rng(7)));
    const streams = [0, 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1].map((seed) => draws(rng(seed)).join());
    expect(new Set(streams).size).toBe(5);
  });

  test('refuse seeds that are none', () => {
    for (const seed of [-1, 0.5, Number.NaN, Infinity, 2 ** 53]) {
      expectError(() => rng(seed), ArgumentError, /^rng: /, new RegExp(`got ${seed}`));
    }
  });
});

describe('next and integer', () => {
  test('next has 53 bits in [0, 1)', () => {
    const generator = rng(3);
    const values = Array.from({ length: 10_000 }, () => generator.next());
    expect(values.every((v) => v >= 0 && v < 1 && Number.isInteger(v * 2 ** 53))).toBe(true);
    expect(values.some((v) => !Number.isInteger(v * 2 ** 52))).toBe(true);
    expect(moments(values).mean).toBeCloseTo(0.5, 1);
  });

  test('integer is uniform below its limit', () => {
    const generator = rng(5);
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 60_000; i++) counts[generator.integer(6)]++;
    const chiSquared = counts.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0);
    expect(chiSquared).toBeLessThan(20.5); // 99.9 % for 5 degrees of freedom
  });

  test('integer has no bias where the limit does not divide 2³²', () => {
    // Remainders of 32 bits by 3·2³⁰ would hit the lower third twice as often as the rest.
    const generator = rng(11);
    let low = 0;
    for (let i = 0; i < 30_000; i++) if (generator.integer(3 * 2 ** 30) < 2 ** 30) low++;
    expect(Math.abs(low / 30_000 - 1 / 3)).toBeLessThan(0.012);
  });

  test('integer takes 1 to 2³²', () => {
    expect(rng(1).integer(1)).toBe(0);
    expect(rng(0).integer(2 ** 32)).toBe(0x6627e8d5);
    for (const limit of [0, -1, 2.5, Number.NaN, 2 ** 32 + 1]) {
      expectError(() => rng(0).integer(limit), ArgumentError, /^integer: limit/);
    }
  });
});

describe('uniform', () => {
  test('is flat: mean ½, variance 1/12, in both precisions', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const x = rng(1).uniform([200, 200], { dtype });
      expect([x.dtype, x.shape]).toEqual([dtype, [200, 200]]);
      const { mean, variance } = moments(x.data());
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.006);
      expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.0015);
    }
  });

  test('lies in [low, high), also where float32 would round up to high', () => {
    for (const [low, high] of [
      [-3, 5],
      [1, 2],
      [2 ** 24 - 2, 2 ** 24],
      [1e6, 1e6 + 1],
    ]) {
      const x = rng(2).uniform([100_000], { low, high });
      expect(x.min().item()).toBeGreaterThanOrEqual(low);
      expect(x.max().item()).toBeLessThan(high);
    }
    // Two values are left in [2²⁴ − 2, 2²⁴), and both are drawn.
    const coarse = rng(2)
      .uniform([1000], { low: 2 ** 24 - 2, high: 2 ** 24 })
      .data();
    expect(new Set(coarse)).toEqual(new Set([2 ** 24 - 2, 2 ** 24 - 1]));
  });

  test('of an empty range is its bound, of an empty shape nothing, of no axes a number', () => {
    expect(rng(1).uniform([2], { low: 4, high: 4 }).toArray()).toEqual([4, 4]);
    expect(rng(1).uniform([0, 3]).shape).toEqual([0, 3]);
    expect(rng(1).uniform([]).item()).toBe(rng(1).uniform([1]).item());
  });

  test('refuses bounds in the wrong order, and integer dtypes', () => {
    expectError(() => rng(1).uniform([2], { low: 2, high: 1 }), ArgumentError, /got 2 and 1/);
    expectError(() => rng(1).uniform([2], { high: Infinity }), ArgumentError, /Infinity/);
    expectError(() => rng(1).uniform([2], { low: Number.NaN }), ArgumentError, /NaN/);
    expectError(() => rng(1).uniform([2], { dtype: 'int32' }), ArgumentError, /got int32/);
    expectError(() => rng(1).uniform([2], { dtype: 'f' as never }), DTypeError, /got f/);
    expectError(() => rng(1).uniform([-2]), ShapeError, /^uniform: /);
  });
});

describe('normal', () => {
  test('has the moments of the normal distribution', () => {
    const { mean, variance, skew, kurtosis } = moments(rng(4).normal([100_000]).data());
    expect(Math.abs(mean)).toBeLessThan(0.012);
    expect(Math.abs(variance - 1)).toBeLessThan(0.018);
    expect(Math.abs(skew)).toBeLessThan(0.03);
    expect(Math.abs(kurtosis - 3)).toBeLessThan(0.06);
  });

  test('is within mean ± k·std as often as it should be', () => {
    const x = rng(8).normal([100_000], { mean: 10, std: 2, dtype: 'float64' }).data();
    const share = (k: number) => x.filter((v) => Math.abs(v - 10) < 2 * k).length / x.length;
    expect(share(1)).toBeCloseTo(0.6827, 2);
    expect(share(2)).toBeCloseTo(0.9545, 2);
    expect(share(3)).toBeCloseTo(0.9973, 2);
  });

  test('gives the same numbers in float32, rounded', () => {
    const wide = rng(6).normal([50], { dtype: 'float64' });
    expect(rng(6).normal([50]).toArray()).toEqual(wide.cast('float32').toArray());
  });

  test('is what it was: the first numbers of seed 42', () => {
    const x = rng(42).normal([3], { dtype: 'float64' });
    // Made by this library: a change would break everyone's seeds.
    expect(x.toArray()).toEqual([0.2870418977092746, -1.452137151120927, 2.2482116571565154]);
  });

  test('is finite at the ends of what can be drawn, and constant without spread', () => {
    expect(rng(1).normal([100_000]).abs().max().item()).toBeLessThan(9);
    expect(rng(1).normal([2], { mean: 3, std: 0 }).toArray()).toEqual([3, 3]);
  });

  test('refuses a negative spread', () => {
    expectError(() => rng(1).normal([2], { std: -1 }), ArgumentError, /^normal: std .*got -1/);
    expectError(() => rng(1).normal([2], { std: Number.NaN }), ArgumentError, /got NaN/);
    expectError(() => rng(1).normal([2], { dtype: 'bool' }), ArgumentError, /got bool/);
  });
});

describe('permutation', () => {
  test('holds every number once', () => {
    const x = rng(1).permutation(100);
    expect([x.dtype, x.shape]).toEqual(['int32', [100]]);
    expect(Array.from(x.data()).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
    expect(rng(1).permutation(0).shape).toEqual([0]);
    expect(rng(1).permutation(1).toArray()).toEqual([0]);
    expectError(() => rng(1).permutation(-1), ArgumentError, /^permutation: n/);
  });

  test('gives all orders equally often', () => {
    const generator = rng(9);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = generator.permutation(4).toArray().join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquared = [...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(chiSquared).toBeLessThan(49.7); // 99.9 % for 23 degrees of freedom
  });
});

describe('split', () => {
  test('gives independent streams, different each time it is called', () => {
    const parent = rng(1);
    const children = [...parent.split(3), ...parent.split(2)];
    const streams = [parent, ...children].map((generator) => draws(generator).join());
    expect(new Set(streams).size).toBe(6);
  });

  test('does not depend on what was drawn before, and does not change what is drawn after', () => {
    const used = rng(1);
    draws(used, 5);
    const [a] = used.split();
    const [b] = rng(1).split();
    expect(draws(a)).toEqual(draws(b));
    const untouched = rng(1);
    draws(untouched, 5);
    expect(draws(used)).toEqual(draws(untouched));
  });

  test('streams are uncorrelated', () => {
    const [a, b] = rng(12)
      .split()
      .map((generator) => generator.normal([20_000]));
    expect(Math.abs(a.mul(b).mean().item())).toBeLessThan(0.03);
  });

  test('into none is empty, into less is refused', () => {
    expect(rng(1).split(0)).toEqual([]);
    expectError(() => rng(1).split(-1), ArgumentError, /^split: n/);
  });
});
