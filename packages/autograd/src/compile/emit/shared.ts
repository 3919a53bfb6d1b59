// Functions of steps that several threads call, and how their work is cut.

import {
  type Job,
  type JobParameter,
  MOST_PARAMETERS,
  type PlacedJob,
  placed,
  portableOf,
  type Shared,
} from '../../kernels/threads/index.js';
import { type ImportMemory, importMemory } from '../../kernels/wasm/assembler/index.js';
import { compileModule } from '../../kernels/wasm/module.js';
import { isShared } from '../../kernels/wasm/threading.js';
import { knownAt } from '../../scalar/known.js';
import { type CallStep, functionOf, type Parameter, type Place } from './step.js';

const MOST_PAGES = 65536;

/** The memory of programs, for modules to import. */
export function importHeap(memory: WebAssembly.Memory): ImportMemory {
  return importMemory({ min: 1, max: MOST_PAGES, shared: isShared(memory) }, memory);
}

/** Where a block lies, as native code counts addresses. */
export interface Pointer {
  readonly pointer: Place;
}

/** A place in an argument that is not copied in: behind where that lies, which is known when the program runs. */
export interface Outside {
  readonly argument: number;
  readonly behind: number;
}

/** A job whose addresses are known when the arena has its place. */
export type Blocks = Job<Parameter | Pointer | Outside>;

function addressOf(
  parameter: Parameter | Pointer | Outside,
  arena: number,
  memory: number,
): number {
  if (typeof parameter === 'number') return parameter;
  if ('argument' in parameter) return parameter.behind;
  if ('pointer' in parameter) return memory + addressOf(parameter.pointer, arena, memory);
  return parameter.inArena ? parameter.offset + arena : parameter.offset;
}

/** The jobs with the arena and the memory where they are. */
export const placedAt = (
  jobs: readonly Blocks[],
  arena: number,
  memory: number,
): readonly PlacedJob[] => jobs.map((job) => placed(job, (base) => addressOf(base, arena, memory)));

/** Modules of one function each, which workers start too; kept for all programs. */
export class SharedFunctions {
  readonly #memory: WebAssembly.Memory;
  readonly #known = new Map<string, Shared | null>();

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  #functionOf(step: CallStep): Shared | null {
    return knownAt(this.#known, step.key, () => this.#build(step));
  }

  #build(step: CallStep): Shared | null {
    const functions = { run: functionOf(step) };
    const { module, imports } = compileModule(functions, importHeap(this.#memory));
    const portable = portableOf(module, imports);
    if (portable === null) return null;
    const { exports } = new WebAssembly.Instance(module, imports);
    return { portable, name: 'run', run: exports.run as Shared['run'] };
  }

  /** The step cut into blocks; null if its function calls back into JavaScript, or has too many parameters. */
  cut(step: CallStep, { down, across, steps }: Cut): Blocks | null {
    const target = this.#functionOf(step);
    if (target === null || step.parameters.length > MOST_PARAMETERS) return null;
    const parameters = step.parameters.map(
      (base, p): JobParameter<Parameter> => ({ base, ...steps[p] }),
    );
    return { target, parameters, down, across };
  }
}

// ── Cuts ───────────────────────────────────────────────────────────────────────────────────────────

/** How a call falls into blocks: rows and columns of them, and how each of its parameters changes from one to the next. */
export interface Cut {
  readonly down: number;
  readonly across: number;
  readonly steps: readonly Omit<JobParameter, 'base'>[];
}

/** What threads write side by side begins in cache lines of their own. */
export const LINE_BYTES = 64;

/** Work of fewer nanoseconds is hardly done sooner by two: they have to meet before it and after it. */
export const THREADED_FROM = 60_000;

/** A block's work in nanoseconds: much more than what taking it costs. */
const BLOCK = 25_000;

const MOST_BLOCKS = 256;

/** Into how many blocks so many nanoseconds of work are cut; 1 if they aren't worth it. */
export function blocksFor(nanoseconds: number): number {
  if (nanoseconds < THREADED_FROM) return 1;
  return Math.min(MOST_BLOCKS, Math.ceil(nanoseconds / BLOCK));
}

/**
 * A call with the count at place `counted` among its parameters, in about `blocks` blocks of whole multiples of `unit`;
 * parameters step on by `steps` for each one that is counted. Null if that makes no two blocks.
 */
export function cutAlong(
  counted: number,
  total: number,
  unit: number,
  blocks: number,
  steps: readonly number[],
): Cut | null {
  const size = Math.ceil(total / blocks / unit) * unit;
  const down = Math.ceil(total / size);
  if (blocks < 2 || down < 2) return null;
  const own = steps.map((step, p) =>
    p === counted ? { down: -size, most: size } : { down: step * size },
  );
  return { down, across: 1, steps: own };
}
