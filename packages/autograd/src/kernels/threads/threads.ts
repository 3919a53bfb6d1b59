// The threads of this process: how many, and the work that they share.

import { ArgumentError } from '../../errors.js';
import { type PlacedJob, runAlone } from './job.js';
import { Pool } from './pool.js';
import { availableCores, canWait, isCount, MOST_THREADS, wishedThreads } from './settings.js';

const MOST_PAGES = 65536;

let pool: Pool | null = null;
let count: number | null = null;
let able: boolean | null = null;

const wished = (): ReturnType<typeof wishedThreads> => wishedThreads(globalThis.process?.env ?? {});

/** Whether work can be shared between threads at all. */
function possible(): boolean {
  able ??= wished() !== 'off' && canWait();
  return able;
}

/**
 * How many threads large loops and products are cut over, this one included. By default as many as there are cores;
 * RETROGRAD_THREADS names another number, or `off`. Where threads can't be had, it is 1.
 * @throws ArgumentError if RETROGRAD_THREADS is neither.
 */
export function threadCount(): number {
  count ??= possible() ? ((wished() as number | null) ?? availableCores()) : 1;
  return count;
}

/**
 * Sets how many threads large loops and products are cut over, this one included; 1 leaves everything to this one. The
 * results are the same bits with any number, but for products that the system's BLAS does: each thread asks it for a part,
 * and the rounding of a part may depend on its size.
 *
 * In a browser, threads are to be had in a worker of a page that is cross-origin isolated: page and worker script are served
 * with `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`. The other threads are
 * workers from a `blob:` address, so a content security policy must have `worker-src 'self' blob:` besides
 * `'wasm-unsafe-eval'`; where it forbids them, the worker computes alone. They come up after the first large step, when the
 * event loop has its turn: a loop of steps awaits something now and then, or stays alone.
 * @returns whether there can be threads: not with RETROGRAD_THREADS=off, not in a browser's page itself, nor in a worker
 *   without that isolation.
 * @throws ArgumentError unless `threads` is a whole number from 1 to 1024.
 */
export function setThreads(threads: number): boolean {
  if (!isCount(threads)) {
    throw new ArgumentError(
      `setThreads: takes a whole number from 1 to ${MOST_THREADS}, got ${threads}. Pass 1 for no threads beside this one.`,
    );
  }
  if (!possible()) return false;
  count = threads;
  return true;
}

/** Workers that are up beside this thread; there are none before the first large step. */
export function startedWorkers(): number {
  return pool?.started ?? 0;
}

/** A memory for modules to work on; one that threads share, if there can be threads. */
export function newMemory(initial: number): WebAssembly.Memory {
  if (possible()) {
    try {
      return new WebAssembly.Memory({ initial, maximum: MOST_PAGES, shared: true });
    } catch {
      // Where so much address space isn't to be had, one thread works on.
    }
  }
  return new WebAssembly.Memory({ initial, maximum: MOST_PAGES });
}

/** Does all calls of a job, on at most `most` threads; returns when they are done. */
export function inParallel(job: PlacedJob, most: number): void {
  const threads = Math.min(most, threadCount());
  if (threads < 2) {
    runAlone(job);
    return;
  }
  pool ??= new Pool();
  pool.run(job, threads);
}
