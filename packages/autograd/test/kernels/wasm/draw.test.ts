// Random numbers on vectors: the bits of plain JavaScript, from any place in a stream, at any length.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { compile, type Generator, rng, type Tensor } from '../../../src/index.js';
import { drawInto } from '../../../src/kernels/wasm/draw.js';
import { RECORD_LENGTH, type Stream } from '../../../src/tensor/draw.js';
import { Generator as Plain } from '../../../src/tensor/random.js';

/** A generator of the same stream that draws everything in plain JavaScript. */
const plainly = (seed: number): Generator => new Plain(seed | 0, seed / 2 ** 32, () => false);

type Draw = (from: Generator, length: number) => Tensor;

const KINDS: readonly (readonly [what: string, draw: Draw])[] = [
  ['float32 in [0, 1)', (g, n) => g.uniform([n])],
  ['float64 in [0, 1)', (g, n) => g.uniform([n], { dtype: 'float64' })],
  ['float32 in a range', (g, n) => g.uniform([n], { low: -0.3, high: 5.7 })],
  ['float64 in a range', (g, n) => g.uniform([n], { low: -0.3, high: 5.7, dtype: 'float64' })],
  [
    'float32 that rounding lifts to the end',
    (g, n) => g.uniform([n], { low: 2 ** 24 - 2, high: 2 ** 24 }),
  ],
  ['float32 of an empty range', (g, n) => g.uniform([n], { low: 0.1, high: 0.1 })],
  [
    'float64 of an empty range',
    (g, n) => g.uniform([n], { low: 0.1, high: 0.1, dtype: 'float64' }),
  ],
  ['float32 of a huge range', (g, n) => g.uniform([n], { low: -1e300, high: 1e299 })],
  [
    'float64 of a huge range',
    (g, n) => g.uniform([n], { low: -8e307, high: 8e307, dtype: 'float64' }),
  ],
  [
    'float64 of a tiny range',
    (g, n) => g.uniform([n], { low: -5e-324, high: 1e-322, dtype: 'float64' }),
  ],
  ['normal float32', (g, n) => g.normal([n])],
  ['normal float64', (g, n) => g.normal([n], { dtype: 'float64' })],
  ['normal float32 about a mean', (g, n) => g.normal([n], { mean: -3.7, std: 0.3 })],
  [
    'normal float64 about a mean',
    (g, n) => g.normal([n], { mean: 1e9, std: 1e-3, dtype: 'float64' }),
  ],
  [
    'normal float64 without spread',
    (g, n) => g.normal([n], { mean: 0.7, std: 0, dtype: 'float64' }),
  ],
];

// Functions are compiled where they are worth it: from here on every one is there.
for (const [, draw] of KINDS) draw(rng(0), 40_000);

const sameBits = (a: Tensor, b: Tensor): boolean => {
  const [x, y] = [a.data(), b.data()];
  return x.length === y.length && x.every((value, i) => Object.is(value, y[i]));
};

describe.each(KINDS)('%s', (_, draw) => {
  it('has the bits of plain JavaScript at every length, behind any number of words', () => {
    const [vectors, plain] = [rng(77), plainly(77)];
    for (let n = 0; n < 68; n++) {
      // What was drawn before, and one word more now and then, leaves 0 to 3 words of a block unread.
      if (n % 3 === 0) expect(vectors.bits()).toBe(plain.bits());
      expect(sameBits(draw(vectors, n), draw(plain, n)), `${n}`).toBe(true);
    }
    expect(vectors.snapshot()).toEqual(plain.snapshot());
  });

  it('has them across chunks and parts', () => {
    const [vectors, plain] = [rng(2 ** 40 + 5), plainly(2 ** 40 + 5)];
    for (const n of [511, 513, 1024, 4097, 8193, 20_011]) {
      expect(vectors.bits()).toBe(plain.bits());
      expect(sameBits(draw(vectors, n), draw(plain, n)), `${n}`).toBe(true);
    }
    expect(vectors.next()).toBe(plain.next());
  });

  it('has them where counters go beyond 32 bits', () => {
    const [vectors, plain] = [rng(9), plainly(9)];
    plain.bits();
    const state = { ...plain.snapshot(), position: 4 * (2 ** 32 - 130) };
    vectors.restore(state);
    plain.restore(state);
    for (const n of [101, 3000]) {
      expect(vectors.bits()).toBe(plain.bits());
      expect(sameBits(draw(vectors, n), draw(plain, n)), `${n}`).toBe(true);
    }
    expect(vectors.snapshot()).toEqual(plain.snapshot());
    expect(vectors.snapshot().position).toBeGreaterThan(2 ** 34);
  });

  it('has them in programs, with other draws in between', () => {
    const [vectors, plain] = [rng(31), plainly(31)];
    const program = compile(() => [draw(vectors, 1), draw(vectors, 37), draw(vectors, 2051)]);
    for (let run = 0; run < 6; run++) {
      const wanted = [draw(plain, 1), draw(plain, 37), draw(plain, 2051)];
      program().forEach((x, k) => {
        expect(sameBits(x, wanted[k]), `draw ${k} of run ${run}`).toBe(true);
      });
      if (run % 2 === 0) expect(vectors.bits()).toBe(plain.bits());
      if (run === 3) expect(sameBits(draw(vectors, 30), draw(plain, 30))).toBe(true);
    }
    expect(vectors.snapshot()).toEqual(plain.snapshot());
  });
});

describe('drawing into an array', () => {
  const streamOf = (place: readonly number[]): Stream => ({
    draw: { distribution: 'unit', dtype: 'float32', parameters: [0, 1, 1] },
    reserve: (record) => record.set(place),
  });
  const first = streamOf(new Array(RECORD_LENGTH).fill(0));

  it('is left to plain JavaScript for a few elements, which takes nothing from the stream', () => {
    const untouched: Stream = {
      ...first,
      reserve: () => {
        throw new Error('it has no place to begin');
      },
    };
    const out = new Float32Array(3);
    expect(drawInto(out, untouched)).toBe(false);
    expect(out).toEqual(new Float32Array(3));
  });

  it('writes every element and nothing else', () => {
    const all = new Float32Array(20).fill(-1);
    expect(drawInto(all.subarray(3, 13), first)).toBe(true);
    const expected = plainly(0).uniform([10]).data();
    expect(Array.from(all)).toEqual([-1, -1, -1, ...expected, ...new Array(7).fill(-1)]);
  });
});

describe('where WebAssembly is missing', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it('the same numbers are drawn', async () => {
    vi.resetModules();
    vi.stubGlobal('WebAssembly', undefined);
    const without = await import('../../../src/index.js');
    expect(without.backendInfo().simd).toBe(false);
    for (const [, draw] of KINDS.slice(0, 3)) {
      const got = draw(without.rng(5), 1001).toArray();
      expect(got).toEqual(draw(rng(5), 1001).toArray());
    }
  });
});
