// Tests of programs cut over threads: the same bits at any number of them, whatever is cut and however it is read.
import { afterAll, describe, expect, it } from 'vitest';
import {
  backendInfo,
  compile,
  exp,
  logSoftmax,
  logsumexp,
  rng,
  setThreads,
  softmax,
  type Tensor,
  variable,
} from '../../src/index.js';
import { startedWorkers, threadCount } from '../../src/kernels/threads/index.js';
import { until } from '../kernels/threads/support.js';

const random = rng(11);
const before = threadCount();

const hasBlas = backendInfo().gemm === 'blas';

afterAll(() => {
  setThreads(before);
});

type Step = (...inputs: Tensor[]) => Tensor;

const normal = (...shape: number[]): Tensor => random.normal(shape);
const wide = (...shape: number[]): Tensor => random.normal(shape, { dtype: 'float64' });

type Case = readonly [what: string, step: Step, inputs: readonly Tensor[]];

const LOOPS: readonly Case[] = [
  ['a formula over all elements', (x) => exp(x.sin()), [normal(70_001)]],
  ['a formula in float64', (x) => exp(x.sin()), [wide(50_003)]],
  [
    'rows, a row and a column',
    (x, r, c) => exp(x.add(r).mul(c)),
    [normal(401, 256), normal(256), normal(401, 1)],
  ],
  ['rows that are not whole vectors', (x, r) => exp(x.add(r)), [normal(701, 123), normal(123)]],
  [
    'few long rows',
    (x, r, c) => exp(x.add(r).mul(c)),
    [normal(3, 40_000), normal(40_000), normal(3, 1)],
  ],
  ['sums of rows', (x) => x.sum(1), [normal(3001, 205)]],
  ['maxima of rows', (x) => x.max(1), [normal(3001, 205)]],
  ['sums of rows in float64', (x) => x.sum(1), [wide(3001, 105)]],
  ['minima of rows in float64', (x) => x.min(1), [wide(3001, 105)]],
  ['logarithms of sums of exponentials', (x) => logsumexp(x, 1), [normal(1501, 61)]],
  ['sums of columns', (x) => x.sum(0), [normal(1501, 1027)]],
  ['sums of columns in float64', (x) => x.sum(0), [wide(801, 515)]],
  ['sums of rows of a formula', (x, r) => x.mul(r).sum(1), [normal(3001, 205), normal(205)]],
  [
    'minima of rows of a formula in float64',
    (x, c) => x.add(c).min(1),
    [wide(3001, 105), wide(3001, 1)],
  ],
  ['sums of columns of a formula', (x, c) => x.mul(c).sum(0), [normal(701, 1027), normal(701, 1)]],
  [
    'sums of columns of a formula in float64',
    (x, r) => x.mul(r).sum(0),
    [wide(401, 2051), wide(2051)],
  ],
  ['softmax', (x) => softmax(x), [normal(257, 304)]],
  ['softmax of rows that are not whole vectors', (x) => softmax(x), [normal(257, 303)]],
  ['the logarithm of softmax in float64', (x) => logSoftmax(x), [wide(257, 202)]],
];

/** Left out where there is BLAS: whether it multiplies depends on the threads, and its bits are its own. */
const PRODUCTS: readonly Case[] = [
  ['a product', (a, b) => a.matmul(b), [normal(161, 300), normal(300, 263)]],
  ['a product in float64', (a, b) => a.transpose().matmul(b), [wide(160, 180), wide(160, 210)]],
  ['products of a batch', (a, b) => a.matmul(b), [normal(3, 5, 60, 70), normal(5, 70, 50)]],
  ['a batch of large products', (a, b) => a.matmul(b), [normal(3, 170, 170), normal(170, 180)]],
];

const PROGRAMS = hasBlas ? LOOPS : [...LOOPS, ...PRODUCTS];

describe('a program at 1, 2, 3 and 4 threads', () => {
  it.each(PROGRAMS)('has the same bits: %s', (_, step, inputs) => {
    const results = [1, 2, 3, 4].map((threads) => {
      setThreads(threads);
      const program = compile(step);
      program(...inputs);
      if (threads === 4) until(() => startedWorkers() === 3);
      const again = program(...inputs);
      const engines = program.explain().kernels.map(({ engine }) => engine);
      return { again, threaded: engines.includes('threads') };
    });
    const [first] = results.map(({ again }) => again.data());
    for (const { again } of results) {
      expect(again.data().findIndex((value, i) => !Object.is(value, first[i]))).toBe(-1);
    }
    expect(results[0].threaded).toBe(false);
  });

  it('is cut where it is large', () => {
    setThreads(2);
    const uncut = PROGRAMS.filter(([, step, inputs]) => {
      const program = compile(step);
      program(...inputs);
      return !program.explain().kernels.some(({ engine }) => engine === 'threads');
    });
    // The last vector of a row would reach into the next one, which another thread may have written.
    expect(uncut.map(([what]) => what)).toEqual(['rows that are not whole vectors']);
  });

  it.each([
    ['uniform float32', { dtype: 'float32' }, 100_003],
    ['uniform float64', { dtype: 'float64' }, 50_001],
  ] as const)('draws the same bits: %s', (_, { dtype }, count) => {
    const results = [1, 2, 4].map((threads) => {
      setThreads(threads);
      const own = rng(3);
      const program = compile(() => [
        own.uniform([count], { dtype, low: -1 }),
        own.normal([count], { dtype }),
        own.uniform([7]),
      ]);
      program();
      if (threads === 4) until(() => startedWorkers() === 3);
      const again = program().map((x) => {
        const { buffer, byteOffset, byteLength } = x.data();
        return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
      });
      return { again, engines: program.explain().kernels.map(({ engine }) => engine) };
    });
    for (const { again } of results) {
      expect(again.map((bits, k) => bits === results[0].again[k])).toEqual([true, true, true]);
    }
    expect(results.map(({ engines }) => engines)).toEqual([
      ['wasm', 'wasm', 'wasm'],
      ['threads', 'threads', 'wasm'],
      ['threads', 'threads', 'wasm'],
    ]);
  });

  it('is not cut where it is small', () => {
    setThreads(4);
    const program = compile((x: Tensor, w: Tensor) => softmax(exp(x.matmul(w)).sum(0)));
    program(normal(32, 64), normal(64, 32));
    expect(program.explain().kernels.map(({ engine }) => engine)).not.toContain('threads');
  });

  it('updates cells in place, and follows setThreads after it was compiled', () => {
    const start = normal(400, 500);
    const run = (counts: readonly number[]) => {
      setThreads(4);
      const cell = variable(start);
      const step = compile((x: Tensor) => {
        cell.assign(cell.value.mul(0.5).add(exp(x.sin())));
        return cell.sum(0);
      });
      const x = rng(2).normal([400, 500]);
      const sums = counts.map((threads) => {
        setThreads(threads);
        return step(x).data();
      });
      return [...sums, cell.value.data()];
    };
    expect(run([4, 2, 1, 3])).toEqual(run([1, 1, 1, 1]));
  });

  it('keeps its bits when memory grows between steps', () => {
    setThreads(2);
    const step = compile((x: Tensor) => exp(x.sin()).sum(0));
    const x = normal(300, 400);
    const first = step(x).data();
    for (let side = 600; side <= 1800; side += 400) {
      const other = compile((y: Tensor) => exp(y.sin()).sum(1));
      const y = normal(side, side);
      const eager = exp(y.sin()).sum(1).data();
      const own = other(y).data();
      for (let i = 0; i < own.length; i++) expect(own[i]).toBeCloseTo(eager[i], 2);
      expect(step(x).data()).toEqual(first);
    }
  });
});
