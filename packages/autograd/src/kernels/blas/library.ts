// The system's BLAS, loaded through koffi when it is first wanted, if both are there.

import { ArgumentError } from '../../errors.js';
import type { MatmulProblem } from '../kernels.js';
import type { Native } from '../threads/index.js';
import { candidates, wishOf } from './find.js';
import { blasGemm } from './gemm.js';

/** A matrix: its elements, or their address. */
export type Matrix = Float32Array | Float64Array | number;

/** order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc: row-major, 32-bit integers. */
export type CblasGemm = (
  order: number,
  transA: number,
  transB: number,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: Matrix,
  lda: number,
  b: Matrix,
  ldb: number,
  beta: number,
  c: Matrix,
  ldc: number,
) => void;

export interface Blas {
  /** The name or path that it was loaded by. */
  readonly library: string;
  /** out = op(a) op(b) in float32 or float64. */
  gemm(problem: MatmulProblem): void;
  readonly float32: NativeGemm;
  readonly float64: NativeGemm;
  /**
   * Whether several threads may ask it for parts of a product at the same time, having told it to use no threads of its own:
   * those would look out for the next product where other threads have loops to run.
   */
  readonly shareable: boolean;
  /** Where the elements of an array lie; they stay there as long as the array is reachable. */
  addressOf(array: Float32Array | Float64Array | Uint8Array): number;
}

/** A product, which other threads can load too. */
export interface NativeGemm {
  readonly portable: Native;
  readonly name: string;
  readonly run: CblasGemm;
}

/** The library, or why there is none. */
export type BlasOrReason =
  | { readonly blas: Blas; readonly reason: null }
  | { readonly blas: null; readonly reason: string };

// What of koffi is used.
interface NativeLibrary {
  func(name: string, result: string, parameters: readonly string[]): (...args: never[]) => unknown;
}
interface Koffi {
  load(path: string): NativeLibrary;
  address(array: ArrayBufferView): bigint;
}
interface FoundKoffi {
  readonly koffi: Koffi;
  /** The file that it was loaded from. */
  readonly path: string;
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0];

/** koffi, or why it can't be had. Asked for by name, so that bundles for browsers never contain it. */
function findKoffi(): FoundKoffi | string {
  const modules = globalThis.process?.getBuiltinModule?.('node:module');
  if (modules === undefined) return 'this is not Node';
  try {
    const require = modules.createRequire(import.meta.url);
    return { koffi: require('koffi') as Koffi, path: require.resolve('koffi') };
  } catch (error) {
    return `the optional package koffi can't be loaded (${messageOf(error)})`;
  }
}

function gemmOf(
  native: NativeLibrary,
  where: Omit<Native, 'types'>,
  name: string,
  real: string,
): NativeGemm {
  const sizes = ['int', 'int', 'int', 'int', 'int', 'int'];
  const operands = [real, 'const void *', 'int', 'const void *', 'int', real, 'void *', 'int'];
  const types = [...sizes, ...operands];
  const run = native.func(name, 'void', types) as unknown as CblasGemm;
  return { portable: { ...where, types }, name, run };
}

/** A build whose integers have 64 bits would read what is no argument of its. */
function refuseWideIntegers(native: NativeLibrary): void {
  let config: (() => string) | null = null;
  try {
    config = native.func('openblas_get_config', 'const char *', []) as unknown as () => string;
  } catch {
    return;
  }
  if (/USE64BITINT|INTERFACE64/.test(config())) throw new Error('its integers have 64 bits');
}

/** @throws whatever koffi throws when the file isn't there, is no library or lacks the products. */
function open({ koffi, path }: FoundKoffi, library: string): Blas {
  const native = koffi.load(library);
  const where = { koffi: path, library };
  const float32 = gemmOf(native, where, 'cblas_sgemm', 'float');
  const float64 = gemmOf(native, where, 'cblas_dgemm', 'double');
  refuseWideIntegers(native);
  const addressOf = (array: ArrayBufferView) => Number(koffi.address(array));
  const shareable = stayOnOneThread(native);
  const own = { float32, float64, shareable, addressOf };
  return { library, ...own, gemm: (problem) => blasGemm(own, problem) };
}

const THREAD_SETTERS = [
  'openblas_set_num_threads',
  'MKL_Set_Num_Threads',
  'bli_thread_set_num_threads',
];

/** Tells the library to use no threads of its own. @returns whether it can be told. */
function stayOnOneThread(native: NativeLibrary): boolean {
  for (const name of THREAD_SETTERS) {
    try {
      (native.func(name, 'void', ['int']) as (count: number) => void)(1);
      return true;
    } catch {
      // Not this one's name.
    }
  }
  return false;
}

function search(koffi: FoundKoffi, platform: string, names: readonly string[]): BlasOrReason {
  for (const name of names) {
    try {
      return { blas: open(koffi, name), reason: null };
    } catch {
      // The next one, then.
    }
  }
  return { blas: null, reason: `no BLAS library was found on ${platform}` };
}

/**
 * Looks for a library without remembering it.
 * @throws ArgumentError if RETROGRAD_BLAS names a library that can't be used.
 */
export function loadBlas(
  environment: Readonly<Record<string, string | undefined>>,
  platform: string,
): BlasOrReason {
  const wish = wishOf(environment);
  if (wish.kind === 'off') return { blas: null, reason: 'RETROGRAD_BLAS is off' };
  const koffi = findKoffi();
  if (wish.kind === 'any') {
    if (typeof koffi === 'string') return { blas: null, reason: koffi };
    return search(koffi, platform, candidates(platform, environment));
  }
  let cause: string;
  if (typeof koffi === 'string') cause = koffi;
  else {
    try {
      return { blas: open(koffi, wish.path), reason: null };
    } catch (error) {
      cause = messageOf(error);
    }
  }
  throw new ArgumentError(
    `RETROGRAD_BLAS: names a library with cblas_sgemm and cblas_dgemm, got ${wish.path} (${cause}). ` +
      'Correct the path, or set it to off.',
  );
}

let found: BlasOrReason | ArgumentError | null = null;

/**
 * The BLAS of this process, looked for once.
 * @throws ArgumentError, every time, if RETROGRAD_BLAS names a library that can't be used.
 */
export function systemBlas(): BlasOrReason {
  if (found === null) {
    const process = globalThis.process as typeof globalThis.process | undefined;
    try {
      found = loadBlas(process?.env ?? {}, process?.platform ?? 'browser');
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      found = error;
    }
  }
  if (found instanceof ArgumentError) throw new ArgumentError(found.message);
  return found;
}
