// Matrix products by the system's BLAS, on the tensors' own memory.

import type { MatmulProblem } from '../kernels.js';
import type { CblasGemm } from './library.js';

const ROW_MAJOR = 101;
const AS_IT_IS = 111;
const TRANSPOSED = 112;

/** The matrix number `index`; the array itself if it has no other. */
function matrix<A extends Float32Array | Float64Array>(x: A, index: number, size: number): A {
  if (index === 0 && x.length === size) return x;
  return x.subarray(index * size, (index + 1) * size) as A;
}

/** `Blas.gemm` by these two. Empty products are zero and never reach the library. */
export function blasGemm(
  sgemm: CblasGemm,
  dgemm: CblasGemm,
  problem: MatmulProblem,
  alpha = 1,
  beta = 0,
): void {
  const { m, n, k, transposeA, transposeB, batch } = problem;
  const [a, b, out] = [problem.a, problem.b, problem.out] as (Float32Array | Float64Array)[];
  if (m === 0 || n === 0) return;
  if (k === 0) {
    if (beta === 0) out.fill(0);
    return;
  }
  const run = problem.dtype === 'float32' ? sgemm : dgemm;
  for (let index = 0; index < batch.length; index++) {
    run(
      ROW_MAJOR,
      transposeA ? TRANSPOSED : AS_IT_IS,
      transposeB ? TRANSPOSED : AS_IT_IS,
      m,
      n,
      k,
      alpha,
      matrix(a, batch[index][0], m * k),
      transposeA ? m : k,
      matrix(b, batch[index][1], k * n),
      transposeB ? k : n,
      beta,
      matrix(out, index, m * n),
      n,
    );
  }
}
