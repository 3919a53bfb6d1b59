// Where the tape was cut, remembered while a transform runs, which may have to explain a missing gradient.

import { Cut, type Origin } from '../tensor/origin.js';
import { Node } from './node.js';

/**
 * Origins hold no path through a cut: that is what lets the tape behind it go. This log holds it instead, for as long
 * as the outermost transform runs.
 */
export class CutLog {
  /** What each cut was made from. */
  readonly #sources = new Map<Cut, Origin>();
  /** The cuts among the inputs of what was computed. */
  readonly #met = new Map<Origin, readonly Cut[]>();

  add(cut: Cut, source: Origin): void {
    this.#sources.set(cut, source);
  }

  meet(origin: Origin, cuts: readonly Cut[]): void {
    this.#met.set(origin, cuts);
  }

  /** The name of the last cut between `target` and what was computed from it, `root`; null if there is none. */
  between(root: Origin | null, target: Origin): string | null {
    if (root === null || this.#sources.size === 0) return null;
    const seen = new Set<Origin>([target]);
    const pending: { origin: Origin; by: string | null }[] = [{ origin: root, by: null }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { origin, by } = next;
      if (origin === target && by !== null) return by;
      if (seen.has(origin)) continue;
      seen.add(origin);
      if (origin instanceof Cut) {
        const source = this.#sources.get(origin);
        if (source !== undefined) pending.push({ origin: source, by: origin.by });
      } else if (origin instanceof Node && origin.id > target.id) {
        for (const input of origin.inputs) if (input !== null) pending.push({ origin: input, by });
      }
      for (const cut of this.#met.get(origin) ?? []) pending.push({ origin: cut, by });
    }
    return null;
  }
}
