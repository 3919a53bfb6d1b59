// The residual: what a layer gives, added to what it was given.

import { type Operand, ShapeError, type Tensor } from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { Module } from '../module.js';
import type { Layer } from '../typed-chain.js';

export interface ResidualOptions {
  /** What x passes through on its way around, such as a 1 × 1 convolution where sizes change. Default: nothing. */
  readonly shortcut?: Layer;
}

/** y = x + inner(x), or shortcut(x) + inner(x). K. He et al., 2016. */
export class Residual extends Module {
  readonly inner: Layer;
  readonly shortcut: Layer | null;

  /** @internal Use `residual(inner)`. */
  constructor(inner: Layer, options: ResidualOptions = {}) {
    super();
    this.inner = inner;
    this.shortcut = options.shortcut ?? null;
  }

  /** @throws ShapeError unless both ways give the same shape: nothing is broadcast. */
  forward(x: Operand): Tensor<number[]> {
    const value: Tensor = x.read();
    const around = this.shortcut === null ? value : applied(this.shortcut, value);
    const through = applied(this.inner, value);
    if (around.shape.join() !== through.shape.join()) {
      throw new ShapeError(
        `residual: both ways give one shape, got ${formatShape(around.shape)} around and ` +
          `${formatShape(through.shape)} through the inner layer. Keep the shape, or pass a shortcut that changes it.`,
      );
    }
    return around.add(through) as Tensor<number[]>;
  }
}

function applied(layer: Layer, x: Tensor): Tensor {
  return typeof layer === 'function' ? layer(x) : layer.forward(x);
}

/**
 * A layer that adds its input to what `inner` makes of it: `residual(sequential(dense(8, 8), relu, dense(8, 8)))`.
 */
export function residual(inner: Layer, options: ResidualOptions = {}): Residual {
  return new Residual(inner, options);
}
