// Flattening: the axes behind the batch become one.

import { type Operand, ShapeError, type Tensor } from '@retrograd/autograd';
import { Module } from '../module.js';

/** [N, a, b, …] → [N, a · b · …], in row-major order; [N] → [N, 1]. */
export class Flatten extends Module {
  /** @throws ShapeError for a scalar, which has no batch axis. */
  forward(x: Operand): Tensor<number[]> {
    const value: Tensor = x.read();
    if (value.rank === 0) {
      throw new ShapeError(
        'flatten: the first axis is the batch, got a scalar. Give a single sample an axis of size 1 first.',
      );
    }
    const [batch, ...rest] = value.shape;
    return value.reshape([batch, rest.reduce((product, size) => product * size, 1)]);
  }
}

/** A layer that makes one axis of all behind the first. */
export function flatten(): Flatten {
  return new Flatten();
}
