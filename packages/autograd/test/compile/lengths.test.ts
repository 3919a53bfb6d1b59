// Kernels of programs against eager ones at every length from 0 to 67, from odd places on.
import { compile, concat, rng, type Tensor, vjp } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';
import { disagreement } from './agreement.js';

/** On a vector of n + 3 elements and a matrix of 3 rows of as many: every kind of kernel on n of them. */
const KINDS: Readonly<Record<string, (v: Tensor, m: Tensor, n: number) => Tensor[]>> = {
  'formulas, all kinds of broadcasting': (v, m, n) => {
    const [row, block] = [v.slice([3, n + 3]), m.slice(null, [1, n + 1])];
    const column = block.sum(1, { keepDims: true });
    return [
      row.mul(2).sub(1),
      row.exp().add(row.tanh()),
      block.mul(row),
      block.add(column).mul(0.5),
      column.mul(row),
      row.unsqueeze(1).mul(m.slice(null, 0)),
      block.greater(row),
      block.greater(0).cast(v.dtype),
    ];
  },
  'sums and extremes': (v, m, n) => {
    const [row, block] = [v.slice([1, n + 1]), m.slice(null, [2, n + 2])];
    const some =
      n === 0 ? [] : [row.max(), row.min(), block.max(1), row.argmax(), block.logsumexp(1)];
    return [row.sum(), block.sum(0), block.sum(1), block.sum(), block.max(0), row.prod(), ...some];
  },
  softmax: (_v, m, n) => {
    const block = m.slice(null, [1, n + 1]);
    return [block.softmax(1), block.logSoftmax(1), block.softmax(0), block.logSoftmax(0)];
  },
  'copies and indices': (v, m, n) => {
    const [row, block] = [v.slice([1, n + 1]), m.slice(null, [3, n + 3])];
    return [
      row.reshape([n, 1]),
      block.transpose(),
      block.flip(1),
      concat([row, row.flip(0)], 0),
      row.pad([[1, 2]]),
      block.cumsum(1),
      row.cast('int32').cast(v.dtype),
      v.slice([null, null, 2]),
    ];
  },
  products: (v, m, n) => {
    const [row, block] = [v.slice([3, n + 3]), m.slice(null, [1, n + 1])];
    return [
      block.matmul(row),
      block.matmul(block, { transposeB: true }),
      block.matmul(block, { transposeA: true }).sum(0),
    ];
  },
  derivatives: (v, m, n) => {
    const fn = (x: Tensor, y: Tensor) => {
      const [row, block] = [x.slice([1, n + 1]), y.slice(null, [2, n + 2])];
      return block.mul(row).tanh().add(block.softmax(1)).sum().add(row.square().sum());
    };
    const [value, pullback] = vjp(fn, v, m);
    return [value as Tensor, ...(pullback(1) as Tensor[])];
  },
};

describe.each(['float64', 'float32'] as const)('kernels of programs, in %s', (dtype) => {
  it.each(Object.entries(KINDS))('%s agree with eager ones at lengths 0 to 67', (_, kind) => {
    const run = compile(kind);
    const wrong: string[] = [];
    for (let n = 0; n <= 67; n++) {
      const v = rng(n).normal([n + 3], { dtype });
      const m = rng(n + 100).normal([3, n + 3], { dtype });
      wrong.push(...disagreement(run(v, m, n), kind(v, m, n)).map((what) => `${n}: ${what}`));
    }
    expect(wrong).toEqual([]);
  });
});
