import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../../src/index.js';
import { loadBlas } from '../../../src/kernels/blas/index.js';
import type { MatmulProblem } from '../../../src/kernels/kernels.js';
import { expectError } from '../../support.js';
import { expectProducts, FLOATING, problemOf, TRANSPOSES, violations } from '../matmul-problems.js';

const { blas, reason } = loadBlas({}, process.platform);

describe.skipIf(blas === null)(
  `matrix products by BLAS${blas ? '' : ` (skipped: ${reason})`}`,
  () => {
    const multiply = (problem: MatmulProblem) => {
      blas?.gemm(problem);
    };

    it.each(FLOATING)('agree with the reference in every transposition, %s', (dtype) => {
      expectProducts(
        dtype,
        multiply,
        [
          [127, 129, 257],
          [1, 10, 257],
          [257, 1, 127],
        ],
        100,
      );
    });

    it.each(FLOATING)('multiply the matrices of a batch at their places, %s', (dtype) => {
      for (const [transposeA, transposeB] of TRANSPOSES) {
        const batch = [
          [0, 1],
          [1, 1],
          [1, 0],
          [2, 0],
        ] as const;
        const problem = problemOf(dtype, 5, 7, 9, { transposeA, transposeB, batch });
        multiply(problem);
        expect(violations(problem)).toEqual([]);
      }
    });

    it('are zero where nothing is summed, and empty where nothing is asked for', () => {
      const problem = problemOf('float64', 2, 2, 0);
      problem.out.fill(7);
      multiply(problem);
      expect(Array.from(problem.out)).toEqual([0, 0, 0, 0]);
      multiply(problemOf('float32', 0, 3, 2));
      multiply(problemOf('float32', 3, 0, 2));
    });

    it('pass on NaN and infinities', () => {
      const problem = problemOf('float32', 9, 9, 9);
      problem.a[0] = Number.NaN;
      problem.a[9] = Number.POSITIVE_INFINITY;
      multiply(problem);
      expect(Array.from(problem.out.slice(0, 9)).every(Number.isNaN)).toBe(true);
      expect(Array.from(problem.out.slice(9, 18)).some(Number.isFinite)).toBe(false);
      expect(Array.from(problem.out.slice(18)).every(Number.isFinite)).toBe(true);
    });

    it('RETROGRAD_BLAS picks the library', () => {
      const wanted = blas?.library ?? '';
      expect(loadBlas({ RETROGRAD_BLAS: wanted }, process.platform).blas?.library).toBe(wanted);
    });
  },
);

describe('without BLAS', () => {
  it('off means off, and says so', () => {
    expect(loadBlas({ RETROGRAD_BLAS: 'off' }, 'linux')).toEqual({
      blas: null,
      reason: 'RETROGRAD_BLAS is off',
    });
  });

  it('a system without any of the names is told apart from an error', () => {
    const { blas: none, reason: why } = loadBlas({}, 'win32');
    if (process.platform === 'win32') return;
    expect(none).toBeNull();
    expect(why).toMatch(/no BLAS library was found on win32|koffi/);
  });

  it('a path that is wrong, and a library that is no BLAS, are refused', () => {
    const wrong = () => loadBlas({ RETROGRAD_BLAS: '/nowhere/libblas.so' }, 'linux');
    expectError(wrong, ArgumentError, /RETROGRAD_BLAS/, /\/nowhere\/libblas\.so/, /off/);
    const noBlas = () => loadBlas({ RETROGRAD_BLAS: 'libm.so.6' }, 'linux');
    expectError(noBlas, ArgumentError, /libm\.so\.6/);
  });
});
