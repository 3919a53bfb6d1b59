// Matrix products of ordinary arrays: operands are copied into a memory of its own, block by block where they are large.

import { bytesPerElement, isFloating } from '../../tensor/dtype.js';
import type { MatmulProblem } from '../kernels.js';
import { matmul as inJavaScript } from '../reference/matmul.js';
import { TERMS } from './gemm-blocks.js';
import { type Gemm, instantiateGemm } from './gemm-module.js';
import { hasSimd } from './module.js';
import { copyRows, type Floats, PAGE, type Views, viewsOf, withRoom } from './scratch.js';
import { threading } from './threading.js';
import type { LaneType } from './vector.js';

/** What the operands of one call may take in the memory; the rest of it is scratch and alignment, below 1 MB. */
const MOST_BYTES = 63 * 2 ** 20;
const MARGIN_BYTES = 2 ** 20;

interface Workshop {
  views: Views;
  readonly gemm: Gemm;
}

let workshop: Workshop | null = null;

function workshopWith(bytes: number): Workshop {
  if (workshop === null) {
    const initial = Math.ceil(bytes / PAGE);
    const memory = threading.current?.newMemory(initial) ?? new WebAssembly.Memory({ initial });
    workshop = { views: viewsOf(memory), gemm: instantiateGemm(memory) };
  }
  workshop.views = withRoom(workshop.views, bytes);
  return workshop;
}

/** Up to the next multiple of 64; exact below 2³¹. */
const round64 = (bytes: number): number => (bytes + 63) & -64;

/** How large the blocks are that a product is done in, and where they lie. */
interface Plan {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly b: number;
  readonly c: number;
  readonly scratch: number;
}

/** The product at once if it fits; else blocks whose sides are multiples of `TERMS`, so that the bits are the same. */
function planFor({ dtype, m, n, k }: MatmulProblem, most: number): Plan {
  const bytes = bytesPerElement(dtype);
  if ((m * k + k * n + m * n) * bytes <= most) return placed(m, n, k, bytes);
  const side = Math.max(1, Math.floor(Math.sqrt(most / 3 / bytes) / TERMS)) * TERMS;
  return placed(Math.min(m, side), Math.min(n, side), Math.min(k, side), bytes);
}

function placed(m: number, n: number, k: number, bytes: number): Plan {
  const b = round64(m * k * bytes);
  const c = b + round64(k * n * bytes);
  return { m, n, k, b, c, scratch: c + round64(m * n * bytes) };
}

function inBlocks(problem: MatmulProblem, dtype: LaneType, most: number): void {
  const { m, n, k, transposeA, transposeB, batch } = problem;
  const [a, b, out] = [problem.a, problem.b, problem.out] as Floats[];
  const bytes = bytesPerElement(dtype);
  const plan = planFor(problem, most);
  const { memory } = workshopWith(plan.scratch + MARGIN_BYTES).views;
  const cut = threading.current?.cut(memory, dtype, plan.m, plan.n, plan.k) ?? null;
  const needed = plan.scratch + (cut?.scratch ?? 0) + MARGIN_BYTES;
  const { gemm, views } = workshopWith(needed);
  const view = views[dtype];
  // Most products are small: their call makes no garbage.
  const multiply = gemm.raw(dtype);
  const [atB, atC] = [plan.b / bytes, plan.c / bytes];
  const whole = plan.m === m && plan.n === n && plan.k === k;
  let [heldA, heldB] = [-1, -1];
  for (let index = 0; index < batch.length; index++) {
    const [ofA, ofB] = batch[index];
    const [startA, startB, startC] = [ofA * m * k, ofB * k * n, index * m * n];
    for (let i = 0; i < m; i += plan.m) {
      const rows = Math.min(plan.m, m - i);
      for (let j = 0; j < n; j += plan.n) {
        const columns = Math.min(plan.n, n - j);
        for (let p = 0; p < k; p += plan.k) {
          const terms = Math.min(plan.k, k - p);
          if (!whole || heldA !== ofA) {
            if (transposeA) copyRows(view, 0, rows, a, startA + p * m + i, m, terms, rows);
            else copyRows(view, 0, terms, a, startA + i * k + p, k, rows, terms);
            heldA = ofA;
          }
          if (!whole || heldB !== ofB) {
            if (transposeB) copyRows(view, atB, terms, b, startB + j * k + p, k, columns, terms);
            else copyRows(view, atB, columns, b, startB + p * n + j, n, terms, columns);
            heldB = ofB;
          }
          if (cut === null) {
            const [flagA, flagB] = [transposeA ? 1 : 0, transposeB ? 1 : 0];
            const add = p > 0 ? 1 : 0;
            multiply(0, plan.b, plan.c, rows, columns, terms, flagA, flagB, plan.scratch, add);
          } else {
            const sizes = { m: rows, n: columns, k: terms, transposeA, transposeB, add: p > 0 };
            cut.multiply(gemm, { a: 0, b: plan.b, c: plan.c, ...sizes }, plan.scratch);
          }
        }
        copyRows(out, startC + i * n + j, n, view, atC, columns, rows, columns);
      }
    }
  }
}

/**
 * out = op(a) · op(b). Float32 and float64 in WebAssembly, whatever their size, so that a row's result does not depend on how
 * many rows there are; integers, and everything where there is no SIMD, on the reference kernel. Operands of more than
 * `most` bytes are done in blocks, with the same bits.
 */
export function gemm(problem: MatmulProblem, most = MOST_BYTES): void {
  const { dtype, m, n, k } = problem;
  if (!isFloating(dtype) || !hasSimd()) inJavaScript(problem);
  else if (m > 0 && n > 0 && k > 0) inBlocks(problem, dtype, most);
  else problem.out.fill(0);
}
