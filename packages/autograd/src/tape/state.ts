// What the tape is doing right now: the one piece of ambient state, always restored in a finally.

import { AsyncScopeError } from '../errors.js';
import { Cut, type Origin } from '../tensor/origin.js';
import type { Tensor } from '../tensor/tensor.js';
import type { CutLog } from './cuts.js';

interface TapeState {
  /**
   * An operation is recorded if the lowest level that its inputs depend on lies below the limit: +∞ records
   * everything, a negative limit nothing, and a replay at level L what an outer level will replay again.
   */
  limit: number;
  /** The replay that is running, 0 if none. */
  replay: number;
  /** Where values were cut from the tape while a transform is running; null outside of all transforms. */
  cuts: CutLog | null;
  /** Null when nobody watches. */
  observer: Observer | null;
}

/** Is shown every operation that is recorded, with its inputs. */
type Observer = (recorded: Origin, inputs: readonly Tensor[]) => void;

export const state: TapeState = {
  limit: Infinity,
  replay: 0,
  cuts: null,
  observer: null,
};

/** Nothing is recorded, and what would have been is marked as cut: the user's `noGrad`. */
export const NO_GRAD = -1;

/** Nothing is recorded and nothing marked: inside an operation, whose own node will stand for it. */
export const INSIDE_OP = -Infinity;

/**
 * The log of cuts, where one is kept. Rules that a replay runs cut what has the derivative 0 (the mask of a maximum): that
 * is no mistake to be explained.
 */
export function cutLog(): CutLog | null {
  return state.replay === 0 ? state.cuts : null;
}

/** The mark for a value that no longer reaches `origin`; what a replay computes is a plain constant. */
export function cutFrom(origin: Origin, by: string): Cut | null {
  if (state.replay !== 0) return null;
  const cut = new Cut(by);
  cutLog()?.add(cut, origin);
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

/** Runs `fn` while `observer` watches. */
export function observing(observer: Observer, fn: () => void): void {
  const outer = state.observer;
  state.observer = observer;
  try {
    fn();
  } finally {
    state.observer = outer;
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
  return withLimit(Math.min(NO_GRAD, state.limit), () => {
    const result = fn();
    refusePromise('noGrad', result);
    return result;
  });
}
