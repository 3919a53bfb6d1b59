// backward(): a replay from one value to all leaves, leaving gradients where they belong.

import { DTypeError, NoPathError, ShapeError } from '../errors.js';
import { onesLike } from '../tensor/creation.js';
import type { Operand } from '../tensor/operand.js';
import { Cut } from '../tensor/origin.js';
import { formatShape, type Shape, sameShape } from '../tensor/shape.js';
import { scalarTensor, type Tensor } from '../tensor/tensor.js';
import { release } from './listing.js';
import { type Visit, visitTape } from './order.js';
import { relinked } from './record.js';
import { Adjointed, replayBackward } from './replay.js';
import { cutFrom, state, withLimit } from './state.js';

export interface BackwardOptions {
  /** Keep the saved values, so that the same tape can be replayed again. Default: what `createGraph` is. */
  retain?: boolean;
  /** Record the replay itself, so that gradients can be differentiated again. Default: false. */
  createGraph?: boolean;
}

/** The level of the leaves that backward fills: what lies above depends on none of them. */
const LEAVES = 0;

function seedOf(value: Tensor, gradient: Operand | undefined): Tensor {
  if (gradient === undefined) {
    if (value.rank === 0) return scalarTensor(1, value.dtype);
    if (value.size === 1) return onesLike(value);
    throw new ShapeError(
      `backward: starts at a single number, got shape ${formatShape(value.shape)}. ` +
        'Reduce it with .sum() or .mean(), or pass the gradient of this value.',
    );
  }
  return checkSeed('backward', value, gradient.read());
}

/** The gradient that a replay starts with. @throws ShapeError, DTypeError unless it has shape and dtype of the value. */
export function checkSeed(op: string, value: Tensor, seed: Tensor): Tensor {
  if (!sameShape(seed.shape, value.shape)) {
    throw new ShapeError(
      `${op}: the gradient has the shape of the value, ${formatShape(value.shape)}, ` +
        `got ${formatShape(seed.shape)}. Broadcast or sum it first.`,
    );
  }
  if (seed.dtype !== value.dtype) {
    throw new DTypeError(
      `${op}: the gradient has the dtype of the value, ${value.dtype}, got ${seed.dtype}. ` +
        `Cast it with .cast('${value.dtype}').`,
    );
  }
  return seed;
}

/**
 * Accumulates the gradients of `value` into the `.grad` of every leaf and variable that it depends on, then
 * releases what the tape has saved.
 * @param gradient the gradient of `value` itself; a value of one element starts with 1.
 * @throws NoPathError if `value` depends on nothing that requires a gradient; ShapeError if it is not a single
 *   number and no gradient is given; ReleasedTapeError if its tape has been released.
 */
export function backward(value: Tensor, gradient?: Operand, options: BackwardOptions = {}): void {
  const { createGraph = false, retain = createGraph } = options;
  const { origin } = value;
  if (origin === null || !value.requiresGrad) {
    const where = origin instanceof Cut ? `, cut off by ${origin.by}` : '';
    throw new NoPathError(
      `backward: the value depends on a tensor that requires a gradient, got a constant${where}. ` +
        'Make a leaf with { requiresGrad: true } or a variable, and compute the value from it.',
    );
  }
  if (origin.level > LEAVES) {
    throw new NoPathError(
      "backward: the value depends on a leaf or a variable, got a transform's arguments alone, which collect nothing. " +
        "Use the transform's result, or a leaf made outside of it.",
    );
  }
  const seed = seedOf(value, gradient);
  const replay = (visit: Visit): void => {
    const adjoints = new Adjointed(visit.order.length);
    adjoints.add(origin, value.slot, createGraph ? seed : detach(seed));
    const limit = createGraph ? Infinity : Math.min(0, state.limit);
    withLimit(limit, () => replayBackward(visit, adjoints));
    if (!retain) release(visit.order);
  };
  visitTape([origin], null, replay, LEAVES);
}

/** The same elements, cut off from what they were computed from: a constant to the tape. */
export function detach<S extends Shape>(x: Operand<S>): Tensor<S> {
  const value = x.read();
  const { origin } = value;
  if (origin === null) return value;
  return relinked(value, value.requiresGrad ? cutFrom(origin, 'detach') : origin);
}
