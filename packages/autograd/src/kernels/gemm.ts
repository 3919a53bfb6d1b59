// Which of three multiplies matrices: plain JavaScript, WebAssembly, or the system's BLAS.

import { ArgumentError } from '../errors.js';
import { type BlasOrReason, blasGemm, systemBlas } from './blas/index.js';
import type { MatmulProblem } from './kernels.js';
import { matmul as inJavaScript } from './reference/matmul.js';
import { restWorkers, threadCount } from './threads/index.js';
import { gemm as inWebAssembly } from './wasm/gemm.js';
import { hasFma } from './wasm/gemm-module.js';
import { hasSimd } from './wasm/module.js';

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
      restWorkers();
      blasGemm(blas, problem);
      return;
    }
  }
  inWebAssembly(problem);
}

/** out −= rate · op(a) op(b), accumulated by BLAS as it multiplies; without BLAS, from the product. */
export function descend(problem: MatmulProblem, rate: number): void {
  const { blas } = systemBlas();
  if (blas !== null) {
    restWorkers();
    blasGemm(blas, problem, -rate, 1);
    return;
  }
  const product = problem.out.slice();
  matmul({ ...problem, out: product });
  for (let i = 0; i < product.length; i++) problem.out[i] -= rate * product[i];
}

/** What this process computes with. */
export interface BackendInfo {
  /** What large matrix products run on. */
  readonly gemm: 'blas' | 'wasm' | 'reference';
  /** The BLAS library's name or path; null if there is none. */
  readonly library: string | null;
  /** Threads that large loops are cut over, and large products where there is no BLAS; see `setThreads`. */
  readonly threads: number;
  /** Threads of the BLAS library; null if there is none, or it doesn't say. */
  readonly blasThreads: number | null;
  /** WebAssembly with 128-bit vectors; without it everything runs in plain JavaScript. */
  readonly simd: boolean;
  /**
   * Fused multiply-add (relaxed SIMD) in WebAssembly's matrix products, float32 and float64: nearly twice as fast, and each
   * product is rounded once with its sum. Nothing else uses it.
   */
  readonly fma: boolean;
  /** Why there is no BLAS; null if there is. */
  readonly blasMissing: string | null;
}

function blasOrReason(): BlasOrReason {
  try {
    return systemBlas();
  } catch (error) {
    return { blas: null, reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * What this process computes with. Looks for BLAS if that hasn't been done yet: in Node, where the optional package
 * `koffi` is installed, OpenBLAS, BLIS, MKL or Accelerate are found by themselves. The environment variable
 * `RETROGRAD_BLAS` names another library by its path, or is `off`.
 *
 * ```ts
 * backendInfo(); // { gemm: 'blas', library: 'libopenblas.so.0', threads: 2, blasThreads: 2, simd: true, fma: true, blasMissing: null }
 * ```
 *
 * @throws ArgumentError if RETROGRAD_THREADS is neither a number of threads nor `off`.
 */
export function backendInfo(): BackendInfo {
  const { blas, reason } = blasOrReason();
  const simd = hasSimd();
  return {
    gemm: blas !== null ? 'blas' : simd ? 'wasm' : 'reference',
    library: blas?.library ?? null,
    threads: threadCount(),
    blasThreads: blas?.threads() ?? null,
    simd,
    fma: simd && hasFma(),
    blasMissing: reason,
  };
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
