// Tests of products in parts: they cover the result exactly, wherever it is cut, and add to what is there if asked to.
import { describe, expect, it } from 'vitest';
import { loadBlas } from '../../../src/kernels/blas/index.js';
import { blasJob, partsOf } from '../../../src/kernels/blas/job.js';
import type { MatmulProblem } from '../../../src/kernels/kernels.js';
import { matmul as reference } from '../../../src/kernels/reference/matmul.js';
import { Pool, placed, runAlone } from '../../../src/kernels/threads/index.js';
import { FLOATING, type Floating, problemOf, TRANSPOSES, violations } from '../matmul-problems.js';
import { until } from '../threads/support.js';

const { blas, reason } = loadBlas({}, process.platform);

function jobOf(problem: MatmulProblem, parts: number, alpha = 1, beta = 0) {
  if (blas === null) throw new Error('unreachable: skipped without BLAS');
  const [a, b, c] = [problem.a, problem.b, problem.out].map((x) =>
    blas.addressOf(x as Float32Array),
  );
  const dtype = problem.dtype as Floating;
  return placed(blasJob(blas, { ...problem, dtype, a, b, c, alpha, beta }, parts), Number);
}

describe('how a product is cut', () => {
  it.each([
    [1000, 1000, 1000, 1, 1],
    [1000, 1000, 1000, 4, 4],
    [128, 128, 63, 4, 1],
    [128, 128, 64, 4, 4],
    [70, 10, 10_000, 4, 2],
    [31, 31, 10_000, 4, 1],
  ])('%d × %d × %d for %d threads: %d parts', (m, n, k, threads, parts) => {
    expect(partsOf(m, n, k, threads)).toBe(parts);
  });
});

describe.skipIf(blas === null)(
  `products in parts by BLAS${blas ? '' : ` (skipped: ${reason})`}`,
  () => {
    it.each(FLOATING)(
      'are the products, in every transposition and number of parts, %s',
      (dtype) => {
        const wrong = [1, 2, 3, 5].flatMap((parts) =>
          TRANSPOSES.flatMap(([transposeA, transposeB]) =>
            [
              [37, 21, 18],
              [21, 37, 18],
              [64, 64, 5],
              [5, 3, 7],
            ].flatMap(([m, n, k]) => {
              const problem = problemOf(dtype, m, n, k, { transposeA, transposeB });
              runAlone(jobOf(problem, parts));
              return violations(problem).slice(0, 1);
            }),
          ),
        );
        expect(wrong).toEqual([]);
      },
    );

    it('add a multiple to what is there', () => {
      const problem = problemOf('float64', 40, 33, 20);
      const product = { ...problem, out: problem.out.slice() };
      reference(product);
      problem.out.fill(3);
      runAlone(jobOf(problem, 3, -0.5, 1));
      problem.out.forEach((value, i) => {
        expect(value).toBeCloseTo(3 - 0.5 * product.out[i], 12);
      });
    });

    it('are done by other threads as well', () => {
      const pool = new Pool();
      try {
        const problem = problemOf('float32', 400, 300, 500);
        const { run } = jobOf(problem, 8).target;
        const job = jobOf(problem, 8);
        let own = 0;
        const counting: typeof run = (...values) => {
          own++;
          run(...values);
        };
        const counted = { ...job, target: { ...job.target, run: counting } };
        pool.run(counted, 2);
        until(() => pool.started === 1);
        until(() => {
          own = 0;
          problem.out.fill(0);
          pool.run(counted, 2);
          expect(violations(problem)).toEqual([]);
          return own < 8;
        });
      } finally {
        pool.close();
      }
    });

    it('stay with this thread where others cannot load the library', () => {
      const pool = new Pool();
      try {
        const problem = problemOf('float32', 100, 100, 100);
        const job = jobOf(problem, 4);
        const portable = { koffi: '/nowhere/koffi.js', library: 'none', types: [] };
        const missing = { ...job, target: { ...job.target, portable } };
        pool.run(missing, 2);
        until(() => pool.started === 1);
        for (let run = 0; run < 20; run++) {
          problem.out.fill(0);
          pool.run(missing, 2);
          expect(violations(problem)).toEqual([]);
        }
      } finally {
        pool.close();
      }
    });
  },
);
