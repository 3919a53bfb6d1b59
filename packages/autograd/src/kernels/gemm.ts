// Which of three multiplies matrices: plain JavaScript, WebAssembly, or the system's BLAS.

import { systemBlas } from './blas/index.js';
import type { MatmulProblem } from './kernels.js';
import { matmul as inJavaScript } from './reference/matmul.js';
import { gemm as inWebAssembly } from './wasm/gemm.js';

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
      blas.gemm(problem);
      return;
    }
  }
  inWebAssembly(problem);
}
