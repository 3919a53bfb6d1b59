// Jobs cut into blocks, which the calling thread and its workers take in turn.

import {
  CONTROL_WORDS,
  MOST_PARAMETERS,
  PARAMETER_WORDS,
  SPIN_MILLISECONDS,
  WORD,
} from './control.js';
import { type CrewMember, hire } from './crew.js';
import type { Order } from './worker.js';

/**
 * A parameter of a call: base + i · down + j · across + thread · perThread for block (i, j), at most `most` if that is given.
 * Addresses count modulo 2³².
 */
export interface JobParameter<Base = number> {
  readonly base: Base;
  readonly down?: number;
  readonly across?: number;
  readonly perThread?: number;
  readonly most?: number;
}

/** A function that an instance of a module on some shared memory exports. */
export interface Shared {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly name: string;
  /** The same function on this thread. */
  readonly run: (...parameters: number[]) => void;
}

/** Calls of one function that may happen in any order, and at the same time. */
export interface Job<Base = number> {
  readonly target: Shared;
  readonly parameters: readonly JobParameter<Base>[];
  /** Rows of blocks, and blocks in a row. */
  readonly down: number;
  readonly across: number;
}

/** The value of a parameter for one block on one thread. */
function wordFor(
  { base, down = 0, across = 0, perThread = 0, most = 0 }: JobParameter,
  i: number,
  j: number,
  thread: number,
): number {
  const value =
    (base + Math.imul(i, down) + Math.imul(j, across) + Math.imul(thread, perThread)) | 0;
  return most > 0 ? Math.min(value, most) : value;
}

/** All blocks of a job on this thread, one after the other. */
export function runAlone({ target, parameters, down, across }: Job): void {
  for (let i = 0; i < down; i++) {
    for (let j = 0; j < across; j++) {
      target.run(...parameters.map((parameter) => wordFor(parameter, i, j, 0)));
    }
  }
}

/**
 * Workers that sleep until there is a job. They are started with the first one, and take part as soon as they are up; whoever
 * is there does the work, so a job never waits for a worker that isn't. None of them keeps the process alive.
 */
export class Pool {
  readonly #words = new Int32Array(
    new SharedArrayBuffer(CONTROL_WORDS * Int32Array.BYTES_PER_ELEMENT),
  );
  readonly #crew: CrewMember[] = [];
  readonly #ids = new WeakMap<Shared, number>();
  readonly #orders: Order[] = [];
  #failed = false;

  /** Workers that have been asked for. */
  get size(): number {
    return this.#crew.length;
  }

  /** Workers that are up. */
  get started(): number {
    return Atomics.load(this.#words, WORD.started);
  }

  /** Has so many workers, unless starting one failed before. */
  #staff(count: number): void {
    try {
      while (!this.#failed && this.#crew.length < count) {
        const start = { control: this.#words.buffer, index: this.#crew.length + 1 };
        const member = hire(start, () => this.close());
        this.#crew.push(member);
        for (const order of this.#orders) member.post(order);
      }
    } catch {
      this.close();
    }
  }

  #idOf(target: Shared): number {
    let id = this.#ids.get(target);
    if (id === undefined) {
      const { module, memory, name } = target;
      id = this.#orders.length;
      this.#ids.set(target, id);
      this.#order({ id, module, memory, name });
    }
    return id;
  }

  #order(order: Order): void {
    this.#orders.push(order);
    for (const member of this.#crew) member.post(order);
    Atomics.add(this.#words, WORD.posted, 1);
    this.#wake();
  }

  #wake(): void {
    Atomics.add(this.#words, WORD.generation, 1);
    if (Atomics.load(this.#words, WORD.asleep) > 0) Atomics.notify(this.#words, WORD.generation);
  }

  /**
   * Does all blocks of the job, on at most `threads` threads including this one, and returns when they are done.
   * @throws whatever a block throws, when the blocks that others were at are done.
   */
  run(job: Job, threads: number): void {
    this.#staff(threads - 1);
    const blocks = job.down * job.across;
    if (this.#failed || threads < 2 || blocks < 2) {
      runAlone(job);
      return;
    }
    const id = this.#idOf(job.target);
    const words = this.#words;
    this.#waitForWorkers();
    words[WORD.job] = id;
    words[WORD.limit] = threads;
    words[WORD.blocks] = blocks;
    words[WORD.across] = job.across;
    this.#write(job.parameters);
    Atomics.store(words, WORD.next, 0);
    Atomics.store(words, WORD.open, 1);
    this.#wake();
    try {
      this.#takeBlocks(job);
    } finally {
      Atomics.store(words, WORD.open, 0);
      this.#waitForWorkers();
    }
    if (Atomics.exchange(words, WORD.failed, 0) === 1) {
      this.close();
      throw new Error('a block failed in another thread');
    }
  }

  #write(parameters: readonly JobParameter[]): void {
    const words = this.#words;
    if (parameters.length > MOST_PARAMETERS) throw new RangeError('too many parameters');
    words[WORD.parameters] = parameters.length;
    let at: number = WORD.first;
    for (const { base, down = 0, across = 0, perThread = 0, most = 0 } of parameters) {
      words[at] = base;
      words[at + 1] = down;
      words[at + 2] = across;
      words[at + 3] = perThread;
      words[at + 4] = most;
      at += PARAMETER_WORDS;
    }
  }

  #takeBlocks({ target, parameters, down, across }: Job): void {
    const blocks = down * across;
    const values = new Array<number>(parameters.length).fill(0);
    for (;;) {
      const block = Atomics.add(this.#words, WORD.next, 1);
      if (block >= blocks) return;
      const i = Math.floor(block / across);
      for (let p = 0; p < values.length; p++) {
        values[p] = wordFor(parameters[p], i, block % across, 0);
      }
      target.run(...values);
    }
  }

  /** Until no worker is at a block, nor on its way to one. */
  #waitForWorkers(): void {
    const words = this.#words;
    let active = Atomics.load(words, WORD.active);
    const until = active === 0 ? 0 : performance.now() + SPIN_MILLISECONDS;
    while (active > 0) {
      if (performance.now() > until) Atomics.wait(words, WORD.active, active, 1);
      active = Atomics.load(words, WORD.active);
    }
  }

  /** Ends the workers for good: from now on this thread does everything. */
  close(): void {
    this.#failed = true;
    for (const member of this.#crew.splice(0)) member.end();
  }
}
