// A compiled function for arguments of one kind: instructions, their memory, and what goes in and out.

import { kernels } from '../kernels/active.js';
import { bytesPerElement, type TypedArray } from '../tensor/dtype.js';
import type { Storage } from '../tensor/storage.js';
import type { Symbolic } from '../tensor/symbolic.js';
import { Tensor } from '../tensor/tensor.js';
import type { Cells, Resident } from './cells.js';
import { execute, type Instruction } from './instruction.js';
import type { Heap } from './memory.js';
import { optimize } from './optimize.js';
import { bytesOf, type Plan, planMemory, type Update } from './plan.js';
import type { Slot, Trace, TracedCell } from './trace.js';
import { arrayAt } from './views.js';

/** What all programs share. */
export interface Engine {
  readonly heap: Heap;
  readonly cells: Cells;
  /** The arena, sized for the largest program; every program lays its blocks anew in each run. */
  arena: { address: number; bytes: number };
}

interface HeldCell extends TracedCell {
  readonly resident: Resident;
}

/** Copies that remain at the end: new values of cells that could not be written in place. */
interface Move {
  readonly from: Symbolic;
  readonly to: Symbolic;
}

export class Program {
  readonly #engine: Engine;
  readonly #trace: Trace;
  readonly #cells: readonly HeldCell[];
  readonly #plan: Plan;
  readonly #moves: readonly Move[];
  readonly #constants: ReadonlyMap<Symbolic, number>;
  readonly instructions: readonly Instruction[];
  /** What a run does, on arrays of the memory as it was at this buffer and arena. */
  #ready: { buffer: ArrayBufferLike; arena: number; steps: (() => void)[] } | null = null;

  constructor(engine: Engine, trace: Trace) {
    this.#engine = engine;
    this.#trace = trace;
    const { recorder, cells, inputs, outputs } = trace;
    const assigned = cells.filter(({ before, after }) => before !== after);
    const results = new Set([
      ...outputs.map(({ block }) => block),
      ...cells.flatMap(({ gradAfter }) => (gradAfter === null ? [] : [gradAfter])),
    ]);
    const kept = new Set([...results, ...assigned.map(({ after }) => after)]);
    this.instructions = optimize(recorder.instructions, recorder.constants, kept);

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

    this.#reserve();
    this.#constants = new Map(readConstants.map((block) => [block, this.#layConstant(block)]));
    this.#cells = cells.map((traced) => ({ ...traced, resident: engine.cells.hold(traced.cell) }));
  }

  #readConstants(kept: ReadonlySet<Symbolic>): Symbolic[] {
    const { constants } = this.#trace.recorder;
    const read = new Set([...kept, ...this.instructions.flatMap(({ inputs }) => inputs)]);
    return [...constants.keys()].filter((block) => read.has(block));
  }

  /** Makes the arena large enough; what other programs keep between runs does not lie there. */
  #reserve(): void {
    const { heap, arena } = this.#engine;
    const { arenaBytes } = this.#plan;
    if (arenaBytes <= arena.bytes) return;
    const address = heap.take(arenaBytes, 'the arena');
    heap.give(arena.address, arena.bytes);
    this.#engine.arena = { address, bytes: arenaBytes };
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

  /** The address of a block, wherever it lies. */
  #addressOf(block: Symbolic): number {
    const inPlace = this.#plan.inPlace.get(block);
    if (inPlace !== undefined) return this.#addressOf(inPlace);
    const constant = this.#constants.get(block);
    if (constant !== undefined) return constant;
    const offset = this.#plan.offsets.get(block);
    if (offset !== undefined) return this.#engine.arena.address + offset;
    const cell = this.#cells.find(({ before }) => before === block) as HeldCell;
    return cell.resident.address;
  }

  #arrayOf(block: Symbolic): TypedArray {
    return arrayAt(this.#engine.heap.memory, block.dtype, this.#addressOf(block), block.length);
  }

  /** Steps as closures over arrays, made again when the memory has grown or the arena has moved. */
  #steps(): (() => void)[] {
    const { heap, arena } = this.#engine;
    const { buffer } = heap.memory;
    if (this.#ready?.buffer === buffer && this.#ready.arena === arena.address)
      return this.#ready.steps;
    const arrays = new Map<Symbolic, TypedArray>();
    const arrayOf = (block: Symbolic): TypedArray => {
      const array = arrays.get(block) ?? this.#arrayOf(block);
      arrays.set(block, array);
      return array;
    };
    const written = new Set<Symbolic>();
    const steps = this.instructions.map((instruction) => {
      const [out] = instruction.outputs;
      // The first of several partial writes begins on zeros, as on a fresh array.
      const clears = instruction.partial && !written.has(out) ? arrayOf(out) : null;
      written.add(out);
      return () => {
        clears?.fill(0);
        execute(kernels, instruction, arrayOf);
      };
    });
    const moves = this.#moves.map(
      ({ from, to }) =>
        () =>
          void arrayOf(to).set(arrayOf(from)),
    );
    this.#ready = { buffer, arena: arena.address, steps: [...steps, ...moves] };
    return this.#ready.steps;
  }

  /** Runs on the tensors of the arguments, in order; updates cells, and returns what the function returned. */
  run(inputs: readonly Tensor[]): unknown {
    const { cells } = this.#engine;
    for (const { resident } of this.#cells) cells.load(resident);
    const steps = this.#steps();
    for (const [i, block] of this.#trace.inputs.entries()) this.#write(block, inputs[i].storage);
    for (const { cell, gradBefore } of this.#cells) {
      if (gradBefore !== null && cell.grad !== null) this.#write(gradBefore, cell.grad.storage);
    }
    for (let i = 0; i < steps.length; i++) steps[i]();
    for (const held of this.#cells) this.#settle(held);
    return withTensors(this.#trace.result, (slot) => this.#read(slot));
  }

  #write(block: Symbolic, storage: Storage): void {
    const array = this.#arrayOf(block);
    if (typeof storage === 'number') array[0] = storage;
    else array.set(storage as TypedArray);
  }

  #settle({ cell, before, after, gradAfter, resident }: HeldCell): void {
    if (before !== after) this.#engine.cells.store(resident);
    if (gradAfter === null) cell.clearGrad();
    else cell.grad = this.#read({ block: gradAfter, shape: cell.shape, dtype: cell.dtype });
  }

  #read({ block, shape, dtype }: Slot): Tensor {
    const array = this.#arrayOf(block);
    return new Tensor(shape.length === 0 ? array[0] : array.slice(), shape, dtype, null, 0);
  }

  get arenaBytes(): number {
    return this.#plan.arenaBytes;
  }

  get cellBytes(): number {
    return this.#cells.reduce((sum, { cell }) => sum + cell.size * bytesPerElement(cell.dtype), 0);
  }

  /** Whether the cells have gradients where they had when this program was traced. */
  fits(): boolean {
    return this.#cells.every(
      ({ cell, gradBefore }) => (cell.grad === null) === (gradBefore === null),
    );
  }

  /** Gives cells and constants back. */
  evict(): void {
    for (const { resident } of this.#cells) this.#engine.cells.drop(resident);
    for (const [block, address] of this.#constants) this.#engine.heap.give(address, bytesOf(block));
  }
}

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
