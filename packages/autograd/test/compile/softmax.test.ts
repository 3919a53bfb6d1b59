// Softmax and its logarithm in one program: exponentials are computed once, and both have the bits of eager kernels.
import { afterAll, describe, expect, it } from 'vitest';
import {
  compile,
  concat,
  logSoftmax,
  logsumexp,
  rng,
  setThreads,
  softmax,
  type Tensor,
  tensor,
} from '../../src/index.js';
import { startedWorkers, threadCount } from '../../src/kernels/threads/index.js';
import { until } from '../kernels/threads/support.js';
import { tensorsOf } from './agreement.js';

const before = threadCount();

afterAll(() => {
  setThreads(before);
});

type Step = (x: Tensor) => readonly Tensor[];

const both =
  (axis: number): Step =>
  (x) => [softmax(x, axis), logSoftmax(x, axis)];

/** The first element of a result whose bits are not the eager ones. */
function firstDifference(got: readonly Tensor[], wanted: readonly Tensor[]): string | null {
  for (const [i, x] of got.entries()) {
    const [a, b] = [x.data(), wanted[i].data()];
    if (a.length !== b.length) return `result ${i} has ${a.length} elements, not ${b.length}`;
    const at = a.findIndex((value, k) => !Object.is(value, b[k]));
    if (at >= 0) return `result ${i}: element ${at} is ${a[at]} instead of ${b[at]}`;
  }
  return null;
}

function compare(step: Step, x: Tensor): string[] {
  const program = compile(step);
  expect(firstDifference(tensorsOf(program(x)), step(x)), `[${x.shape}] ${x.dtype}`).toBe(null);
  return program.explain().kernels.map(({ kernel }) => kernel);
}

const DTYPES = ['float32', 'float64'] as const;

const SHAPES: readonly (readonly number[])[] = [
  ...Array.from({ length: 35 }, (_, n) => [3, n + 1]),
  [1],
  [64, 10],
  [2, 3, 5],
  [1, 1000],
  [5, 1, 1],
  [37, 129],
  [3, 8192],
  [2, 8193],
  [2, 20_003],
];

describe.each(DTYPES)('softmax and its logarithm of the same rows, in %s,', (dtype) => {
  it('have the bits that both have eagerly, in rows of any length', () => {
    for (const shape of SHAPES) {
      const x = rng(shape.length + shape[0]).normal([...shape], { std: 4, dtype }) as Tensor;
      expect(compare(both(-1), x)[0]).toMatch(/^softmax and its logarithm/);
    }
  });

  it('have them along other axes, where they are composed of formulas and sums', () => {
    for (const shape of [
      [4, 37, 6],
      [3, 1, 5],
      [2, 300, 71],
    ]) {
      const x = rng(3).normal(shape, { std: 4, dtype }) as Tensor;
      for (const axis of [0, 1]) {
        expect(compare(both(axis), x)[0]).toMatch(/^softmax and its logarithm/);
      }
    }
  });

  it('have them where rows are masked, infinite, or no numbers', () => {
    const special = [0, -0, 1, NaN, Infinity, -Infinity, 1e30, -1e30];
    const rows = special.flatMap((a) =>
      special.map((b) => [a, b, a, b, b, a, 0.5, a, b].slice(0, 9)),
    );
    for (const count of [1, 2, 3, 8, 9]) {
      const x = tensor(
        rows.map((row) => row.slice(0, count)),
        { dtype },
      ) as Tensor;
      compare(both(-1), x);
      compare(both(0), x.transpose() as Tensor);
    }
    const masked = tensor([-Infinity, -Infinity, -Infinity], { dtype });
    const [shares, logs] = compile(both(-1))(masked);
    expect(shares.toArray()).toEqual([0, 0, 0]);
    expect(logs.toArray()).toEqual([-Infinity, -Infinity, -Infinity]);
  });

  it('have them at 1, 2, 3 and 4 threads', () => {
    for (const shape of [
      [257, 304],
      [257, 303],
      [3000, 12],
      [2, 60_000],
    ]) {
      const x = rng(5).normal(shape, { std: 3, dtype }) as Tensor;
      const wanted = both(-1)(x);
      for (const threads of [1, 2, 3, 4]) {
        setThreads(threads);
        const program = compile(both(-1));
        program(x);
        if (threads === 4) until(() => startedWorkers() === 3);
        expect(firstDifference(program(x), wanted), `${shape} at ${threads}`).toBe(null);
      }
    }
  });
});

it('softmax and its logarithm share exponentials in whichever order they are asked for', () => {
  const x = rng(1).normal([6, 11]) as Tensor;
  const orders: readonly Step[] = [
    (a) => [softmax(a), logSoftmax(a)],
    (a) => [logSoftmax(a), softmax(a)],
    (a) => [logSoftmax(a).mul(2), logSoftmax(a), softmax(a).mul(3), softmax(a)],
    (a) => [softmax(a).sum(1), logSoftmax(a).sum(0), logSoftmax(a).exp()],
    (a) => [logSoftmax(a), logSoftmax(a), softmax(a), softmax(a), logsumexp(a, 1)],
    (a) => both(1)(concat([a, a], 1)),
    (a) => [logSoftmax(a, 0).mul(a), softmax(a, 0), logSoftmax(a.unsqueeze(0), 1).sum()],
  ];
  for (const order of orders) {
    const kernels = compare(order, x);
    expect(kernels.filter((kernel) => kernel.startsWith('softmax and its'))).toHaveLength(1);
  }
});

it('what is asked for of other rows is computed on its own', () => {
  const x = rng(1).normal([6, 10]) as Tensor;
  const kernels = compare(
    (a) => [softmax(a), logSoftmax(a.reshape([12, 5])), logSoftmax(a.reshape([2, 3, 10]), 0)],
    x,
  );
  expect(kernels.filter((kernel) => kernel.startsWith('softmax ['))).toHaveLength(3);
  expect(compare((a) => [softmax(a), logSoftmax(a.reshape([2, 3, 10]))], x)[0]).toBe(
    'softmax and its logarithm [6, 10, 1]',
  );
});

it('the logarithm is not written where formulas read it', () => {
  const x = rng(2).normal([2, 6, 10]) as Tensor;
  const loss: Step = (a) => [logSoftmax(a).mul(a.sin()).sum(), softmax(a).sub(a)];
  const kernels = compare(loss, x);
  const formulas = kernels.filter((kernel) => kernel.endsWith('on [2, 6, 10]'));
  expect(formulas).toHaveLength(2);
});

it('rows too long for the small memory of kernels are left to formulas, as eagerly', () => {
  const x = rng(4).uniform([(1 << 19) + 3], { dtype: 'float64' }) as Tensor;
  const all: Step = (a) => [...both(0)(a), softmax(a.mul(2)), logsumexp(a)];
  const program = compile(all);
  expect(firstDifference(tensorsOf(program(x)), all(x))).toBe(null);
  const left = program.explain().kernels.filter(({ engine }) => engine === 'host');
  expect(left.map(({ kernel }) => kernel.replace(/ \[.*/, ''))).toEqual([
    'softmax and its logarithm',
    'softmax',
    'logsumexp',
  ]);
});
