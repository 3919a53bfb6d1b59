// Matrix products by the system's BLAS, on the memory where the operands lie, cut over threads where they are large.

import type { MatmulProblem } from '../kernels.js';
import { inParallel, threadCount } from '../threads/index.js';
import type { LaneType } from '../wasm/vector.js';
import { blasJob, orderOf, partsOf, ROW_MAJOR } from './job.js';
import type { Blas } from './library.js';

/** The matrix number `index`; the array itself if it has no other. */
function matrix<A extends Float32Array | Float64Array>(x: A, index: number, size: number): A {
  if (index === 0 && x.length === size) return x;
  return x.subarray(index * size, (index + 1) * size) as A;
}

type Multiplier = Pick<Blas, LaneType | 'shareable' | 'addressOf'>;

/** `Blas.gemm`. Empty products are zero and never reach the library. */
export function blasGemm(blas: Multiplier, problem: MatmulProblem): void {
  const { m, n, k, transposeA, transposeB, batch } = problem;
  const dtype = problem.dtype as LaneType;
  const [wholeA, wholeB, whole] = [problem.a, problem.b, problem.out] as Float32Array[];
  if (m === 0 || n === 0) return;
  if (k === 0) {
    whole.fill(0);
    return;
  }
  const threads = blas.shareable ? threadCount() : 1;
  const parts = partsOf(m, n, k, threads);
  const { run } = blas[dtype];
  const flagA = orderOf(transposeA);
  const flagB = orderOf(transposeB);
  const [widthA, widthB] = [transposeA ? m : k, transposeB ? k : n];
  for (let index = 0; index < batch.length; index++) {
    const a = matrix(wholeA, batch[index][0], m * k);
    const b = matrix(wholeB, batch[index][1], k * n);
    const c = matrix(whole, index, m * n);
    if (parts < 2) run(ROW_MAJOR, flagA, flagB, m, n, k, 1, a, widthA, b, widthB, 0, c, n);
    else {
      const [at, bt, ct] = [a, b, c].map(blas.addressOf);
      const sizes = { m, n, k, transposeA, transposeB, alpha: 1, beta: 0 };
      inParallel(blasJob(blas, { dtype, a: at, b: bt, c: ct, ...sizes }, parts), threads);
    }
  }
}
