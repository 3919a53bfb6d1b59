// Layers in a row: what one gives, the next takes.

import {
  type ElementwiseOp,
  elu,
  gelu,
  leakyRelu,
  logSoftmax,
  type Operand,
  relu,
  type Shape,
  silu,
  softmax,
  type Tensor,
  type UnknownRank,
  type Unless,
} from '@retrograd/autograd';
import { Module } from '../module.js';
import type { Chain, ChainGives, ChainTakes, Layer } from '../typed-chain.js';
import { Dropout } from './dropout.js';
import type { FeatureProblem } from './typed-features.js';

/** Activations that drop, or nearly drop, half of the signal: in front of them weights begin as He has it. */
const RECTIFIERS: ReadonlySet<unknown> = new Set([relu, leakyRelu, elu, gelu, silu]);

/** Functions that aren't elementwise and still keep every size. */
const KEEPING: ReadonlySet<unknown> = new Set([softmax, logSoftmax]);

/**
 * Layers in a row. A layer is a module or any function of a tensor, and keeps the batch axis. Every item counts in the
 * names of the state, as in PyTorch: `sequential(dense(4, 16), tanh, dense(16, 3))` has `0.weight`, `0.bias`, `2.weight`
 * and `2.bias`.
 */
export class Sequential<const L extends readonly Layer[] = readonly Layer[]> extends Module {
  readonly layers: L;

  /** @internal Use `sequential(...layers)`. */
  constructor(layers: L) {
    super();
    this.layers = layers;
    layers.forEach((layer, i) => {
      const next = layers.slice(i + 1).find((other) => !(other instanceof Dropout));
      if (RECTIFIERS.has(next) && canFit(layer)) layer.fitToRectifier();
    });
  }

  /** The features that the first layer that cares takes; NaN where a function in front of it may change them. */
  get inFeatures(): ChainTakes<L> {
    for (const layer of this.layers) {
      if (hasFeatures(layer)) return layer.inFeatures as ChainTakes<L>;
      if (!keepsFeatures(layer)) break;
    }
    return Number.NaN as ChainTakes<L>;
  }

  /** The features that the last layer that changes them gives; NaN where a function behind it may change them. */
  get outFeatures(): ChainGives<L> {
    for (const layer of [...this.layers].reverse()) {
      if (hasFeatures(layer)) return layer.outFeatures as ChainGives<L>;
      if (!keepsFeatures(layer)) break;
    }
    return Number.NaN as ChainGives<L>;
  }

  /** Passes x through all layers, one after the other; without layers, x comes back. */
  forward<N extends number>(x: Operand<readonly [N, ChainTakes<L>]>): Tensor<[N, ChainGives<L>]>;
  forward(x: Operand<UnknownRank>): Tensor<number[]>;
  forward<S extends Shape>(
    x: Unless<FeatureProblem<'sequential', S, ChainTakes<L>>, Operand<S>>,
  ): Tensor<number[]>;
  forward(x: Operand): Tensor {
    let y: Tensor = x.read();
    for (const layer of this.layers) y = typeof layer === 'function' ? layer(y) : layer.forward(y);
    return y;
  }

  override fields(): Iterable<readonly [name: string, value: unknown]> {
    return Object.entries(this.layers);
  }
}

function canFit(layer: object): layer is { fitToRectifier(): void } {
  return 'fitToRectifier' in layer;
}

function hasFeatures(layer: object): layer is { inFeatures: number; outFeatures: number } {
  return 'inFeatures' in layer && 'outFeatures' in layer;
}

function keepsFeatures(layer: Layer): boolean {
  if (typeof layer !== 'function') return 'keepsShape' in layer;
  const { op } = layer as { op?: Partial<ElementwiseOp> };
  return op?.formula !== undefined || KEEPING.has(layer);
}

/**
 * Layers in a row: modules, and any functions of a tensor (activations need no layers of their own). What doesn't fit is
 * a compile error such as `layer 2 takes 15 features, layer before gives 16`.
 *
 * ```ts
 * const model = sequential(dense(4, 16), tanh, dense(16, 3));
 * ```
 *
 * A dense or convolutional layer made without an initialiser, and unchanged since, begins as the activation that follows it wants: in front
 * of relu, leakyRelu, elu, gelu and silu with `heUniform`, elsewhere with `xavierUniform`.
 */
export function sequential<const L extends readonly Layer[]>(
  ...layers: L & Chain<L>
): Sequential<L> {
  return new Sequential<L>(layers);
}
