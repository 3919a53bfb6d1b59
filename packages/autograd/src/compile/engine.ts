// What all programs share: one memory, the cells that live there, the modules that work on it.

import { TraceError } from '../errors.js';
import { type Gemm, instantiateGemm } from '../kernels/wasm/gemm-module.js';
import { hasSimd } from '../kernels/wasm/module.js';
import { Cells } from './cells.js';
import { Linker } from './emit/module.js';
import { SharedFunctions } from './emit/shared.js';
import { Heap } from './memory.js';

/** What all programs share. */
export interface Engine {
  readonly heap: Heap;
  readonly cells: Cells;
  readonly gemm: Gemm;
  readonly linker: Linker;
  readonly shared: SharedFunctions;
  /** The arena, sized for the largest program; every program lays its blocks anew in each run. */
  arena: { address: number; bytes: number };
}

/** An engine on a memory of its own. */
export function createEngine(): Engine {
  const heap = new Heap();
  const { memory } = heap;
  return {
    heap,
    cells: new Cells(heap),
    gemm: instantiateGemm(memory),
    linker: new Linker(memory),
    shared: new SharedFunctions(memory),
    arena: { address: 0, bytes: 0 },
  };
}

let common: Engine | null = null;

/**
 * The engine of this process, made when it is first needed.
 * @throws TraceError where WebAssembly is missing or forbidden.
 */
export function engine(): Engine {
  if (!hasSimd()) {
    throw new TraceError(
      'compile: programs are WebAssembly with 128-bit vectors, which is missing or forbidden here. ' +
        "Allow 'wasm-unsafe-eval' in the content security policy, or call the function itself.",
    );
  }
  common ??= createEngine();
  return common;
}
