// The system's BLAS, loaded through koffi when it is first wanted, if both are there.

import { ArgumentError } from '../../errors.js';
import type { MatmulProblem } from '../kernels.js';
import { candidates, wishOf } from './find.js';
import { blasGemm } from './gemm.js';

/** order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc: row-major, 32-bit integers. */
export type CblasGemm = (
  order: number,
  transA: number,
  transB: number,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: Float32Array | Float64Array,
  lda: number,
  b: Float32Array | Float64Array,
  ldb: number,
  beta: number,
  c: Float32Array | Float64Array,
  ldc: number,
) => void;

export interface Blas {
  /** The name or path that it was loaded by. */
  readonly library: string;
  /** out = alpha · op(a) op(b) + beta · out in float32 or float64; out = op(a) op(b) unless told otherwise. */
  gemm(problem: MatmulProblem, alpha?: number, beta?: number): void;
  /** How many threads it uses, null if it doesn't say. */
  threads(): number | null;
  /** False if it can't be told. */
  setThreads(count: number): boolean;
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
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0];

/** koffi, or why it can't be had. Asked for by name, so that bundles for browsers never contain it. */
function findKoffi(): Koffi | string {
  const modules = globalThis.process?.getBuiltinModule?.('node:module');
  if (modules === undefined) return 'this is not Node';
  try {
    return modules.createRequire(import.meta.url)('koffi') as Koffi;
  } catch (error) {
    return `the optional package koffi can't be loaded (${messageOf(error)})`;
  }
}

type Numeric = (...args: number[]) => number;

function optional(
  native: NativeLibrary,
  names: readonly string[],
  result: string,
  parameters: readonly string[],
): Numeric | null {
  for (const name of names) {
    try {
      return native.func(name, result, parameters) as unknown as Numeric;
    } catch {
      // Not this one's name.
    }
  }
  return null;
}

const gemmOf = (native: NativeLibrary, name: string, real: string): CblasGemm => {
  const [numbers, pointer] = [['int', 'int', 'int', 'int', 'int', 'int'], `const ${real} *`];
  return native.func(name, 'void', [
    ...numbers,
    real,
    pointer,
    'int',
    pointer,
    'int',
    real,
    `${real} *`,
    'int',
  ]) as unknown as CblasGemm;
};

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
function open(koffi: Koffi, library: string): Blas {
  const native = koffi.load(library);
  const sgemm = gemmOf(native, 'cblas_sgemm', 'float');
  const dgemm = gemmOf(native, 'cblas_dgemm', 'double');
  refuseWideIntegers(native);
  const ask = optional(
    native,
    ['openblas_get_num_threads', 'MKL_Get_Max_Threads', 'bli_thread_get_num_threads'],
    'int',
    [],
  );
  const tell = optional(
    native,
    ['openblas_set_num_threads', 'MKL_Set_Num_Threads', 'bli_thread_set_num_threads'],
    'void',
    ['int'],
  );
  return {
    library,
    gemm: (problem, alpha, beta) => blasGemm(sgemm, dgemm, problem, alpha, beta),
    threads: () => ask?.() ?? null,
    setThreads: (count) => {
      tell?.(count);
      return tell !== null;
    },
  };
}

function search(koffi: Koffi, platform: string, names: readonly string[]): BlasOrReason {
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
