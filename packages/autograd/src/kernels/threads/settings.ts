// How many threads there may be: what the machine has, what the user says.

import { ArgumentError } from '../../errors.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What RETROGRAD_THREADS asks for: a number of threads, `off`, or null for as many as there are cores.
 * @throws ArgumentError if it is anything else.
 */
export function wishedThreads(environment: Environment): number | 'off' | null {
  const value = environment.RETROGRAD_THREADS?.trim() ?? '';
  if (value === '') return null;
  if (value === 'off') return 'off';
  const count = Number(value);
  if (!isCount(count)) {
    throw new ArgumentError(
      `RETROGRAD_THREADS: is a whole number from 1 to ${MOST_THREADS}, or off, got ${value}. ` +
        'Leave it away for as many threads as there are cores.',
    );
  }
  return count;
}

/** More threads than any machine has cores are a mistake. */
export const MOST_THREADS = 1024;

export function isCount(count: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= MOST_THREADS;
}

/** The cores that this process may use. */
export function availableCores(): number {
  const os = globalThis.process?.getBuiltinModule?.('node:os');
  return os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Whether this thread shares memory with others and may wait for them; a browser's main thread may not. */
export function canWait(): boolean {
  if (typeof SharedArrayBuffer !== 'function' || (typeof Worker === 'undefined' && !inNode()))
    return false;
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}

export function inNode(): boolean {
  return globalThis.process?.getBuiltinModule?.('node:worker_threads') !== undefined;
}
