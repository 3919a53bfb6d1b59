// What transformer layers share: the options, the feed-forward part, and where the normalisation stands.

import { type Operand, relu, type Shape, type Tensor } from '@retrograd/autograd';
import { checkCount } from '../init.js';
import { Module } from '../module.js';
import type { Layer } from '../typed-chain.js';
import { Dense } from './dense.js';
import { Dropout } from './dropout.js';
import { LayerNorm } from './layer-norm.js';
import { type AttendOptions, MultiHeadAttention } from './multi-head-attention.js';
import { type ParameterOptions, renamed } from './parameter.js';
import type { RotaryOptions } from './rotary.js';

export interface TransformerOptions extends ParameterOptions {
  /** The width of the feed-forward part. Default: 4 dim. */
  readonly feedForward?: number;
  /** The share dropped in training: of attention weights, in the feed-forward part, and of each part's result. Default: 0.1. */
  readonly dropout?: number;
  /** The function between the two layers of the feed-forward part. Default: relu. */
  readonly activation?: Layer;
  /**
   * Where the normalisation stands. false: after each part, norm(x + part(x)), as published; true: in front, x + part(norm(x)),
   * which trains without a warm-up. Default: false, as in PyTorch.
   */
  readonly normFirst?: boolean;
  /** ε of the normalisations. Default: 1e-5. */
  readonly epsilon?: number;
  /** Whether the dense layers, projections and normalisations have biases. Default: true. */
  readonly bias?: boolean;
  /** Whether each place looks at itself and those before it only, unless a call says otherwise. */
  readonly causal?: boolean;
  /** Whether self-attention has rotary positions, and how. Default: false. */
  readonly rotary?: boolean | RotaryOptions;
}

/** The parts of a transformer layer, made from its options. */
export class TransformerParts<Dim extends number> {
  readonly dim: Dim;
  readonly #heads: number;
  readonly #options: TransformerOptions;

  constructor(op: string, dim: Dim, heads: number, options: TransformerOptions) {
    checkCount(op, 'dim', dim);
    checkCount(op, 'heads', heads);
    if (options.feedForward !== undefined) checkCount(op, 'feedForward', options.feedForward);
    this.dim = dim;
    this.#heads = heads;
    this.#options = options;
  }

  attention(extra: {
    causal?: boolean;
    rotary?: boolean | RotaryOptions;
  }): MultiHeadAttention<Dim> {
    const { rng, dtype, bias, dropout = 0.1 } = this.#options;
    const options = { rng, dtype, bias, dropout, ...extra };
    return new MultiHeadAttention(this.dim, this.#heads, options);
  }

  dense<In extends number, Out extends number>(features: In, units: Out): Dense<In, Out> {
    const { rng, dtype, bias } = this.#options;
    return new Dense(features, units, { rng, dtype, bias });
  }

  norm(): LayerNorm<Dim> {
    const { dtype, bias, epsilon } = this.#options;
    return new LayerNorm<Dim>(this.dim, { dtype, bias, epsilon });
  }

  dropout(): Dropout {
    const { rng, dropout = 0.1 } = this.#options;
    return new Dropout(dropout, { rng: rng?.split(1)[0] });
  }
}

/** What both kinds of layers are made of: self-attention, the feed-forward part, a normalisation for each. */
export abstract class TransformerLayer<Dim extends number> extends Module {
  readonly inFeatures: Dim;
  readonly outFeatures: Dim;
  readonly normFirst: boolean;
  readonly selfAttention: MultiHeadAttention<Dim>;
  readonly linear1: Dense<Dim, number>;
  readonly activation: Layer;
  readonly innerDropout: Dropout;
  readonly linear2: Dense<number, Dim>;
  readonly norm1: LayerNorm<Dim>;
  readonly norm2: LayerNorm<Dim>;
  readonly dropout1: Dropout;
  readonly dropout2: Dropout;

  constructor(parts: TransformerParts<Dim>, options: TransformerOptions) {
    super();
    const { dim } = parts;
    const { feedForward = 4 * dim, activation = relu, causal, rotary } = options;
    this.inFeatures = dim;
    this.outFeatures = dim;
    this.normFirst = options.normFirst ?? false;
    this.selfAttention = parts.attention({ causal, rotary });
    this.linear1 = parts.dense(dim, feedForward);
    this.activation = activation;
    this.innerDropout = parts.dropout();
    this.linear2 = parts.dense(feedForward, dim);
    this.norm1 = parts.norm();
    this.norm2 = parts.norm();
    this.dropout1 = parts.dropout();
    this.dropout2 = parts.dropout();
  }

  /** x + part(norm(x)), or norm(x + part(x)). */
  protected around(
    x: Tensor,
    norm: LayerNorm<Dim>,
    dropout: Dropout,
    part: (x: Tensor) => Tensor,
  ): Tensor {
    if (this.normFirst) return x.add(dropout.forward(part(norm.forward(x))));
    return norm.forward(x.add(dropout.forward(part(x))));
  }

  protected feedForward(x: Tensor): Tensor {
    const { activation } = this;
    const wide: Tensor = this.linear1.forward(x);
    const active = typeof activation === 'function' ? activation(wide) : activation.forward(wide);
    return this.linear2.forward(this.innerDropout.forward(active));
  }

  /** PyTorch's names of attentions and dropouts. */
  override fields(): Iterable<readonly [name: string, value: unknown]> {
    return renamed(this, {
      selfAttention: 'self_attn',
      crossAttention: 'multihead_attn',
      innerDropout: 'dropout',
    });
  }

  override detail(): string {
    return this.normFirst ? `${this.inFeatures}, norm first` : `${this.inFeatures}`;
  }
}

/**
 * Self-attention, then two dense layers with an activation between them, each part with a shortcut and a layer normalisation.
 * With `causal: true` it is the block of a GPT. A. Vaswani et al., 2017, 3.1. The state has PyTorch's names: `self_attn.…`,
 * `linear1.…`, `linear2.…`, `norm1.…`, `norm2.…`.
 */
export class TransformerEncoderLayer<Dim extends number = number> extends TransformerLayer<Dim> {
  /** @internal Use `transformerEncoderLayer(dim, heads)`. */
  constructor(dim: Dim, heads: number, options: TransformerOptions = {}) {
    super(new TransformerParts('transformerEncoderLayer', dim, heads, options), options);
  }

  /** [N, length, dim] or [length, dim]; keeps the shape. @throws ShapeError for inputs or masks that don't fit. */
  forward<S extends Shape>(x: Operand<S>, options?: AttendOptions): Tensor<S>;
  forward(input: Operand, options: AttendOptions = {}): Tensor {
    const x = this.around(input.read(), this.norm1, this.dropout1, (h) =>
      this.selfAttention.forward(h, options),
    );
    return this.around(x, this.norm2, this.dropout2, (h) => this.feedForward(h));
  }
}

/** Transformer encoder layers in a row, behind them a normalisation if they normalise first. */
export class TransformerEncoder<Dim extends number = number> extends Module {
  readonly inFeatures: Dim;
  readonly outFeatures: Dim;
  readonly layers: readonly TransformerEncoderLayer<Dim>[];
  readonly norm: LayerNorm<Dim> | null;

  /** @internal Use `transformerEncoder(dim, heads, depth)`. */
  constructor(dim: Dim, heads: number, depth: number, options: TransformerOptions = {}) {
    super();
    checkCount('transformerEncoder', 'depth', depth);
    this.inFeatures = dim;
    this.outFeatures = dim;
    const parts = new TransformerParts('transformerEncoder', dim, heads, options);
    this.layers = Array.from(
      { length: depth },
      () => new TransformerEncoderLayer(dim, heads, options),
    );
    this.norm = options.normFirst === true ? parts.norm() : null;
  }

  /** [N, length, dim] or [length, dim]; keeps the shape. @throws ShapeError for inputs or masks that don't fit. */
  forward<S extends Shape>(x: Operand<S>, options?: AttendOptions): Tensor<S>;
  forward(input: Operand, options: AttendOptions = {}): Tensor {
    let x: Tensor = input.read();
    for (const layer of this.layers) x = layer.forward(x, options);
    return this.norm === null ? x : this.norm.forward(x);
  }
}

/**
 * One transformer encoder layer on `dim` features: `transformerEncoderLayer(64, 4, { causal: true, normFirst: true })` is a
 * GPT's block.
 * @throws ArgumentError unless the heads divide the features, and for options out of range.
 */
export function transformerEncoderLayer<const Dim extends number>(
  dim: Dim,
  heads: number,
  options: TransformerOptions = {},
): TransformerEncoderLayer<Dim> {
  return new TransformerEncoderLayer(dim, heads, options);
}

/**
 * `depth` transformer encoder layers, each with parameters of its own; with `normFirst` a last normalisation, named `norm`.
 * @throws ArgumentError unless the heads divide the features, and for options out of range.
 */
export function transformerEncoder<const Dim extends number>(
  dim: Dim,
  heads: number,
  depth: number,
  options: TransformerOptions = {},
): TransformerEncoder<Dim> {
  return new TransformerEncoder(dim, heads, depth, options);
}
