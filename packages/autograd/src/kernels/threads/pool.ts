// Jobs cut into blocks, which the calling thread and its workers take in turn.

import { BLOCK_BITS, CONTROL_BYTES, HEAD, JOB_AT, LOOKS, NO_BLOCK, WORD } from './control.js';
import { type CrewMember, hire } from './crew.js';
import { halves, type PlacedJob, runAlone, runBlock } from './job.js';
import type { Order } from './worker.js';

/** Whether workers do so many blocks while this thread looks. */
function areSoonDone(words: Int32Array, blocks: number): boolean {
  for (let k = 0; k < LOOKS; k++) if (Atomics.load(words, WORD.done) >= blocks) return true;
  return false;
}

/** Milliseconds after which a thread that waits for others looks again, if nobody woke it. */
const LONGEST_SLEEP = 1;

/**
 * Workers that sleep until there is a job. They are started with the first one, and take part as soon as they are up; whoever
 * is there does the work, so a job never waits for a worker that isn't. None of them keeps the process alive.
 */
export class Pool {
  readonly #control = new SharedArrayBuffer(CONTROL_BYTES);
  readonly #words = new Int32Array(this.#control, 0, JOB_AT / 4);
  readonly #job = new Float64Array(this.#control, JOB_AT);
  readonly #crew: CrewMember[] = [];
  readonly #orders: Order[] = [];
  /** The numbers of the functions that workers have been told of. */
  readonly #known = new Set<number>();
  readonly #hire: typeof hire;
  #failed = false;
  /** Jobs so far. */
  #jobs = 0;

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

  /** Tells the workers of the job's function. */
  #announce({ target: { portable, name }, numbers }: PlacedJob): void {
    const order = { id: numbers[HEAD.target], portable, name };
    this.#known.add(order.id);
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
    const blocks = job.numbers[HEAD.blocks];
    if (blocks > 1 && this.#crew.length < threads - 1) this.#staff(threads - 1);
    if (blocks < 2 || threads < 2 || this.#failed) runAlone(job);
    else if (blocks < NO_BLOCK) this.#share(job, blocks, threads);
    else for (const half of halves(job)) this.run(half, threads);
  }

  #share(job: PlacedJob, blocks: number, threads: number): void {
    const words = this.#words;
    const first = this.#post(job, threads);
    let own = 0;
    try {
      for (;;) {
        const ticket = Atomics.load(words, WORD.ticket);
        const block = ticket & NO_BLOCK;
        if (block >= blocks) break;
        if (Atomics.compareExchange(words, WORD.ticket, ticket, ticket + 1) !== ticket) continue;
        own++;
        runBlock(job, block);
      }
    } finally {
      const last = Atomics.exchange(words, WORD.ticket, first | NO_BLOCK);
      this.#waitForOthers((last & NO_BLOCK) - own);
    }
  }

  /** Lays the job where workers see it. @returns its first ticket. */
  #post(job: PlacedJob, threads: number): number {
    const { numbers } = job;
    const words = this.#words;
    if (!this.#known.has(numbers[HEAD.target])) this.#announce(job);
    numbers[HEAD.threads] = threads;
    this.#job.set(numbers);
    Atomics.store(words, WORD.done, 0);
    this.#jobs++;
    const first = this.#jobs << BLOCK_BITS;
    Atomics.store(words, WORD.ticket, first);
    this.#wake();
    return first;
  }

  /** Until workers have done so many blocks. */
  #waitForOthers(blocks: number): void {
    const words = this.#words;
    while (!areSoonDone(words, blocks)) this.#sleep(blocks);
    if (Atomics.load(words, WORD.failed) !== 0) {
      this.close();
      throw new Error('unreachable: a block that runs on this thread failed on another one');
    }
  }

  /** Until a worker says that it has done a block, unless all are done. */
  #sleep(blocks: number): void {
    const words = this.#words;
    Atomics.store(words, WORD.waiting, 1);
    const done = Atomics.load(words, WORD.done);
    if (done < blocks) Atomics.wait(words, WORD.done, done, LONGEST_SLEEP);
    Atomics.store(words, WORD.waiting, 0);
  }

  /** Ends the workers for good: from now on this thread does everything. */
  close(): void {
    this.#failed = true;
    for (const member of this.#crew.splice(0)) member.end();
  }
}
