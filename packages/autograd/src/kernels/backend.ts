// What this process computes with, for people and for tests.

import { type BlasOrReason, systemBlas } from './blas/index.js';
import { threadCount } from './threads/index.js';
import { hasFma } from './wasm/fma.js';
import { hasSimd } from './wasm/module.js';

/** What this process computes with. */
export interface BackendInfo {
  /** What large matrix products run on. */
  readonly gemm: 'blas' | 'wasm' | 'reference';
  /** The BLAS library's name or path; null if there is none. */
  readonly library: string | null;
  /** Threads that large loops and products are cut over; see `setThreads`. */
  readonly threads: number;
  /** WebAssembly with 128-bit vectors; without it everything runs in plain JavaScript. */
  readonly simd: boolean;
  /**
   * Fused multiply-add (relaxed SIMD) in WebAssembly, float32 and float64: matrix products are nearly twice as fast, the
   * functions of mathematics by a quarter, and each product is rounded once with its sum. Nothing else uses it.
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
 * backendInfo(); // { gemm: 'blas', library: 'libopenblas.so.0', threads: 2, simd: true, fma: true, blasMissing: null }
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
    simd,
    fma: simd && hasFma(),
    blasMissing: reason,
  };
}
