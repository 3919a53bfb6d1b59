// The matrix product as a WebAssembly module: compiled once for each dtype, started on any memory.

import { knownAt } from '../../scalar/known.js';
import { importMemory } from './assembler/index.js';
import { hasFma } from './fma.js';
import { gemmFunction, partFunction } from './gemm-product.js';
import type { Tiling } from './gemm-tile.js';
import { compileModule } from './module.js';
import { isShared } from './threading.js';
import type { LaneType } from './vector.js';

/**
 * (a, b, c, m, n, k, transposeA, transposeB, scratch, add): C = op(A) op(B), or C += op(A) op(B), by addresses in bytes of
 * one memory and flags 0 or 1, as WebAssembly takes them. Other modules import it as it is: ten times i32, no result. At
 * `scratch`, 64-byte aligned if it is to be fast, it writes to as many bytes as `scratchBytesOf` says.
 */
export type RawGemm = (...args: number[]) => void;

/** A product's module, started on a memory. */
export interface StartedGemm {
  readonly module: WebAssembly.Module;
  readonly imports: WebAssembly.Imports;
  readonly raw: RawGemm;
  /**
   * The product of parts of matrices: as `raw`, and the bytes from a stored row of A, B and C to the next. Parts of one
   * product have its bits.
   */
  readonly part: RawGemm;
}

export interface Gemm {
  /** The function itself, for other modules on the same memory to import. */
  raw(dtype: LaneType): RawGemm;
  /** The module of a dtype, started; other threads start it too. */
  started(dtype: LaneType): StartedGemm;
}

// ---- Modules ----------------------------------------------------------------------------------------------------------

/**
 * The tiles that measured best: 4 × 2 vectors of the result, 2 of B and 4 elements of A fill the sixteen registers but one.
 * 3 × 3 and 2 × 4 are as fast in the middle and slower at both ends, 5 × 2, 6 × 2 and 4 × 3 spill.
 */
export const tilingOf = (dtype: LaneType): Tiling => ({
  dtype,
  fma: hasFma(),
  rows: 4,
  vectors: 2,
});

const MOST_PAGES = 65536;
const compiled = new Map<string, WebAssembly.Module>();

/** Compiles a product with tiles of any size. */
export function compileGemm(tiling: Tiling, shared: boolean): WebAssembly.Module {
  const memory = {
    ...importMemory(shared ? { min: 0, max: MOST_PAGES, shared } : { min: 0 }),
    module: 'host',
  };
  const part = partFunction(tiling);
  return compileModule({ gemm: gemmFunction(tiling, part), part }, memory).module;
}

const moduleFor = (dtype: LaneType, shared: boolean): WebAssembly.Module =>
  knownAt(compiled, `${dtype} ${shared}`, () => compileGemm(tilingOf(dtype), shared));

/**
 * Matrix products on a memory, row-major: op(A) is m × k, op(B) is k × n, C is m × n, and the flags say that A is stored
 * k × m, B n × k. The operands, C and the scratch may lie anywhere but not overlap. Each dtype is compiled when it is first
 * used; the bits of a result depend on nothing but the operands and whether there is `hasFma`.
 */
export function instantiateGemm(memory: WebAssembly.Memory): Gemm {
  const running = new Map<LaneType, StartedGemm>();
  const started = (dtype: LaneType): StartedGemm =>
    knownAt(running, dtype, () => {
      const module = moduleFor(dtype, isShared(memory));
      const imports = { host: { memory } };
      const { exports } = new WebAssembly.Instance(module, imports);
      return { module, imports, raw: exports.gemm as RawGemm, part: exports.part as RawGemm };
    });
  return { raw: (dtype) => started(dtype).raw, started };
}
