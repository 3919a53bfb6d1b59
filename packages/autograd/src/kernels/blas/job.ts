// A product of BLAS as a job in parts, which threads take.

import { bytesPerElement } from '../../tensor/dtype.js';
import type { Job, JobParameter } from '../threads/index.js';
import type { Placed } from '../wasm/gemm-threads.js';
import type { LaneType } from '../wasm/vector.js';
import type { Blas } from './library.js';

export const ROW_MAJOR = 101;

/** How BLAS is told to take a matrix. */
export const orderOf = (transposed: boolean): number => (transposed ? 112 : 111);

/** Products of fewer multiplications are done before another thread has taken its part. */
const CUT_FROM = 2 ** 20;

/** Parts are so many rows or columns at least: each of them packs the other operand anew. */
const LEAST_PART = 32;

/** A product in BLAS's terms, wherever its operands lie: C = alpha · op(A) op(B) + beta · C. */
export interface BlasProduct<Address> extends Omit<Placed<Address>, 'add'> {
  readonly dtype: LaneType;
  readonly alpha: number;
  readonly beta: number;
}

/** Which of a job's parameters are A, B and C. */
export const OPERANDS = [7, 9, 12] as const;

/** How many parameters a call has. */
export const PARAMETERS = 14;

/** Which of a job's parameters is alpha. */
export const ALPHA = 6;

/** Into how many parts a product is cut for so many threads. */
export function partsOf(m: number, n: number, k: number, threads: number): number {
  if (threads < 2 || m * n * k < CUT_FROM) return 1;
  return Math.max(1, Math.min(threads, Math.floor(Math.max(m, n) / LEAST_PART)));
}

/** Two products of so many multiplications each are worth it to be done at once. */
export const worthPair = (multiplications: number): boolean => 2 * multiplications >= CUT_FROM;

/** The product as calls of the library, in `parts` parts by rows or columns of C. */
export function blasJob<Address>(
  blas: Pick<Blas, LaneType>,
  { dtype, a, b, c, m, n, k, transposeA, transposeB, alpha, beta }: BlasProduct<Address>,
  parts: number,
): Job<Address | number> {
  const bytes = bytesPerElement(dtype);
  const [widthA, widthB] = [transposeA ? m : k, transposeB ? k : n];
  // Every part by rows packs all of B, every part by columns all of A: wide products are cut by columns.
  const byRows = 2 * m > n;
  const size = Math.ceil((byRows ? m : n) / parts);
  const down = Math.ceil((byRows ? m : n) / size);
  const counted = (count: number): JobParameter => ({ base: count, down: -size, most: size });
  const [stepA, stepB, stepC] = byRows
    ? [transposeA ? 1 : widthA, 0, n]
    : [0, transposeB ? widthB : 1, 1];
  const behind = (base: Address, step: number) => ({ base, down: step * size * bytes });
  return {
    target: blas[dtype] as Job['target'],
    down,
    across: 1,
    parameters: [
      { base: ROW_MAJOR },
      { base: orderOf(transposeA) },
      { base: orderOf(transposeB) },
      byRows ? counted(m) : { base: m },
      byRows ? { base: n } : counted(n),
      { base: k },
      { base: alpha },
      behind(a, stepA),
      { base: widthA },
      behind(b, stepB),
      { base: widthB },
      { base: beta },
      behind(c, stepC),
      { base: n },
    ],
  };
}
