// Tests of products that BLAS does at the same time: side by side, with what they need before them, and nothing lost.
import { afterAll, describe, expect, it } from 'vitest';
import {
  backendInfo,
  compile,
  defineElementwise,
  matmul,
  noGrad,
  rng,
  setThreads,
  type Tensor,
  variable,
} from '../../src/index.js';
import { threadCount } from '../../src/kernels/threads/index.js';

const random = rng(7);
const before = threadCount();
const { gemm, blasMissing } = backendInfo();

afterAll(() => {
  setThreads(before);
});

const normal = (...shape: number[]): Tensor => random.normal(shape, { dtype: 'float64' });
const cell = (value: Tensor) => variable(value, { requiresGrad: false });

function expectClose(x: readonly Tensor[], y: readonly Tensor[]): void {
  expect(x.length).toBe(y.length);
  x.forEach((own, k) => {
    const [a, b] = [own.data(), y[k].data()].map((data) => Array.from(data));
    const largest = Math.max(...b.map(Math.abs));
    const off = Math.max(...a.map((value, i) => Math.abs(value - b[i])));
    expect(off).toBeLessThan(1e-12 * largest);
  });
}

const descent = defineElementwise('descent', (p, d, eta) => p.sub(d.mul(eta)));

type Step = (...inputs: Tensor[]) => Tensor[];

/** What the kernels of the program are, in their order, when it agrees with `eager` on several runs and 2 and 4 threads. */
function kernelsOf(make: () => Step, inputs: readonly Tensor[]): string[] {
  let kernels: string[] = [];
  for (const threads of [4, 2]) {
    setThreads(threads);
    const [eager, program] = [make(), compile(make())];
    for (let run = 0; run < 3; run++) expectClose(program(...inputs), eager(...inputs));
    kernels = program.explain().kernels.map(({ kernel }) => kernel);
  }
  return kernels;
}

/** g Wᵀ and xᵀ g, of a layer x W. */
const backwards = (g: Tensor, w: Tensor) => matmul(g, w, { transposeB: true });
const downwards = (x: Tensor, g: Tensor) => matmul(x, g, { transposeA: true });

const isProduct = (kernel: string): boolean => kernel.includes('matmul');

describe.skipIf(gemm !== 'blas')(
  `products that BLAS does at the same time${gemm === 'blas' ? '' : ` (skipped: ${blasMissing})`}`,
  () => {
    const [x, g, w] = [normal(140, 130), normal(140, 120), normal(130, 120)];

    it('are the gradients of a layer, as they come', () => {
      const make = () => (a: Tensor, b: Tensor, c: Tensor) => [backwards(b, c), downwards(a, b)];
      expect(kernelsOf(make, [x, g, w]).every(isProduct)).toBe(true);
    });

    it('may be far from each other: what the later one needs is done before both', () => {
      const make = () => (a: Tensor, b: Tensor, c: Tensor) => {
        const back = backwards(b, c);
        const sums = back.sin().sum(0);
        return [sums, downwards(a.mul(2), b.cos())];
      };
      const kernels = kernelsOf(make, [x, g, w]);
      const first = kernels.findIndex(isProduct);
      expect(isProduct(kernels[first + 1])).toBe(true);
      expect(kernels.slice(0, first).join()).toContain('cos');
      expect(kernels.slice(first).join()).toContain('sin');
    });

    it('are never one of another', () => {
      const make = () => (a: Tensor) => [a.matmul(a).sin().matmul(a)];
      expect(kernelsOf(make, [normal(110, 110)]).map(isProduct)).toEqual([true, false, true]);
    });

    /** Two layers' weights that descend along their gradients at rates that change; `also` is computed of the first before. */
    const training = (also: (g: Tensor, w: Tensor) => Tensor[]) => {
      const start = [normal(130, 120), normal(130, 120)];
      return () => {
        const rates = [0.5, 0.125].map((rate) => variable(rate, { requiresGrad: false }));
        const cells = start.map(cell);
        return (a: Tensor, b: Tensor) => {
          const products = [downwards(a, b), downwards(a.cos(), b)];
          const before = also(b, cells[0].value);
          noGrad(() => {
            cells.forEach((own, k) => {
              own.assign(descent(own, products[k], rates[k].value.cast('float64')));
              rates[k].assign(rates[k].mul(0.5));
            });
          });
          return [...before, ...cells.map(({ value }) => value.mul(1))];
        };
      };
    };
    const placesOf = (kernels: readonly string[], start: string) =>
      kernels.flatMap((kernel, k) => (kernel.startsWith(start) ? [k] : []));

    it('descend each at its own rate', () => {
      const kernels = kernelsOf(
        training(() => []),
        [x, g],
      );
      const [first, second] = placesOf(kernels, 'W - rate');
      expect(second).toBe(first + 1);
    });

    it('are not a descent and what reads the weights before: another descent is found for that', () => {
      const kernels = kernelsOf(
        training((b, weights) => [backwards(b, weights)]),
        [x, g],
      );
      const [back] = placesOf(kernels, 'matmul');
      const [first, second] = placesOf(kernels, 'W - rate');
      expect(first).toBe(back + 1);
      expect(second).toBeGreaterThan(first + 1);
    });

    it('leave alone what the other one reads, though nobody does later', () => {
      const make = () => (a: Tensor, b: Tensor, c: Tensor) => {
        const wide = a.matmul(c).sin();
        const back = backwards(wide, c);
        const slope = downwards(a, b);
        return [back.sin().sum(0), slope.sin().sum(0), backwards(slope, b).sum(0)];
      };
      kernelsOf(make, [x, g, w]);
    });

    it('stay where they are behind a draw or a kernel of the user', () => {
      const make = () => {
        const draws = rng(3);
        return (a: Tensor, b: Tensor, c: Tensor) => {
          const back = backwards(b, c);
          const noise = draws.uniform([130, 120], { dtype: 'float64' });
          return [back, downwards(a, b), noise];
        };
      };
      const kernels = kernelsOf(make, [x, g, w]);
      expect(kernels.filter(isProduct).length).toBe(2);
    });
  },
);
