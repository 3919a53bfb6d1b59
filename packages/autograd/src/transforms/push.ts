// Forward mode through a level. Apart from it, as most programs ask for gradients only.

import type { Adjoint } from '../tape/node.js';
import { replayForward } from '../tape/replay.js';
import { withLimit } from '../tape/state.js';
import type { Tensor } from '../tensor/tensor.js';
import { type Level, takesPart } from './level.js';

/** Tangents of `outputs` when those of `leaves` are `tangents`; null where nothing moves. */
export function push(
  level: Level,
  outputs: readonly Tensor[],
  leaves: readonly Tensor[],
  tangents: readonly Adjoint[],
): Adjoint[] {
  return level.replay(outputs, leaves, (adjoints, visit) => {
    leaves.forEach(({ origin, slot }, i) => {
      const tangent = tangents[i];
      if (tangent !== null && takesPart(origin)) adjoints.add(origin, slot, tangent);
    });
    withLimit(level.replayLimit, () => replayForward(visit, adjoints));
    return outputs.map(({ origin, slot }) =>
      takesPart(origin) ? adjoints.at(origin, slot) : null,
    );
  });
}
