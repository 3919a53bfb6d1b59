// Which of three multiplies matrices: plain JavaScript, WebAssembly, or the system's BLAS.

import { ArgumentError } from '../errors.js';
import { systemBlas } from './blas/index.js';
import type { MatmulProblem } from './kernels.js';
import { matmul as inJavaScript } from './reference/matmul.js';
import { gemm as inWebAssembly } from './wasm/gemm.js';
import { threading } from './wasm/threading.js';

/** Products of fewer multiplications are as quick in plain JavaScript. */
export const REFERENCE_BELOW = 16;

/** Products of fewer multiplications stay in WebAssembly. */
export const BLAS_FROM = 4096;

/**
 * The kernel `matmul` by the fastest of the three for the size of each matrix; the choice depends on the sizes alone.
 * @throws ArgumentError if RETROGRAD_BLAS names a library that can't be used.
 */
export function matmul(problem: MatmulProblem): void {
  const { dtype, m, n, k } = problem;
  const work = m * n * k;
  if ((dtype !== 'float32' && dtype !== 'float64') || work < REFERENCE_BELOW) {
    inJavaScript(problem);
    return;
  }
  if (work >= BLAS_FROM) {
    const { blas } = systemBlas();
    if (blas !== null) {
      threading.current?.rest();
      blas.gemm(problem);
      return;
    }
  }
  inWebAssembly(problem);
}

/** out −= rate · op(a) op(b), accumulated by BLAS as it multiplies; without BLAS, from the product. */
export function descend(problem: MatmulProblem, rate: number): void {
  const { blas } = systemBlas();
  if (blas !== null) {
    threading.current?.rest();
    blas.gemm(problem, -rate, 1);
    return;
  }
  const product = problem.out.slice();
  matmul({ ...problem, out: product });
  for (let i = 0; i < product.length; i++) problem.out[i] -= rate * product[i];
}

/**
 * Tells BLAS how many threads to use. 1 makes its results independent of what else the machine does.
 * @returns false if there is no BLAS, or it can't be told.
 * @throws ArgumentError unless `count` is a whole number ≥ 1, or if RETROGRAD_BLAS names a library that can't be used.
 */
export function setBlasThreads(count: number): boolean {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new ArgumentError(
      `setBlasThreads: takes a whole number ≥ 1, got ${String(count)}. Pass how many threads to use, for example 1.`,
    );
  }
  return systemBlas().blas?.setThreads(count) ?? false;
}
