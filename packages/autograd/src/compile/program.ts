// A compiled function for arguments of one kind: instructions, their memory, and what goes in and out.

import { kernels } from '../kernels/active.js';
import { backendInfo } from '../kernels/gemm.js';
import type { Gemm } from '../kernels/wasm/gemm-module.js';
import type { TypedArray } from '../tensor/dtype.js';
import type { Storage } from '../tensor/storage.js';
import type { Symbolic } from '../tensor/symbolic.js';
import { Tensor } from '../tensor/tensor.js';
import type { Variable } from '../tensor/variable.js';
import type { Cells, Resident } from './cells.js';
import { type Emitted, leftToBlas, type Place, ProgramEmitter } from './emit/module.js';
import { Explanation, explainInstruction } from './explain.js';
import { execute, type Instruction } from './instruction.js';
import type { Heap } from './memory.js';
import { optimize } from './optimize.js';
import { bytesOf, type Plan, planMemory, type Update } from './plan.js';
import type { Recorder } from './recorder.js';
import { isObserved, show } from './tap.js';
import type { Slot, Trace, TracedCell } from './trace.js';
import { arrayAt } from './views.js';

/** What all programs share. */
export interface Engine {
  readonly heap: Heap;
  readonly cells: Cells;
  readonly gemm: Gemm;
  /** The arena, sized for the largest program; every program lays its blocks anew in each run. */
  arena: { address: number; bytes: number };
}

interface HeldCell extends TracedCell {
  readonly resident: Resident;
  /** Whether gradients flowed into it when it was traced. */
  readonly requiresGrad: boolean;
}

interface Arrays {
  readonly buffer: ArrayBufferLike | null;
  readonly arena: number;
  readonly of: Map<Symbolic, TypedArray>;
}

/** Copies that remain at the end: new values of cells that could not be written in place. */
interface Move {
  readonly from: Symbolic;
  readonly to: Symbolic;
}

export class Program {
  readonly #engine: Engine;
  readonly #trace: Trace;
  readonly #cells: HeldCell[] = [];
  readonly #plan: Plan;
  readonly #moves: readonly Move[];
  /** Where old values of cells that are assigned lie, if they are wanted after the run. */
  readonly #copies: ReadonlyMap<Symbolic, Symbolic>;
  readonly #constants = new Map<Symbolic, number>();
  /** The arena's bytes: blocks, and behind them the panels of matrix products. */
  readonly #arenaBytes: number;
  readonly instructions: readonly Instruction[];
  #emitted: Emitted | null = null;
  /** Arrays over blocks, good until the memory grows or the arena moves. */
  #arrays: Arrays = { buffer: null, arena: -1, of: new Map() };

  constructor(engine: Engine, trace: Trace) {
    this.#engine = engine;
    this.#trace = trace;
    const { recorder, inputs, outputs } = trace;
    const cells = separated(trace);
    this.#copies = copiesOfOld(trace);
    const assigned = cells.filter(({ before, after }) => before !== after);
    const results = new Set([
      ...outputs.map(({ block }) => this.#copies.get(block) ?? block),
      ...cells.flatMap(({ gradAfter: g }) => (g === null ? [] : [this.#copies.get(g) ?? g])),
    ]);
    const kept = new Set([...results, ...assigned.map(({ after }) => after)]);
    this.instructions = optimize(
      recorder.instructions,
      recorder.constants,
      kept,
      (call) => leftToBlas(call) && hasBlas(),
    );

    const befores = new Set(cells.map(({ before }) => before));
    const readConstants = this.#readConstants(kept);
    const fixed = new Set([...befores, ...readConstants]);
    const gradients = cells.flatMap(({ gradBefore }) => (gradBefore === null ? [] : [gradBefore]));
    const updates: Update[] = assigned.filter(
      ({ after }) => !results.has(after) && !fixed.has(after) && !inputs.includes(after),
    );
    this.#plan = planMemory(
      this.instructions,
      fixed,
      [...inputs, ...gradients],
      new Set([...kept].filter((block) => !fixed.has(block))),
      updates,
    );
    this.#moves = assigned
      .filter(({ before, after }) => this.#plan.inPlace.get(after) !== before)
      .map(({ before, after }) => ({ from: after, to: before }));

    this.#arenaBytes = this.#plan.arenaBytes + this.#scratchBytes();
    try {
      this.#reserve();
      for (const block of readConstants) this.#constants.set(block, this.#layConstant(block));
      for (const traced of cells) {
        const resident = engine.cells.hold(traced.cell);
        this.#cells.push({ ...traced, resident, requiresGrad: traced.cell.requiresGrad });
      }
    } catch (error) {
      this.evict();
      throw error;
    }
  }

  #readConstants(kept: ReadonlySet<Symbolic>): Symbolic[] {
    const { constants } = this.#trace.recorder;
    const read = new Set([...kept, ...this.instructions.flatMap(({ inputs }) => inputs)]);
    return [...constants.keys()].filter((block) => read.has(block));
  }

  #scratchBytes(): number {
    const { gemm } = this.#engine;
    const needed = this.instructions.map(({ call }) => {
      if (call.kind !== 'matmul' || call.dtype === 'int32' || call.dtype === 'bool') return 0;
      return gemm.scratchBytes(call.dtype, call.m, call.n, call.k);
    });
    return Math.max(0, ...needed);
  }

  /** Makes the arena large enough; what other programs keep between runs does not lie there. */
  #reserve(): void {
    const { heap, arena } = this.#engine;
    const bytes = this.#arenaBytes;
    if (bytes <= arena.bytes) return;
    const address = heap.take(bytes, 'the arena');
    if (arena.bytes > 0) heap.give(arena.address, arena.bytes);
    this.#engine.arena = { address, bytes };
  }

  #layConstant(block: Symbolic): number {
    const elements = this.#trace.recorder.constants.get(block) as TypedArray | number;
    const { heap } = this.#engine;
    const address = heap.take(bytesOf(block), 'a constant');
    const array = arrayAt(heap.memory, block.dtype, address, block.length);
    if (typeof elements === 'number') array[0] = elements;
    else array.set(elements);
    return address;
  }

  #placeOf(block: Symbolic): Place {
    const inPlace = this.#plan.inPlace.get(block);
    if (inPlace !== undefined) return this.#placeOf(inPlace);
    const offset = this.#plan.offsets.get(block);
    if (offset !== undefined) return { inArena: true, offset };
    const cell = this.#cells.find(({ before }) => before === block);
    const address = cell === undefined ? this.#constants.get(block) : cell.resident.address;
    return { inArena: false, offset: address as number };
  }

  #arrayOf(block: Symbolic): TypedArray {
    const { memory } = this.#engine.heap;
    const { address } = this.#engine.arena;
    if (this.#arrays.buffer !== memory.buffer || this.#arrays.arena !== address) {
      this.#arrays = { buffer: memory.buffer, arena: address, of: new Map() };
    }
    let array = this.#arrays.of.get(block);
    if (array === undefined) {
      const { inArena, offset } = this.#placeOf(block);
      array = arrayAt(memory, block.dtype, inArena ? address + offset : offset, block.length);
      this.#arrays.of.set(block, array);
    }
    return array;
  }

  #compiled(): Emitted {
    this.#emitted ??= new ProgramEmitter({
      memory: this.#engine.heap.memory,
      placeOf: (block) => this.#placeOf(block),
      host: (k) => execute(kernels, this.instructions[k], (block) => this.#arrayOf(block)),
      moves: this.#moves,
      gemm: this.#engine.gemm,
      hasBlas,
      scratch: { inArena: true, offset: this.#plan.arenaBytes },
    }).emit(this.instructions);
    return this.#emitted;
  }

  /** Runs on the tensors of the arguments, in order; updates cells, and returns what the function returned. */
  run(inputs: readonly Tensor[]): unknown {
    const { cells } = this.#engine;
    for (const { resident } of this.#cells) cells.load(resident);
    const { run } = this.#compiled();
    for (let i = 0; i < inputs.length; i++) this.#write(this.#trace.inputs[i], inputs[i].storage);
    for (const { cell, gradBefore } of this.#cells) {
      if (gradBefore !== null && cell.grad !== null) this.#write(gradBefore, cell.grad.storage);
    }
    try {
      run(this.#engine.arena.address);
    } catch (error) {
      // A kernel of the user's threw. What was assigned before is assigned, as it is eagerly.
      for (const { before, after, resident } of this.#cells) {
        if (before !== after) cells.store(resident);
      }
      throw error;
    }
    for (const held of this.#cells) this.#settle(held);
    if (isObserved()) {
      for (const { name, slot } of this.#trace.taps) show(name, this.#read(slot));
    }
    return withTensors(this.#trace.result, (slot) => this.#read(slot));
  }

  #write(block: Symbolic, storage: Storage): void {
    const array = this.#arrayOf(block);
    if (typeof storage === 'number') array[0] = storage;
    else array.set(storage as TypedArray);
  }

  #settle({ cell, before, after, gradBefore, gradAfter, resident }: HeldCell): void {
    if (before !== after) this.#engine.cells.store(resident);
    if (gradAfter === null) {
      if (gradBefore !== null) cell.clearGrad();
    } else cell.grad = this.#read({ block: gradAfter, shape: cell.shape, dtype: cell.dtype });
  }

  #read({ block, shape, dtype }: Slot): Tensor {
    const array = this.#arrayOf(this.#copies.get(block) ?? block);
    return new Tensor(shape.length === 0 ? array[0] : array.slice(), shape, dtype, null, 0);
  }

  /** The cells that it reads or assigns. */
  get cells(): readonly Variable[] {
    return this.#cells.map(({ cell }) => cell);
  }

  /** Keeps the state of cells and generators. @returns what puts it back. */
  remember(): () => void {
    const cells = this.cells.map((cell) => [cell, cell.snapshot()] as const);
    const generators = this.#trace.generators.map((own) => [own, own.snapshot()] as const);
    return () => {
      for (const [cell, state] of cells) cell.restore(state);
      for (const [generator, state] of generators) generator.restore(state);
    };
  }

  explain(): Explanation {
    const { engines, functions, bytes } = this.#compiled();
    return new Explanation({
      kernels: this.instructions.map((own, k) => explainInstruction(own, engines[k])),
      traced: this.#trace.recorder.instructions.length,
      arenaBytes: this.#arenaBytes,
      cellBytes: this.#cells.reduce((sum, { before }) => sum + bytesOf(before), 0),
      functions,
      moduleBytes: bytes,
    });
  }

  /** Whether the cells are as they were when this program was traced: their dtypes, and which have gradients. */
  fits(): boolean {
    for (const { cell, before, gradBefore, requiresGrad } of this.#cells) {
      const waits = cell.grad !== null;
      if (waits !== (gradBefore !== null) || cell.dtype !== before.dtype) return false;
      if (cell.requiresGrad !== requiresGrad) return false;
    }
    return true;
  }

  /** Gives cells and constants back. */
  evict(): void {
    for (const { resident } of this.#cells) this.#engine.cells.drop(resident);
    for (const [block, address] of this.#constants) this.#engine.heap.give(address, bytesOf(block));
  }
}

/**
 * A cell that takes the old value of another one, which changes too, takes it from a copy: otherwise the one that is
 * written first would be lost.
 */
function separated({ recorder, cells }: Trace): TracedCell[] {
  const changing = new Set(
    cells.filter(({ before, after }) => before !== after).map((c) => c.before),
  );
  return cells.map((traced) => {
    const { before, after } = traced;
    if (before === after || !changing.has(after)) return traced;
    const { copy, instruction } = copyOf(recorder, after);
    recorder.instructions.push(instruction);
    return { ...traced, after: copy };
  });
}

/** The old value of a cell that changes, where it is returned, shown, or left as a gradient: a copy made before anything. */
function copiesOfOld({ recorder, cells, outputs }: Trace): Map<Symbolic, Symbolic> {
  const changing = new Set(
    cells.filter(({ before, after }) => before !== after).map((c) => c.before),
  );
  const wanted = [...outputs.map(({ block }) => block), ...cells.map((cell) => cell.gradAfter)];
  const copies = new Map<Symbolic, Symbolic>();
  for (const block of wanted) {
    if (block === null || !changing.has(block) || copies.has(block)) continue;
    const { copy, instruction } = copyOf(recorder, block);
    recorder.instructions.unshift(instruction);
    copies.set(block, copy);
  }
  return copies;
}

function copyOf(recorder: Recorder, block: Symbolic): { copy: Symbolic; instruction: Instruction } {
  const copy = recorder.block(block.dtype, block.length);
  const layout = { offset: 0, strides: [1] };
  const call = { kind: 'copy', from: layout, to: layout, shape: [block.length] } as const;
  const [inputs, outputs] = [[block], [copy]];
  return { copy, instruction: { call, inputs, outputs, partial: false, site: new Error() } };
}

const hasBlas = (): boolean => backendInfo().gemm === 'blas';

/** The structure that the function returned, with tensors in the place of slots. */
function withTensors(structure: unknown, read: (slot: Slot) => Tensor): unknown {
  if (isSlot(structure)) return read(structure);
  if (Array.isArray(structure)) return structure.map((item) => withTensors(item, read));
  if (typeof structure !== 'object' || structure === null) return structure;
  return Object.fromEntries(
    Object.entries(structure).map(([key, item]) => [key, withTensors(item, read)]),
  );
}

function isSlot(value: unknown): value is Slot {
  return typeof value === 'object' && value !== null && 'block' in value && 'dtype' in value;
}
