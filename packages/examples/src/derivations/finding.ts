// What is found out about one misprint: how it shows, in figures, and whether the right formula is the tape's.

import { EQUAL } from './network.js';

export interface Finding {
  /** M1 … M17. */
  readonly number: string;
  /** The formula or the sentence as it stands in print. */
  readonly printed: string;
  /** What should stand there. */
  readonly right: string;
  /** How the misprint shows, with its figure. */
  readonly shows: string;
  /** Whether it did show. */
  readonly caught: boolean;
  /** The largest relative difference of the right formula from the tape; null where a sentence is wrong. */
  readonly agreement: number | null;
}

/** Caught: the misprint shows as it must, and the right formula, put to the same test, is equal to the tape. */
export function isCaught({ caught, agreement }: Finding): boolean {
  return caught && (agreement === null || agreement <= EQUAL);
}

/** The message of what `attempt` throws; null where it does not throw. */
export function failureOf(attempt: () => unknown): string | null {
  try {
    attempt();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
