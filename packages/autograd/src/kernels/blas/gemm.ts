// Matrix products by the system's BLAS, on the memory where the operands lie, cut over threads where they are large.

import type { MatmulProblem } from '../kernels.js';
import { inParallel, placed, threadCount } from '../threads/index.js';
import type { LaneType } from '../wasm/vector.js';
import { blasJob, orderOf, partsOf, ROW_MAJOR } from './job.js';
import type { Blas } from './library.js';

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
  if (parts < 2 && batch.length === 1 && batch[0][0] + batch[0][1] === 0) {
    run(ROW_MAJOR, flagA, flagB, m, n, k, 1, wholeA, widthA, wholeB, widthB, 0, whole, n);
    return;
  }
  // Addresses are passed on at less cost than an array for each matrix would be made.
  const { BYTES_PER_ELEMENT } = whole;
  const [atA, atB, atC] = [wholeA, wholeB, whole].map(blas.addressOf);
  for (let index = 0; index < batch.length; index++) {
    const a = atA + batch[index][0] * m * k * BYTES_PER_ELEMENT;
    const b = atB + batch[index][1] * k * n * BYTES_PER_ELEMENT;
    const c = atC + index * m * n * BYTES_PER_ELEMENT;
    if (parts < 2) run(ROW_MAJOR, flagA, flagB, m, n, k, 1, a, widthA, b, widthB, 0, c, n);
    else {
      const sizes = { m, n, k, transposeA, transposeB, alpha: 1, beta: 0 };
      const job = blasJob(blas, { dtype, a, b, c, ...sizes }, parts);
      inParallel(placed(job, Number), threads);
    }
  }
}
