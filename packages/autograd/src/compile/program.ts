// A compiled function for arguments of one kind: instructions, their memory, and what goes in and out.

import { callSite, IndexError } from '../errors.js';
import { kernels } from '../kernels/active.js';
import { type Blas, systemBlas } from '../kernels/blas/index.js';
import { inParallel, rebase } from '../kernels/threads/index.js';
import { isShared } from '../kernels/wasm/threading.js';
import type { Symbolic } from '../tensor/symbolic.js';
import { Tensor } from '../tensor/tensor.js';
import { cellChanges, type Variable } from '../tensor/variable.js';
import { isPlainObject } from '../transforms/tree.js';
import { leftToBlas, pairProducts, readOutside, varyingOf, wantsBlas } from './emit/blas/index.js';
import { type Lowered, lower, type Move, type Threaded } from './emit/lower.js';
import { type Linked, tableOf } from './emit/module.js';
import { type Host, runWith } from './emit/running.js';
import { aside, type Engine, reserveArena } from './engine.js';
import { Explanation, explainInstruction } from './explain.js';
import { type Blocks, execute, type Instruction, type Operands } from './instruction.js';
import { type HeldCell, Layout, threadsOn, type Work } from './layout.js';
import { changes, copiesOfOld, separated } from './old-values.js';
import { optimize } from './optimize.js';
import { bytesOf, planMemory, type Update } from './plan.js';
import { isObserved, show } from './tap.js';
import { Slot, type Trace } from './trace.js';
import { read, write } from './views.js';

/** What runs: a module, and where its table of parameters lies. */
interface Ready extends Linked {
  readonly table: number;
  readonly engines: Lowered['engines'];
}

const NOTHING: readonly Tensor[] = [];
const NO_PAIRS: ReadonlySet<Instruction> = new Set();
const NO_BLOCKS: ReadonlySet<Symbolic> = new Set();

export class Program implements Host {
  readonly #engine: Engine;
  readonly #trace: Trace;
  readonly #layout: Layout;
  /** The blocks of the tensors of the arguments that are copied in. */
  readonly #arguments: Blocks;
  /** For each argument, which of these it is; −1 for those that the library reads where they lie. */
  readonly #places: readonly number[];
  /** The arguments of this run: as long as somebody has them, they lie where they are. */
  #held = NOTHING;
  /** The cells that it assigns, and those whose gradient it reads or leaves. */
  readonly #assigned: readonly HeldCell[];
  readonly #gradients: readonly HeldCell[];
  readonly #moves: readonly Move[];
  /** Where old values of cells that are assigned lie, if they are wanted after the run. */
  readonly #copies: ReadonlyMap<Symbolic, Symbolic>;
  readonly instructions: readonly Instruction[];
  /** Products that are done at the same time as the next instruction. */
  readonly #pairs: ReadonlySet<Instruction>;
  /** Where large products are left to the system's library: that. */
  readonly #blas: Blas | null;
  /** @internal */
  hosted: readonly (() => void)[] = [];
  #ready: Ready | null = null;
  /** The last change of any cell when it looked at its own. */
  #seen = -1;

  /** @throws MemoryError if there is no room for it. */
  constructor(engine: Engine, trace: Trace) {
    this.#engine = engine;
    this.#trace = trace;
    const { recorder, inputs, outputs } = trace;
    const cells = separated(trace);
    this.#copies = copiesOfOld(trace);
    const assigned = cells.filter(changes);
    const results = new Set([
      ...outputs.map(({ block }) => this.#copies.get(block) ?? block),
      ...cells.flatMap(({ gradAfter: g }) => (g === null ? [] : [this.#copies.get(g) ?? g])),
    ]);
    const kept = new Set([...results, ...assigned.map(({ after }) => after)]);
    const blas = recorder.instructions.some(wantsBlas) ? systemBlas().blas : null;
    const accumulates = blas === null ? () => false : leftToBlas;
    const { instructions, constants: known } = recorder;
    const optimized = optimize(instructions, known, kept, accumulates, (dtype, length) =>
      recorder.block(dtype, length),
    );
    const canPair = blas?.shareable === true && threadsOn(engine.heap.memory) % 2 === 0;
    const paired = canPair ? pairProducts(optimized) : { instructions: optimized, pairs: NO_PAIRS };
    this.instructions = paired.instructions;
    this.#pairs = paired.pairs;
    this.#blas = blas;
    const outside = blas === null ? NO_BLOCKS : readOutside(this.instructions, inputs, kept);
    const within = inputs.filter((block) => !outside.has(block));
    this.#arguments = { inputs: within, outputs: [] };
    this.#places = inputs.map((block) => within.indexOf(block));

    const constants = readConstants(recorder.constants, this.instructions, kept);
    const fixed = new Set([...cells.map(({ before }) => before), ...constants.keys()]);
    const gradients = cells.flatMap(({ gradBefore }) => (gradBefore === null ? [] : [gradBefore]));
    const updates: Update[] = assigned.filter(
      ({ after }) => !results.has(after) && !fixed.has(after) && !inputs.includes(after),
    );
    const plan = planMemory(
      this.instructions,
      fixed,
      [...within, ...gradients],
      new Set([...kept].filter((block) => !fixed.has(block))),
      updates,
      this.#pairs,
    );
    this.#moves = assigned
      .filter(({ before, after }) => plan.inPlace.get(after) !== before)
      .map(({ before, after }) => ({ from: after, to: before }));
    this.#layout = new Layout(engine, this.instructions, plan, cells, constants);
    this.#assigned = this.#layout.cells.filter(changes);
    this.#gradients = this.#layout.cells.filter(
      ({ gradBefore, gradAfter }) => gradBefore !== null || gradAfter !== null,
    );
  }

  /** Makes the module, when it is first needed. */
  #link(): Ready {
    const { gemm, heap, linker, shared } = this.#engine;
    const layout = this.#layout;
    const { steps, engines, threaded } = lower(this.instructions, this.#pairs, this.#moves, {
      placeOf: (block) => layout.placeOf(block),
      outside: (block) => {
        const argument = this.#trace.inputs.indexOf(block);
        return this.#places[argument] < 0 ? argument : -1;
      },
      numberAt: (value, dtype) => layout.numberAt(value, dtype),
      gemm,
      blas: this.#blas,
      scratch: layout.scratch,
      threads: layout.threads,
      shared,
    });
    this.hosted = this.instructions.map((own, k) => this.#hostedBy(own, threaded.get(k)));
    const linked = linker.link(steps);
    const words = tableOf(steps);
    const table = layout.take(words.byteLength, 'the addresses and sizes of a program');
    new Int32Array(heap.memory.buffer, table, words.length).set(words);
    this.#ready = { ...linked, table, engines };
    return this.#ready;
  }

  /** What JavaScript does when the module comes to an instruction: a draw's place, jobs for threads or a library, or all of it. */
  #hostedBy(instruction: Instruction, threaded: Threaded | undefined): () => void {
    const layout = this.#layout;
    const { call, outputs } = instruction;
    const work = threaded === undefined ? null : this.#workOf(threaded);
    const share = (): void => {
      if (work !== null) this.#share(work);
    };
    if (call.kind === 'draw' && call.stream !== null) {
      const { reserve } = call.stream;
      return () => {
        reserve(layout.arrayOf(outputs[1]) as Float64Array);
        share();
      };
    }
    if (work !== null) return share;
    if (call.kind === 'host') return () => this.#leaveToUser(instruction);
    return () => execute(kernels, instruction, layout.operandsOf(instruction));
  }

  /**
   * A kernel of the user's may run other programs, and this one. Where threads don't share the memory, it has arrays of its
   * own: growing would take those over the memory from it.
   */
  #leaveToUser(instruction: Instruction): void {
    const { memory } = this.#engine.heap;
    const operands = this.#layout.operandsOf(instruction);
    const mine = this.#held;
    const given = isShared(memory) ? operands : owned(operands);
    aside(this.#engine, () => execute(kernels, instruction, given));
    this.#held = mine;
    if (given !== operands) {
      this.#layout.operandsOf(instruction).outputs.forEach((out, k) => {
        write(out, given.outputs[k]);
      });
    }
  }

  /** The work of instructions, with what varies in it: where arguments lie, rates of descents. */
  #workOf({ jobs, of }: Threaded): Work {
    const varying = varyingOf(
      jobs,
      of,
      (argument) => this.#blas?.addressOf(this.#held[argument].storage as Float32Array) ?? 0,
      (block) => this.#layout.arrayOf(block)[0],
    );
    return { jobs, varying };
  }

  #share(work: Work): void {
    const layout = this.#layout;
    const { jobs, handles } = layout.jobsOf(work, this.#blas);
    for (let k = 0; k < handles.length; k++) rebase(handles[k]);
    for (let k = 0; k < jobs.length; k++) inParallel(jobs[k], layout.threads);
  }

  /** @internal */
  refuse(k: number, index: number): never {
    return refuseIndex(this.instructions, this.instructions[k], index);
  }

  /** Runs on the tensors of the arguments, in order; updates cells, and returns what the function returned. */
  run(inputs: readonly Tensor[]): unknown {
    const { run, table } = this.#ready ?? this.#link();
    if (this.#seen !== cellChanges.count) this.#loadCells();
    const { arenaBytes } = this.#layout;
    if (arenaBytes > this.#engine.arena.bytes) reserveArena(this.#engine, arenaBytes);
    const { inputs: arrays } = this.#layout.operandsOf(this.#arguments);
    for (let i = 0; i < inputs.length; i++) {
      const place = this.#places[i];
      if (place >= 0) write(arrays[place], inputs[i].storage);
    }
    this.#held = inputs;
    const gradients = this.#gradients.length > 0;
    if (gradients) this.#takeGradients();
    runWith(this, run, this.#engine.arena.address, table);
    if (gradients) this.#leaveGradients();
    if (this.#trace.taps.length > 0 && isObserved()) this.#showTaps();
    const { result } = this.#trace;
    return result instanceof Slot ? this.#read(result) : this.#valueOf(result);
  }

  /** Copies cells in that have been assigned since they were. */
  #loadCells(): void {
    for (const { resident } of this.#layout.cells) {
      if (resident.version !== resident.cell.version) this.#engine.cells.load(resident);
    }
    this.#seen = cellChanges.count;
  }

  /** @internal At an index that there is not, or in a kernel of the user's, what was assigned before is assigned, as it is eagerly. */
  ended(): void {
    this.#held = NOTHING;
    for (let i = 0; i < this.#assigned.length; i++) {
      const { cell, resident } = this.#assigned[i];
      cell.defer(resident.fetch);
    }
  }

  #takeGradients(): void {
    for (const { cell, gradBefore } of this.#gradients) {
      if (gradBefore !== null && cell.grad !== null) {
        write(this.#layout.arrayOf(gradBefore), cell.grad.storage);
      }
    }
  }

  #leaveGradients(): void {
    for (const { cell, gradAfter } of this.#gradients) {
      cell.grad =
        gradAfter === null ? null : this.#read(new Slot(gradAfter, cell.shape, cell.dtype));
    }
  }

  #read({ block, shape, dtype }: Slot): Tensor {
    const array = this.#layout.arrayOf(this.#copies.get(block) ?? block);
    return new Tensor(read(array, dtype, shape.length), shape, dtype, null, 0);
  }

  #showTaps(): void {
    for (const { name, slot } of this.#trace.taps) show(name, this.#read(slot));
  }

  /** The structure that the function returned, with tensors in the place of slots. */
  #valueOf(structure: unknown): unknown {
    if (structure instanceof Slot) return this.#read(structure);
    if (Array.isArray(structure)) return structure.map((item) => this.#valueOf(item));
    if (!isPlainObject(structure)) return structure;
    const entries = Object.entries(structure);
    return Object.fromEntries(entries.map(([key, item]) => [key, this.#valueOf(item)]));
  }

  /** The cells that it reads or assigns. */
  get cells(): readonly Variable[] {
    return this.#layout.cells.map(({ cell }) => cell);
  }

  /** Keeps the state of cells and generators. @returns what puts it back. */
  remember(): () => void {
    const cells = this.cells.map((cell) => ({ cell, value: cell.read(), grad: cell.grad }));
    const generators = this.#trace.generators.map((own) => [own, own.snapshot()] as const);
    return () => {
      for (const { cell, value, grad } of cells) cell.assign(value).grad = grad;
      for (const [generator, state] of generators) generator.restore(state);
    };
  }

  explain(): Explanation {
    const { engines, functions, bytes } = this.#ready ?? this.#link();
    return new Explanation({
      kernels: this.instructions.map((own, k) => explainInstruction(own, engines[k])),
      traced: this.#trace.recorder.instructions.length,
      arenaBytes: this.#layout.arenaBytes,
      cellBytes: this.#layout.cells.reduce((sum, { before }) => sum + bytesOf(before), 0),
      functions,
      moduleBytes: bytes,
    });
  }

  /** Whether the cells are as they were when this program was traced: their dtypes, and which have gradients. */
  fits(): boolean {
    return this.#seen === cellChanges.count || this.#layout.cells.every(isAsTraced);
  }

  /** Gives back what it keeps in memory. */
  evict(): void {
    this.#layout.release();
  }
}

const owned = ({ inputs, outputs }: Operands): Operands => ({
  inputs: inputs.map((array) => array.slice()),
  outputs: outputs.map((array) => array.slice()),
});

const isAsTraced = ({ cell, before, gradBefore, requiresGrad }: HeldCell): boolean =>
  cell.isLike(before.dtype, requiresGrad, gradBefore !== null);

/** The constants that are still read, or returned, when everything is optimised. */
function readConstants(
  constants: Trace['recorder']['constants'],
  instructions: readonly Instruction[],
  kept: ReadonlySet<Symbolic>,
): Trace['recorder']['constants'] {
  const read = new Set([...kept, ...instructions.flatMap(({ inputs }) => inputs)]);
  return new Map([...constants].filter(([block]) => read.has(block)));
}

/** Where negative indices count from the end, a formula has made them positions from the start. */
function refuseIndex(
  instructions: readonly Instruction[],
  { call, inputs, site }: Instruction,
  index: number,
): never {
  if (call.kind !== 'axis') throw new Error('unreachable: only indexing refuses indices');
  const added = instructions.some(
    ({ call: own, outputs: [out] }) =>
      out === inputs[1] && own.kind === 'elementwise' && own.f.op === 'select',
  )
    ? call.count
    : 0;
  throw new IndexError(
    `${call.kernel}: indices lie in ${-added} … ${call.count - 1}, got one outside${site === null ? '' : callSite(site)}, ` +
      `${index < 0 ? index - added : index}. Check them against the size of the axis.`,
  );
}
