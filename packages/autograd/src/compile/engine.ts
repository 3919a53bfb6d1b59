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
  arena: Arena;
  /** What programs have that run within others. */
  readonly others: Arena[];
}

interface Arena {
  readonly address: number;
  readonly bytes: number;
}

const NO_ARENA: Arena = { address: 0, bytes: 0 };

/** Makes the arena large enough; what programs keep between runs does not lie there. @throws MemoryError */
export function reserveArena(engine: Engine, bytes: number): void {
  const { heap, arena } = engine;
  if (bytes <= arena.bytes) return;
  const address = heap.take(bytes, 'the arena');
  if (arena.bytes > 0) heap.give(arena.address, arena.bytes);
  engine.arena = { address, bytes };
}

/** Calls what may run other programs while one is running: they have another arena. */
export function aside(engine: Engine, fn: () => void): void {
  const own = engine.arena;
  engine.arena = engine.others.pop() ?? NO_ARENA;
  try {
    fn();
  } finally {
    engine.others.push(engine.arena);
    engine.arena = own;
  }
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
    arena: NO_ARENA,
    others: [],
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
