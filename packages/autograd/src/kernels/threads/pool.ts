// Jobs cut into blocks, which the calling thread and its workers take in turn.

import {
  BLOCK_BITS,
  CONTROL_BYTES,
  MOST_PARAMETERS,
  NO_BLOCK,
  PARAMETER_NUMBERS,
  PARAMETERS_AT,
  SPIN_MILLISECONDS,
  WORD,
} from './control.js';
import { type CrewMember, hire } from './crew.js';
import type { Native, Portable } from './portable.js';
import type { Order } from './worker.js';

/**
 * A parameter of a call: base + i · down + j · across + thread · perThread for block (i, j), at most `most` if that is given.
 * WebAssembly takes addresses modulo 2³².
 */
export interface JobParameter<Base = number> {
  readonly base: Base;
  readonly down?: number;
  readonly across?: number;
  readonly perThread?: number;
  readonly most?: number;
}

/** A function that other threads can call too. */
export interface Shared {
  readonly portable: Portable | Native;
  /** What the module or the library exports it as. */
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
function valueFor(
  { base, down = 0, across = 0, perThread = 0, most = 0 }: JobParameter,
  i: number,
  j: number,
  thread: number,
): number {
  const value = base + i * down + j * across + thread * perThread;
  return most > 0 ? Math.min(value, most) : value;
}

/** All blocks of a job on this thread, one after the other. */
export function runAlone({ target, parameters, down, across }: Job): void {
  for (let i = 0; i < down; i++) {
    for (let j = 0; j < across; j++) {
      target.run(...parameters.map((parameter) => valueFor(parameter, i, j, 0)));
    }
  }
}

/** Milliseconds after which a thread that waits for others looks again, if nobody woke it. */
const LONGEST_SLEEP = 1;

/** A job of many blocks as two of about half as many. */
function halves(job: Job): Job[] {
  const along = job.down > 1 ? 'down' : 'across';
  const first = Math.ceil(job[along] / 2);
  const parameters = job.parameters.map((parameter) => ({
    ...parameter,
    base: parameter.base + first * (parameter[along] ?? 0),
  }));
  return [
    { ...job, [along]: first },
    { ...job, [along]: job[along] - first, parameters },
  ];
}

/**
 * Workers that sleep until there is a job. They are started with the first one, and take part as soon as they are up; whoever
 * is there does the work, so a job never waits for a worker that isn't. None of them keeps the process alive.
 */
export class Pool {
  readonly #control = new SharedArrayBuffer(CONTROL_BYTES);
  readonly #words = new Int32Array(this.#control, 0, PARAMETERS_AT / 4);
  readonly #parameters = new Float64Array(this.#control, PARAMETERS_AT);
  readonly #crew: CrewMember[] = [];
  readonly #ids = new WeakMap<Shared, number>();
  readonly #orders: Order[] = [];
  readonly #hire: typeof hire;
  #failed = false;
  /** Jobs so far, and the blocks of the last one that this thread took. */
  #jobs = 0;
  #own = 0;

  /** `hiring` starts a worker. */
  constructor(hiring: typeof hire = hire) {
    this.#hire = hiring;
  }

  /** Workers that have been asked for. */
  get size(): number {
    return this.#crew.length;
  }

  /** Workers that are up. */
  get started(): number {
    return this.#failed ? 0 : Atomics.load(this.#words, WORD.started);
  }

  /** Has so many workers, unless starting one failed before. */
  #staff(count: number): void {
    try {
      while (!this.#failed && this.#crew.length < count) {
        const start = { control: this.#control, index: this.#crew.length + 1 };
        const member = this.#hire(start, () => this.close());
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
      const { portable, name } = target;
      id = this.#orders.length;
      this.#ids.set(target, id);
      this.#order({ id, portable, name });
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
    const blocks = job.down * job.across;
    if (blocks > 1) this.#staff(threads - 1);
    if (this.#failed || threads < 2 || blocks < 2) {
      runAlone(job);
      return;
    }
    if (blocks >= NO_BLOCK) {
      for (const half of halves(job)) this.run(half, threads);
      return;
    }
    const id = this.#idOf(job.target);
    const words = this.#words;
    words[WORD.job] = id;
    words[WORD.limit] = threads;
    words[WORD.blocks] = blocks;
    words[WORD.across] = job.across;
    this.#write(job.parameters);
    Atomics.store(words, WORD.done, 0);
    this.#jobs++;
    const first = this.#jobs << BLOCK_BITS;
    Atomics.store(words, WORD.ticket, first);
    this.#wake();
    this.#own = 0;
    try {
      this.#takeBlocks(job);
    } finally {
      const last = Atomics.exchange(words, WORD.ticket, first | NO_BLOCK);
      this.#waitForOthers((last & NO_BLOCK) - this.#own);
    }
    if (Atomics.exchange(words, WORD.failed, 0) === 1) {
      this.close();
      throw new Error('unreachable: a block that runs on this thread failed on another one');
    }
  }

  #write(parameters: readonly JobParameter[]): void {
    if (parameters.length > MOST_PARAMETERS) throw new Error('unreachable: too many parameters');
    this.#words[WORD.parameters] = parameters.length;
    const numbers = this.#parameters;
    let at = 0;
    for (const { base, down = 0, across = 0, perThread = 0, most = 0 } of parameters) {
      numbers[at] = base;
      numbers[at + 1] = down;
      numbers[at + 2] = across;
      numbers[at + 3] = perThread;
      numbers[at + 4] = most;
      at += PARAMETER_NUMBERS;
    }
  }

  #takeBlocks({ target, parameters, down, across }: Job): void {
    const words = this.#words;
    const blocks = down * across;
    const values = new Array<number>(parameters.length).fill(0);
    for (;;) {
      const ticket = Atomics.load(words, WORD.ticket);
      const block = ticket & NO_BLOCK;
      if (block >= blocks) return;
      if (Atomics.compareExchange(words, WORD.ticket, ticket, ticket + 1) !== ticket) continue;
      this.#own++;
      const i = Math.floor(block / across);
      for (let p = 0; p < values.length; p++) {
        values[p] = valueFor(parameters[p], i, block % across, 0);
      }
      target.run(...values);
    }
  }

  /** Until workers have done so many blocks. */
  #waitForOthers(blocks: number): void {
    const words = this.#words;
    const until = performance.now() + SPIN_MILLISECONDS;
    for (;;) {
      const done = Atomics.load(words, WORD.done);
      if (done >= blocks) return;
      if (performance.now() < until) continue;
      Atomics.store(words, WORD.waiting, 1);
      Atomics.wait(words, WORD.done, done, LONGEST_SLEEP);
      Atomics.store(words, WORD.waiting, 0);
    }
  }

  /** Ends the workers for good: from now on this thread does everything. */
  close(): void {
    this.#failed = true;
    for (const member of this.#crew.splice(0)) member.end();
  }
}
