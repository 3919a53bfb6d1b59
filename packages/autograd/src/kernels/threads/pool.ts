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
import { halves, type PlacedJob, runAlone, runBlock, type Shared } from './job.js';
import type { Order } from './worker.js';

/** Milliseconds after which a thread that waits for others looks again, if nobody woke it. */
const LONGEST_SLEEP = 1;

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
  run(job: PlacedJob, threads: number): void {
    const blocks = job.down * job.across;
    if (blocks > 1 && this.#crew.length < threads - 1) this.#staff(threads - 1);
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
    const count = job.numbers.length / PARAMETER_NUMBERS;
    if (count > MOST_PARAMETERS) throw new Error('unreachable: too many parameters');
    words[WORD.parameters] = count;
    this.#parameters.set(job.numbers);
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

  #takeBlocks(job: PlacedJob): void {
    const words = this.#words;
    const blocks = job.down * job.across;
    for (;;) {
      const ticket = Atomics.load(words, WORD.ticket);
      const block = ticket & NO_BLOCK;
      if (block >= blocks) return;
      if (Atomics.compareExchange(words, WORD.ticket, ticket, ticket + 1) !== ticket) continue;
      this.#own++;
      runBlock(job, Math.floor(block / job.across), block % job.across);
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
