// The order of a replay: which points of the tape take part, sorted by time.

import { CUT_LEVEL, type Origin } from '../tensor/origin.js';
import { Node, releasedError } from './node.js';
import { state } from './state.js';

let lastReplay = 0;

/** A selection of the tape, ordered by time. */
export interface Visit {
  /** The points that take part: those that the roots reach and that reach a target. */
  readonly order: readonly Origin[];
  /** Where a replay ends; null if at the leaves. */
  readonly targets: ReadonlySet<Origin> | null;
}

/** What a replay within a replay has displaced, to be put back when it ends. */
interface Displaced {
  readonly origin: Origin;
  readonly visit: number;
  readonly position: number;
}

/**
 * Walks from `roots` back to `targets` (null: to all leaves), without recursion: chains of a million operations
 * are as good as short ones. The walk goes neither beyond a target nor beyond the age of the oldest one, since what
 * is computed from a target is younger. Points that reach no target are left out, and those above the level `highest`.
 * The visit is valid while `run` runs, whose result is returned.
 */
export function visitTape<R>(
  roots: readonly Origin[],
  ends: readonly Origin[] | null,
  run: (visit: Visit) => R,
  highest = CUT_LEVEL,
): R {
  const replay = ++lastReplay;
  const outerReplay = state.replay;
  const displaced: Displaced[] = [];
  const found: Origin[] = [];
  const targets = ends === null ? null : new Set(ends);
  let oldest = targets === null ? 0 : Infinity;
  for (const target of targets ?? []) oldest = Math.min(oldest, target.id);

  const enter = (origin: Origin): void => {
    if (origin.visit === replay || origin.id < oldest || origin.level > highest) return;
    if (origin.visit !== 0) {
      displaced.push({ origin, visit: origin.visit, position: origin.position });
    }
    origin.visit = replay;
    origin.position = -1;
    found.push(origin);
  };

  try {
    for (const root of roots) enter(root);
    for (let next = 0; next < found.length; next++) {
      const origin = found[next];
      if (!(origin instanceof Node) || targets?.has(origin)) continue;
      if (origin.released !== null) throw releasedError(origin.op.name);
      const { inputs } = origin;
      for (let i = 0; i < inputs.length; i++) {
        const input = inputs[i];
        if (input !== null) enter(input);
      }
    }
    sortByTime(found);
    const order = targets === null ? found : reaching(found, targets, replay);
    for (let i = 0; i < order.length; i++) order[i].position = i;
    state.replay = replay;
    return run({ order, targets });
  } finally {
    state.replay = outerReplay;
    for (const origin of found) {
      origin.visit = 0;
      origin.position = -1;
    }
    for (const { origin, visit, position } of displaced) {
      origin.visit = visit;
      origin.position = position;
    }
  }
}

/** Up to as many points are put in order one by one, which spares calling back for every comparison. */
const FEW = 64;

/** Puts the oldest first. A walk finds them backward in time, a chain entirely so, others nearly. */
function sortByTime(found: Origin[]): void {
  found.reverse();
  for (let i = 1; i < found.length; i++) {
    const origin = found[i];
    if (origin.id > found[i - 1].id) continue;
    if (found.length > FEW) {
      found.sort((a, b) => a.id - b.id);
      return;
    }
    let at = i;
    for (; at > 0 && found[at - 1].id > origin.id; at--) found[at] = found[at - 1];
    found[at] = origin;
  }
}

/** The points that depend on a target; inputs come before what is made of them, so one pass is enough. */
function reaching(
  found: readonly Origin[],
  targets: ReadonlySet<Origin>,
  replay: number,
): Origin[] {
  return found.filter((origin) => {
    if (targets.has(origin)) origin.position = 0;
    else if (origin instanceof Node) {
      const depends = origin.inputs.some(
        (input) => input !== null && input.visit === replay && input.position >= 0,
      );
      if (depends) origin.position = 0;
    }
    return origin.position >= 0;
  });
}
