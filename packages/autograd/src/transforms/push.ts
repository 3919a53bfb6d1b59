// Forward mode through a level. Apart from it, as most programs ask for gradients only.

import type { Adjoint } from '../tape/node.js';
import { replayForward } from '../tape/replay.js';
import { withLimit } from '../tape/state.js';
import type { Tensor } from '../tensor/tensor.js';
import { type Level, startAt, takesPart } from './level.js';

/** Tangents of `outputs` when those of `leaves` are `tangents`; null where nothing moves. */
export function push(
  level: Level,
  outputs: readonly Tensor[],
  leaves: readonly Tensor[],
  tangents: readonly Adjoint[],
): Adjoint[] {
  return level.replay(outputs, leaves, (adjoints, visit) => {
    startAt(adjoints, leaves, tangents);
    withLimit(level.replayLimit, () => replayForward(visit, adjoints));
    return outputs.map(({ origin, slot }) =>
      takesPart(origin) ? adjoints.at(origin, slot) : null,
    );
  });
}
