// Where NaN first arises: the operation that made it of numbers.

import { callSite } from '../errors.js';
import type { Node } from '../tape/node.js';
import { observing } from '../tape/state.js';
import { isFloating } from '../tensor/dtype.js';
import type { Operand } from '../tensor/operand.js';
import type { Origin } from '../tensor/origin.js';
import type { Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

/** The first value with a NaN in it. */
export interface FirstNaN {
  /** The operation that made it; null for a value that was not computed here, an input or a parameter. */
  readonly op: string | null;
  readonly shape: Shape;
  /** Where that is called: ` at file:line:column`, or nothing if that can't be told. */
  readonly site: string;
}

/**
 * Runs `fn` and looks at everything that it records, in order: which operation was the first to give NaN?
 *
 * ```ts
 * firstNaN(() => x.sub(x).div(0).sum());   // { op: 'div', shape: [3], site: ' at model.ts:12:31' }
 * ```
 *
 * Only what a gradient could come back through is recorded, and looked at.
 * @returns null if there is none.
 */
export function firstNaN(fn: () => Operand): FirstNaN | null {
  const sites = new Map<Origin, { readonly op: string; readonly site: string }>();
  let found: FirstNaN | null = null;
  const look = (x: Tensor): void => {
    if (found !== null || !hasNaN(x)) return;
    const made = x.origin === null ? undefined : sites.get(x.origin);
    found = { op: made?.op ?? null, shape: x.shape, site: made?.site ?? '' };
  };
  observing(
    (node, inputs) => {
      for (const input of inputs) look(input);
      sites.set(node, { op: (node as Node).op.name, site: callSite() });
    },
    () => look(fn().read()),
  );
  return found;
}

function hasNaN(x: Tensor): boolean {
  return isFloating(x.dtype) && x.data().some(Number.isNaN);
}
