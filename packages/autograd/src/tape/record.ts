// Recording: the decision whether an operation goes on the tape, and what is kept of it there.

import type { DType } from '../tensor/dtype.js';
import { CUT_LEVEL, Cut, type Origin } from '../tensor/origin.js';
import type { Shape } from '../tensor/shape.js';
import type { Storage } from '../tensor/storage.js';
import { Tensor } from '../tensor/tensor.js';
import { MASKED_INPUTS, type Meta, Node, type Op } from './node.js';
import { cutFrom, cutLog, NO_GRAD, state } from './state.js';

/** One result of a forward computation, before it has a place on the tape. */
export interface Output extends Meta {
  readonly storage: Storage;
}

/** Keeps of the inputs only what the rules read. */
function savedOf(
  op: Op,
  inputs: readonly Tensor[],
  tracked: number,
): readonly (Tensor | null)[] | null {
  const mask = op.savedInputs(tracked);
  if (mask === 0) return null;
  if (mask === -1 || mask === (1 << inputs.length) - 1) return inputs;
  const saved = new Array<Tensor | null>(inputs.length);
  for (let i = 0; i < inputs.length; i++) saved[i] = (mask >> i) & 1 ? inputs[i] : null;
  return saved;
}

function cutsAmong(inputs: readonly Tensor[]): Cut[] {
  return inputs.flatMap(({ origin }) => (origin instanceof Cut ? [origin] : []));
}

/** The mark of what is made of cut values alone: theirs. A replay's results carry none. */
function joinedCut(first: Cut, inputs: readonly Tensor[]): Cut | null {
  if (state.replay !== 0) return null;
  const log = cutLog();
  const cuts = log === null ? [] : cutsAmong(inputs);
  if (cuts.every((cut) => cut === first)) return first;
  const joined = new Cut(first.by);
  log?.meet(joined, cuts);
  return joined;
}

/** Stands for the outputs that a node will save, until they are made. */
const TO_COME: readonly Tensor[] = [];

/**
 * The origin of what `op` makes of `inputs`: a new node if a gradient has to come back through it, a cut if one
 * would but can't, null for constants. `inputs` is kept: callers hand over a fresh array.
 */
export function originOf(
  op: Op,
  inputs: readonly Tensor[],
  attrs: unknown,
  shape: Shape,
  dtype: DType,
  outputs: readonly Meta[] | null,
): Origin | null {
  const count = inputs.length;
  let level = CUT_LEVEL;
  let lowest: Origin | null = null;
  for (let i = 0; i < count; i++) {
    const { origin } = inputs[i];
    if (origin !== null && (lowest === null || origin.level < level)) {
      lowest = origin;
      level = origin.level;
    }
  }
  if (lowest === null) return null;
  if (level === CUT_LEVEL) return joinedCut(lowest as Cut, inputs);
  if (level >= state.limit) {
    return state.limit === NO_GRAD ? cutFrom(lowest, 'noGrad') : null;
  }
  if (op.vjp === null) return cutFrom(lowest, op.name);

  const origins = new Array<Origin | null>(count);
  let slots: number[] | null = null;
  let tracked = 0;
  for (let i = 0; i < count; i++) {
    const { origin, slot } = inputs[i];
    if (origin === null || origin.level === CUT_LEVEL) {
      origins[i] = null;
      continue;
    }
    origins[i] = origin;
    if (i < MASKED_INPUTS) tracked |= 1 << i;
    if (slot !== 0) {
      slots ??= new Array<number>(count).fill(0);
      slots[i] = slot;
    }
  }
  const saved = savedOf(op, inputs, tracked);
  const node = new Node(op, attrs, level, origins, slots, saved, shape, dtype, outputs);
  if (op.savesOutputs(tracked)) node.savedOutputs = TO_COME;
  const log = state.cuts === null ? null : cutLog();
  if (log !== null) {
    const cuts = cutsAmong(inputs);
    if (cuts.length > 0) log.meet(node, cuts);
  }
  if (state.observer !== null) state.observer(node, inputs);
  return node;
}

/** The same elements with another place on the tape, or none. */
export function relinked<S extends Shape>(
  { storage, shape, dtype }: Tensor<S>,
  origin: Origin | null,
  slot = 0,
): Tensor<S> {
  return new Tensor(storage, shape, dtype, origin, slot);
}

/** The tensor that `op` has made, recorded if a gradient has to come back through it. */
export function record(
  op: Op,
  inputs: readonly Tensor[],
  attrs: unknown,
  storage: Storage,
  shape: Shape,
  dtype: DType,
): Tensor {
  const origin = originOf(op, inputs, attrs, shape, dtype, null);
  const output = new Tensor(storage, shape, dtype, origin, 0);
  if (origin instanceof Node && origin.savedOutputs !== null) origin.savedOutputs = [output];
  return output;
}

/** The same for an operation with several outputs. */
export function recordAll(
  op: Op,
  inputs: readonly Tensor[],
  attrs: unknown,
  results: readonly Output[],
): Tensor[] {
  const metas = results.map(({ shape, dtype }) => ({ shape, dtype }));
  const first = metas[0] ?? { shape: [], dtype: 'float32' as const };
  const origin = originOf(op, inputs, attrs, first.shape, first.dtype, metas);
  const outputs = results.map(
    ({ storage, shape, dtype }, slot) => new Tensor(storage, shape, dtype, origin, slot),
  );
  if (origin instanceof Node && origin.savedOutputs !== null) origin.savedOutputs = outputs;
  return outputs;
}
