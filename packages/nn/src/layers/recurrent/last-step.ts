// The last step of sequences: many to one.

import {
  arange,
  type Operand,
  ShapeError,
  type Tensor,
  takeAlong,
  where,
} from '@retrograd/autograd';
import { formatShape } from '../../errors.js';
import { Module } from '../../module.js';
import { choose, maskOf, type SequenceLengths } from '../../sequences.js';

/**
 * [batch, time, features] → [batch, features]: the last step, or with a mask or lengths the last that is there; zeros for
 * a sequence without any. (Of a layer that runs both ways, the last step is the last of the way forward alone: take the
 * state of `run` there.)
 */
export class LastStep extends Module {
  /**
   * @throws ShapeError unless x is [batch, time, features], with at least one step; what a mask and lengths are refused
   *   for.
   */
  forward<B extends number, F extends number>(
    x: Operand<readonly [B, number, F]>,
    options?: SequenceLengths,
  ): Tensor<[B, F]>;
  forward(x: Operand, options?: SequenceLengths): Tensor<number[]>;
  forward(x: Operand, options: SequenceLengths = {}): Tensor {
    const { shape } = x;
    if (shape.length !== 3 || shape[1] === 0) {
      throw new ShapeError(
        `lastStep: takes [batch, time, features] of at least one step, got ${formatShape(shape)}. ` +
          'Put it behind a recurrent layer.',
      );
    }
    const [batch, steps, features] = shape;
    const mask = maskOf('lastStep', options, batch, steps);
    if (mask === null) return x.slice(null, steps - 1);
    // The number of the last step that is there, counted from 1; 0 where none is.
    const last = where(mask, arange(1, steps + 1, 1, { dtype: 'int32' }), 0).max(1, {
      keepDims: true,
    });
    const at = last.sub(1).maximum(0).reshape([batch, 1, 1]);
    const taken = takeAlong(x, at.broadcastTo([batch, 1, features]), 1);
    return choose(last, taken.reshape([batch, features]), 0);
  }
}

/** A layer that keeps the last step of each sequence, [batch, time, features] → [batch, features]. */
export function lastStep(): LastStep {
  return new LastStep();
}
