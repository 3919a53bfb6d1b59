// Matrix products cut over threads: by rows and columns of the result, never along the sum.

import { knownAt } from '../../scalar/known.js';
import { bytesPerElement } from '../../tensor/dtype.js';
import {
  inParallel,
  type Job,
  newMemory,
  type Portable,
  placed,
  portableOf,
  type Shared,
  threadCount,
} from '../threads/index.js';
import { blockColumnsOf, scratchBytesOf } from './gemm-blocks.js';
import { type Gemm, type StartedGemm, tilingOf } from './gemm-module.js';
import { tileColumns } from './gemm-tile.js';
import { type Cut, isShared, threading } from './threading.js';
import type { LaneType } from './vector.js';

export { setThreads } from '../threads/index.js';

/**
 * Products of fewer multiplications (in float32; in float64 half as many) are done before another thread has woken up: so
 * many take one thread 0.12 ms.
 */
const THREADED_FROM = 2 ** 21;

/** Blocks for each thread, so that one that is held up leaves some to the others. */
const BLOCKS_PER_THREAD = 4;

/** Every block packs its part of B anew, which fewer rows are not worth. */
const LEAST_ROWS = 32;

/** Every block of columns reads A anew. */
const LEAST_PANELS = 4;

/** Whether a product is large enough to be cut, if there are threads. */
export function worthThreads(dtype: LaneType, m: number, n: number, k: number): boolean {
  return m * n * k * bytesPerElement(dtype) >= 4 * THREADED_FROM;
}

const roundUp = (x: number, step: number): number => Math.ceil(x / step) * step;

/** Rows and columns of the result in a block. */
export interface GemmCut {
  readonly rows: number;
  readonly columns: number;
}

/** Blocks of whole tiles and, where there are several beside each other, of whole blocks of B. */
export function cutOf(dtype: LaneType, m: number, n: number, threads: number): GemmCut {
  const tiling = tilingOf(dtype);
  const wanted = threads * BLOCKS_PER_THREAD;
  const mostDown = Math.ceil(m / LEAST_ROWS);
  const widest = Math.min(n, blockColumnsOf(tiling));
  const least = LEAST_PANELS * tileColumns(tiling);
  // Narrower than a block of B only where rows alone don't make enough blocks.
  const narrow = roundUp(Math.ceil((n * mostDown) / wanted), least);
  const columns = Math.max(1, Math.min(widest, narrow));
  const down = Math.min(mostDown, Math.ceil(wanted / Math.ceil(n / columns)));
  return { rows: roundUp(Math.ceil(m / down), tiling.rows), columns };
}

/** What every thread writes to at `scratch`, behind each other: whole cache lines. */
export function scratchPerThread(dtype: LaneType, n: number, k: number): number {
  return roundUp(scratchBytesOf(tilingOf(dtype), n, k), 64);
}

/** A product, as `RawGemm` takes it; addresses may be of any kind. */
export interface Placed<Address = number> {
  readonly a: Address;
  readonly b: Address;
  readonly c: Address;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly add: boolean;
}

const parts = new WeakMap<StartedGemm, Shared>();

const partOf = (started: StartedGemm): Shared =>
  knownAt(parts, started, () => {
    const portable = portableOf(started.module, started.imports) as Portable;
    return { portable, name: 'part', run: started.part };
  });

/** The product as calls of `part`, with so many bytes of scratch for each thread. */
export function gemmJob<Address>(
  gemm: Gemm,
  dtype: LaneType,
  { a, b, c, m, n, k, transposeA, transposeB, add }: Placed<Address>,
  scratch: Address,
  perThread: number,
  { rows, columns }: GemmCut,
): Job<Address | number> {
  const bytes = bytesPerElement(dtype);
  const stepA = (transposeA ? m : k) * bytes;
  const stepB = (transposeB ? k : n) * bytes;
  const stepC = n * bytes;
  return {
    target: partOf(gemm.started(dtype)),
    down: Math.ceil(m / rows),
    across: Math.ceil(n / columns),
    parameters: [
      { base: a, down: rows * (transposeA ? bytes : stepA) },
      { base: b, across: columns * (transposeB ? stepB : bytes) },
      { base: c, down: rows * stepC, across: columns * bytes },
      { base: m, down: -rows, most: rows },
      { base: n, across: -columns, most: columns },
      { base: k },
      { base: Number(transposeA) },
      { base: Number(transposeB) },
      { base: scratch, perThread },
      { base: Number(add) },
      { base: stepA },
      { base: stepB },
      { base: stepC },
    ],
  };
}

/** The product on at most `threads` threads, more than one; `scratch` has room for as many times `perThread`. */
export function multiplyInThreads(
  gemm: Gemm,
  dtype: LaneType,
  product: Placed,
  scratch: number,
  perThread: number,
  threads: number,
): void {
  const cut = cutOf(dtype, product.m, product.n, threads);
  const job = gemmJob(gemm, dtype, product, scratch, perThread, cut);
  inParallel(placed(job, Number), threads);
}

function cutProduct(
  memory: WebAssembly.Memory,
  dtype: LaneType,
  m: number,
  n: number,
  k: number,
): Cut | null {
  const threads = isShared(memory) && worthThreads(dtype, m, n, k) ? threadCount() : 1;
  if (threads < 2) return null;
  const perThread = scratchPerThread(dtype, n, k);
  return {
    scratch: (threads - 1) * perThread,
    multiply: (gemm, product, scratch) =>
      multiplyInThreads(gemm, dtype, product, scratch, perThread, threads),
  };
}

threading.current = { newMemory, cut: cutProduct };
