// What programs do in WebAssembly: layouts, indices and batches of every kind, as eagerly, and nothing left to JavaScript.
import {
  compile,
  concat,
  flip,
  gather,
  IndexError,
  matmul,
  type Operand,
  rng,
  scatterAdd,
  type Tensor,
  takeAlong,
  tensor,
  tril,
} from '@retrograd/autograd';
import { expect, it } from 'vitest';
import { disagreement } from './agreement.js';

type Function = (...args: Tensor[]) => Tensor;

const random = rng(17);
const of = (...shape: number[]): Tensor => random.normal(shape, { dtype: 'float64' });
const indices = (shape: number[], below: number): Tensor =>
  random.uniform(shape, { low: 0, high: below, dtype: 'float64' }).cast('int32') as Tensor;

const cases: readonly (readonly [title: string, fn: Function, ...args: Tensor[]])[] = [
  ['a transposition', (x) => x.transpose().mul(1), of(13, 7)],
  ['a transposition of thin matrices', (x) => x.transpose().mul(1), of(1, 3)],
  ['a permutation that moves the last axis', (x) => x.permute([2, 0, 1]).mul(1), of(3, 5, 6)],
  ['a permutation within', (x) => x.permute([0, 2, 1, 3]).mul(1), of(3, 4, 5, 6)],
  ['five axes, reversed', (x) => x.transpose().mul(1), of(2, 3, 2, 3, 2)],
  ['a slice with steps', (x) => x.slice([1, null, 2], [0, 5]).mul(1), of(9, 8)],
  ['a slice backwards', (x) => flip(x, 1).mul(1), of(4, 5)],
  ['long rows', (x) => x.slice([1, 3], [2, 70]).mul(1), of(4, 80)],
  ['concatenation', (x, y) => concat([x, y], 1).mul(2), of(3, 4), of(3, 5)],
  [
    'padding',
    (x) =>
      x
        .pad([
          [1, 2],
          [0, 3],
        ])
        .mul(2),
    of(3, 4),
  ],
  ['broadcasting over three axes', (x, b) => x.mul(b).add(b), of(4, 3, 5), of(3, 1)],
  ['broadcasting over every other axis', (x, b) => x.sub(b), of(2, 3, 4, 5), of(2, 1, 4, 1)],
  ['sums over a middle axis', (x) => x.sum(1), of(4, 5, 6)],
  ['a batch of products', (x, y) => matmul(x, y), of(6, 3, 4), of(6, 4, 5)],
  ['a batch of products with one matrix', (x, y) => matmul(x, y), of(6, 3, 4), of(4, 5)],
  ['batches over two axes', (x, y) => matmul(x, y), of(2, 3, 2, 4), of(2, 1, 4, 5)],
  ['a large batch', (x, y) => matmul(x, y, { transposeB: true }), of(100, 2, 3), of(100, 4, 3)],
  ['rows by their indices', (x, i) => gather(x, i), of(7, 20), indices([5], 7)],
  ['short rows by their indices', (x, i) => gather(x, i, 1), of(3, 7, 2), indices([2, 2], 7)],
  ['adding at indices', (x, i, u) => scatterAdd(x, i, u), of(7, 3), indices([9], 7), of(9, 3)],
  ['an index for each element', (x, i) => takeAlong(x, i, 1), of(3, 7), indices([3, 4], 7)],
  ['an index for each column', (x, i) => takeAlong(x, i, 0), of(5, 4), indices([2, 4], 5)],
  ['comparisons that are used as numbers', (x) => x.greater(0).cast('float64').mul(x), of(5, 5)],
  ['triangles', (x) => tril(x), of(5, 5)],
];

for (const [title, fn, ...args] of cases) {
  it(`runs ${title} without JavaScript`, () => {
    const program = compile(fn);
    expect(disagreement(program(...args), fn(...args))).toEqual([]);
    const host = program.explain().kernels.filter(({ engine }) => engine === 'host');
    // Positions from the end are made positions from the start, on integers.
    expect(host.filter(({ kernel }) => !kernel.startsWith('x < 0 ?'))).toEqual([]);
  });
}

it('shares a module between programs that differ only in their sizes', () => {
  const program = compile((x: Operand) => x.tanh().add(1).sum(0));
  const bytes = [7, 8, 9].map((rows) => {
    program(of(rows, 3));
    return program.explain().moduleBytes;
  });
  expect(new Set(bytes).size).toBe(1);
});

it('refuses an index that there is not when the program runs, with the line that reads there', () => {
  const x = of(4, 2);
  const program = compile((i: Tensor) => gather(x, i).sum());
  program(tensor(Int32Array.of(0, 3, -1)));
  for (const [wrong, shown] of [
    [4, '4'],
    [-5, '-5'],
  ] as const) {
    const run = () => program(tensor(Int32Array.of(0, 3, wrong)));
    expect(run).toThrow(IndexError);
    expect(run).toThrow(`gather: indices lie in -4 … 3, got one outside at`);
    expect(run).toThrow(`engines.test.ts`);
    expect(run).toThrow(`, ${shown}. Check`);
  }
  expect(program(tensor(Int32Array.of(1, 1, 1))).item()).toBeCloseTo(
    x.slice(1).sum().mul(3).item(),
    12,
  );
});
