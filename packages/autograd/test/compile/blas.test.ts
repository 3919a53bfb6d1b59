// Tests of programs whose large products are left to the system's BLAS: cut over threads, batched, accumulated into cells.
import { afterAll, describe, expect, it } from 'vitest';
import {
  backendInfo,
  compile,
  defineElementwise,
  matmul,
  rng,
  setThreads,
  type Tensor,
  variable,
} from '../../src/index.js';
import { threadCount } from '../../src/kernels/threads/index.js';

const random = rng(5);
const before = threadCount();
const { gemm, blasMissing } = backendInfo();

afterAll(() => {
  setThreads(before);
});

const normal = (...shape: number[]): Tensor => random.normal(shape, { dtype: 'float64' });

/** The largest difference, relative to the largest element. */
function difference(a: Tensor, b: Tensor): number {
  const [x, y] = [a, b].map((tensor) => Array.from(tensor.data()));
  expect(x.length).toBe(y.length);
  const largest = (values: number[]) =>
    values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest(x.map((value, i) => value - y[i])) / largest(y);
}

type Step = (...inputs: Tensor[]) => Tensor;

const descent = defineElementwise('descent', (p, d, eta) => p.sub(d.mul(eta)));

const PRODUCTS: readonly (readonly [what: string, step: Step, inputs: readonly Tensor[]])[] = [
  ['by rows', (a, b) => a.matmul(b), [normal(301, 170), normal(170, 83)]],
  ['by columns', (a, b) => a.matmul(b), [normal(83, 170), normal(170, 301)]],
  [
    'transposed',
    (a, b) => a.transpose().matmul(b.transpose()),
    [normal(170, 211), normal(130, 170)],
  ],
  ['uncut', (a, b) => a.matmul(b), [normal(64, 90), normal(90, 80)]],
  ['of a batch', (a, b) => a.matmul(b), [normal(7, 70, 80), normal(7, 80, 75)]],
  ['of a broadcast batch', (a, b) => a.matmul(b), [normal(2, 3, 70, 80), normal(3, 80, 75)]],
  ['of a batch of large ones', (a, b) => a.matmul(b), [normal(3, 150, 160), normal(160, 140)]],
];

describe.skipIf(gemm !== 'blas')(
  `a program whose products BLAS does${gemm === 'blas' ? '' : ` (skipped: ${blasMissing})`}`,
  () => {
    it.each(PRODUCTS)(
      'multiplies as eager products do at 1 to 4 threads: %s',
      (_, step, inputs) => {
        const eager = step(...inputs);
        for (const threads of [1, 2, 3, 4]) {
          setThreads(threads);
          const program = compile(step);
          for (let run = 0; run < 3; run++) {
            expect(difference(program(...inputs), eager)).toBeLessThan(1e-13);
          }
          expect(program.explain().kernels.map(({ engine }) => engine)).toContain('blas');
        }
      },
    );

    it('leaves small ones to WebAssembly', () => {
      const program = compile((a: Tensor, b: Tensor) => a.matmul(b));
      program(normal(20, 30), normal(30, 20));
      expect(program.explain().kernels.map(({ engine }) => engine)).toEqual(['wasm']);
    });

    it.each([
      ['a number', null],
      ['a cell', variable(0.25, { requiresGrad: false, dtype: 'float64' })],
    ] as const)('descends along a product in place, by a rate that is %s', (_, rate) => {
      setThreads(2);
      const [x, d] = [normal(150, 130), normal(150, 120)];
      const start = normal(130, 120);
      const weights = [variable(start), variable(start)];
      const descend = (w: (typeof weights)[number]) => (a: Tensor, b: Tensor) => {
        const g = a.transpose().matmul(b);
        w.assign(descent(w, g, rate ?? 0.25));
        return a.sum();
      };
      const step = compile(descend(weights[0]));
      const eager = descend(weights[1]);
      for (let run = 0; run < 3; run++) {
        rate?.assign(rate.value.mul(0.5));
        step(x, d);
        eager(x, d);
        expect(difference(weights[0].value, weights[1].value)).toBeLessThan(1e-13);
      }
      expect(step.explain().kernels.some(({ kernel }) => kernel.startsWith('W - rate'))).toBe(true);
    });

    it('reads large arguments where they lie, unless others read them too', () => {
      const arenas = [1, 2].map((threads) => {
        setThreads(threads);
        const arenaOf = (step: Step): number => {
          const program = compile(step);
          for (let run = 0; run < 4; run++) {
            const [a, b] = [normal(150, 130), normal(2, 150, 130).slice(run % 2)];
            expect(difference(program(a, b), step(a, b))).toBeLessThan(1e-13);
          }
          return program.explain().arenaBytes;
        };
        const product: Step = (a, b) => matmul(a, b, { transposeB: true });
        const alone = arenaOf((a, b) => product(a, b).add(1));
        const summed = arenaOf((a, b) => product(a, b).add(a.sum()));
        const both = arenaOf((a, b) => product(a, b).add(a.sum()).add(b.sum()));
        return [summed - alone, both - alone].map((bytes) => Math.round(bytes / (8 * 150 * 130)));
      });
      expect(arenas).toEqual([
        [1, 2],
        [1, 2],
      ]);
    });

    it('returns an argument that a product has read', () => {
      const program = compile((a: Tensor) => [a, matmul(a, a, { transposeB: true })]);
      const a = normal(150, 130);
      expect(program(a)[0].data()).toEqual(a.data());
    });

    it('reads batches of arguments where they lie', () => {
      setThreads(2);
      const program = compile((a: Tensor, b: Tensor) => a.matmul(b));
      for (const [a, b] of [
        [normal(3, 70, 80), normal(80, 75)],
        [normal(3, 150, 160), normal(3, 160, 140)],
      ]) {
        for (const own of [a, a.mul(2)]) {
          expect(difference(program(own, b), own.matmul(b))).toBeLessThan(1e-13);
        }
      }
    });

    it('finds its operands where memory has grown, and the arena has moved', () => {
      setThreads(2);
      const step = compile((a: Tensor, b: Tensor) => a.matmul(b).add(1));
      const [a, b] = [normal(150, 130), normal(130, 140)];
      const first = step(a, b);
      for (const side of [300, 600, 900]) {
        const other = compile((x: Tensor) => x.matmul(x));
        const x = normal(side, side);
        expect(difference(other(x), x.matmul(x))).toBeLessThan(1e-13);
        expect(step(a, b).data()).toEqual(first.data());
      }
    });
  },
);
