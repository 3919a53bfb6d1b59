// What the tape is doing right now: the one piece of ambient state, always restored in a finally.

import { AsyncScopeError } from '../errors.js';
import { Cut, type Origin } from '../tensor/origin.js';

interface TapeState {
  /**
   * An operation is recorded if the lowest level that its inputs depend on lies below the limit: +∞ records
   * everything, −∞ nothing (`noGrad`), and a replay at level L records what an outer level will replay again.
   */
  limit: number;
  /** How many transforms are running, one within the other; also the level of the innermost. */
  depth: number;
  /** The replay that is running, 0 if none. */
  replay: number;
  /** Where values were cut from the tape while a transform is running; null outside of all transforms. */
  cuts: Cut[] | null;
}

export const state: TapeState = {
  limit: Number.POSITIVE_INFINITY,
  depth: 0,
  replay: 0,
  cuts: null,
};

/** The mark for a value that `origin` no longer reaches. */
export function cutFrom(origin: Origin, by: string): Cut {
  const cut = new Cut(by);
  if (state.cuts !== null) {
    cut.source = origin;
    state.cuts.push(cut);
  }
  return cut;
}

/** Runs `fn` with another recording limit. */
export function withLimit<R>(limit: number, fn: () => R): R {
  const outer = state.limit;
  state.limit = limit;
  try {
    return fn();
  } finally {
    state.limit = outer;
  }
}

/** A scope ends when its function returns; a promise would run on after that, with the wrong state. */
export function refusePromise(op: string, result: unknown): void {
  if (
    typeof result === 'object' &&
    result !== null &&
    'then' in result &&
    typeof result.then === 'function'
  ) {
    throw new AsyncScopeError(
      `${op}: takes a function that finishes at once, got a promise. ` +
        'Await the data first, then call it with a function that is not async.',
    );
  }
}

/**
 * Runs `fn` without recording: what it computes is constant to the tape.
 * @throws AsyncScopeError if `fn` returns a promise.
 */
export function noGrad<R>(fn: () => R): R {
  return withLimit(Number.NEGATIVE_INFINITY, () => {
    const result = fn();
    refusePromise('noGrad', result);
    return result;
  });
}
