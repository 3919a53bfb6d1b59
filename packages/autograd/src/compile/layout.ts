// Where the blocks of one program lie: cells and constants at addresses of their own, the rest in the arena.

import type { Blas } from '../kernels/blas/index.js';
import {
  type Handle,
  handleOf,
  type PlacedJob,
  threadCount,
  type Varying,
} from '../kernels/threads/index.js';
import { BUFFER_BYTES } from '../kernels/wasm/draw-code.js';
import { scratchPerThread } from '../kernels/wasm/gemm-threads.js';
import { isShared } from '../kernels/wasm/threading.js';
import type { LaneType } from '../kernels/wasm/vector.js';
import { knownAt } from '../scalar/known.js';
import { isFloating, type TypedArray } from '../tensor/dtype.js';
import type { Symbolic } from '../tensor/symbolic.js';
import type { Resident } from './cells.js';
import { reduceScratchBytes } from './emit/reduce.js';
import { type Blocks as Job, placedAt } from './emit/shared.js';
import type { Place } from './emit/step.js';
import { type Engine, reserveArena } from './engine.js';
import type { Blocks, Instruction, Operands } from './instruction.js';
import { bytesOf, type Plan } from './plan.js';
import type { Constant } from './recorder.js';
import type { TracedCell } from './trace.js';
import { arrayAt, write } from './views.js';

export interface HeldCell extends TracedCell {
  readonly resident: Resident;
  /** Whether gradients flowed into it when it was traced. */
  readonly requiresGrad: boolean;
}

/** Numbers of formulas lie side by side, each where a float64 has room. */
const NUMBERS_AT_ONCE = 32;
const NUMBER_BYTES = 8;

/** Jobs, and those of their parameters that have another base in each run. */
export interface Work {
  readonly jobs: readonly Job[];
  readonly varying: readonly Varying[];
}

interface PlacedWork {
  readonly jobs: readonly PlacedJob[];
  readonly handles: readonly Handle[];
}

/** What a program keeps in memory between runs, and where it lies while it runs. */
export class Layout {
  readonly cells: readonly HeldCell[];
  /** Where matrix products pack their panels, columns are summed, and random words lie: behind the blocks of the arena. */
  readonly scratch: Place;
  readonly arenaBytes: number;
  /** Threads that there is scratch for. */
  readonly threads: number;
  readonly #engine: Engine;
  readonly #places = new Map<Symbolic, Place>();
  /** By dtype and value. */
  readonly #numbers = new Map<string, Place>();
  #nextNumber = 0;
  /** What gives back all that was taken, last first. */
  readonly #returns: (() => void)[] = [];
  /** What is good until the memory grows or the arena moves: arrays over blocks, and jobs that know their addresses. */
  readonly #arrays = new Map<Symbolic, TypedArray>();
  readonly #operands = new Map<Blocks, Operands>();
  readonly #jobs = new Map<Work, PlacedWork>();
  #buffer: ArrayBufferLike | null = null;
  #arena = -1;

  /** @throws MemoryError if there is no room; nothing is kept then. */
  constructor(
    engine: Engine,
    instructions: readonly Instruction[],
    { offsets, arenaBytes, inPlace }: Plan,
    cells: readonly TracedCell[],
    constants: ReadonlyMap<Symbolic, Constant>,
  ) {
    this.#engine = engine;
    this.scratch = { inArena: true, offset: arenaBytes };
    this.threads = threadsOn(engine.heap.memory);
    this.arenaBytes = arenaBytes + scratchBytes(this.threads, instructions);
    try {
      reserveArena(engine, this.arenaBytes);
      for (const [block, elements] of constants) this.#layConstant(block, elements);
      this.cells = cells.map((traced) => this.#hold(traced));
    } catch (error) {
      this.release();
      throw error;
    }
    for (const [block, offset] of offsets) this.#places.set(block, { inArena: true, offset });
    for (const [after, before] of inPlace) this.#places.set(after, this.placeOf(before));
  }

  /** Where a number lies that functions read; one place for all who read it. */
  numberAt(value: number, dtype: LaneType): Place {
    const key = `${dtype} ${Object.is(value, -0) ? '-0' : value}`;
    return knownAt(this.#numbers, key, () => {
      if (this.#numbers.size % NUMBERS_AT_ONCE === 0) {
        this.#nextNumber = this.take(NUMBERS_AT_ONCE * NUMBER_BYTES, 'the numbers of formulas');
      }
      const offset = this.#nextNumber;
      this.#nextNumber += NUMBER_BYTES;
      arrayAt(this.#engine.heap.memory, dtype, offset, 1)[0] = value;
      return { inArena: false, offset };
    });
  }

  #layConstant(block: Symbolic, elements: Constant): void {
    const { memory } = this.#engine.heap;
    const address = this.take(bytesOf(block), 'a constant');
    this.#places.set(block, { inArena: false, offset: address });
    write(arrayAt(memory, block.dtype, address, block.length), elements);
  }

  #hold(traced: TracedCell): HeldCell {
    const { cells } = this.#engine;
    const resident = cells.hold(traced.cell);
    this.#returns.push(() => cells.drop(resident));
    this.#places.set(traced.before, { inArena: false, offset: resident.address });
    return { ...traced, resident, requiresGrad: traced.cell.requiresGrad };
  }

  /** Takes bytes that the program keeps. @throws MemoryError */
  take(bytes: number, what: string): number {
    const { heap } = this.#engine;
    const address = heap.take(bytes, what);
    this.#returns.push(() => heap.give(address, bytes));
    return address;
  }

  /** Gives back all that was taken. */
  release(): void {
    for (let back = this.#returns.pop(); back !== undefined; back = this.#returns.pop()) back();
  }

  placeOf(block: Symbolic): Place {
    return this.#places.get(block) as Place;
  }

  /** Jobs with their addresses; those of a library are addresses in the whole process. */
  jobsOf(work: Work, blas: Blas | null): PlacedWork {
    this.#follow();
    return this.#jobs.get(work) ?? this.#place(work, blas);
  }

  #place(work: Work, blas: Blas | null): PlacedWork {
    const { memory } = this.#engine.heap;
    const start = blas === null ? 0 : blas.addressOf(new Uint8Array(memory.buffer));
    const jobs = placedAt(work.jobs, this.#arena, start);
    const placed = { jobs, handles: work.varying.map((one) => handleOf(jobs, one)) };
    this.#jobs.set(work, placed);
    return placed;
  }

  arrayOf(block: Symbolic): TypedArray {
    this.#follow();
    return this.#arrays.get(block) ?? this.#layArray(block);
  }

  #layArray(block: Symbolic): TypedArray {
    const { inArena, offset } = this.placeOf(block);
    const address = inArena ? this.#arena + offset : offset;
    const array = arrayAt(this.#engine.heap.memory, block.dtype, address, block.length);
    this.#arrays.set(block, array);
    return array;
  }

  operandsOf(blocks: Blocks): Operands {
    this.#follow();
    return this.#operands.get(blocks) ?? this.#lay(blocks);
  }

  #lay(blocks: Blocks): Operands {
    const arrayOf = (block: Symbolic): TypedArray => this.arrayOf(block);
    const operands = {
      inputs: blocks.inputs.map(arrayOf),
      outputs: blocks.outputs.map(arrayOf),
    };
    this.#operands.set(blocks, operands);
    return operands;
  }

  /** Forgets arrays and addresses when the memory has grown or the arena has moved. */
  #follow(): void {
    const { buffer } = this.#engine.heap.memory;
    const { address } = this.#engine.arena;
    if (this.#buffer === buffer && this.#arena === address) return;
    this.#buffer = buffer;
    this.#arena = address;
    this.#arrays.clear();
    this.#operands.clear();
    this.#jobs.clear();
  }
}

/** How many threads may work on a memory. */
export function threadsOn(memory: WebAssembly.Memory): number {
  return isShared(memory) ? threadCount() : 1;
}

function scratchBytes(threads: number, instructions: readonly Instruction[]): number {
  const needed = instructions.map(({ call, outputs }) => {
    if (call.kind === 'draw') return threads * BUFFER_BYTES;
    const reduce = call.kind === 'reduceFormula' ? call.reduce : call;
    if (reduce.kind === 'reduce') return reduceScratchBytes(reduce, outputs[0].dtype);
    if (call.kind !== 'matmul' || !isFloating(call.dtype)) return 0;
    return threads * scratchPerThread(call.dtype, call.n, call.k);
  });
  return Math.max(0, ...needed);
}
