// Dropout: forget at random while training, so that no unit relies on another.

import {
  ArgumentError,
  type Generator,
  type Operand,
  type Shape,
  type Tensor,
} from '@retrograd/autograd';
import { sharedGenerator } from '../init.js';
import { Module } from '../module.js';

export interface DropoutOptions {
  /** What is drawn from. Default: a generator split off the one that all layers share. */
  readonly rng?: Generator;
}

/**
 * While training, each element is 0 with probability p and divided by 1 − p otherwise, so that its expectation stays;
 * in evaluation x comes back as it is. N. Srivastava et al., 2014, in the inverted form.
 */
export class Dropout extends Module {
  readonly p: number;
  /** What is drawn from. */
  readonly rng: Generator;

  /** @internal Use `dropout(p)`. */
  constructor(p: number, options: DropoutOptions = {}) {
    super();
    if (!(p >= 0 && p < 1)) {
      throw new ArgumentError(
        `dropout: p is a probability in [0, 1), got ${String(p)}. Pass the share that is dropped.`,
      );
    }
    this.p = p;
    this.rng = options.rng ?? sharedGenerator().split(1)[0];
  }

  /** Says to `sequential` that whatever comes in keeps its shape. */
  get keepsShape(): true {
    return true;
  }

  /** Keeps the shape. */
  forward<S extends Shape>(x: Operand<S>): Tensor<S> {
    const value = x.read();
    if (!this.training || this.p === 0) return value;
    const scale = 1 / (1 - this.p);
    const dtype = value.dtype === 'float64' ? 'float64' : 'float32';
    const kept = this.rng.uniform([...value.shape], { dtype }).greaterEqual(this.p);
    return value.mul(kept.cast(dtype).mul(scale)) as Tensor<S>;
  }

  override detail(): string {
    return `p = ${this.p}`;
  }
}

/**
 * A dropout layer: while training, drops each element with probability p.
 * @throws ArgumentError unless 0 ≤ p < 1.
 */
export function dropout(p = 0.5, options: DropoutOptions = {}): Dropout {
  return new Dropout(p, options);
}
