// The transformer's decoder: attention to what has been said, then to what is being translated.

import type { Operand, Shape, Tensor } from '@retrograd/autograd';
import { checkCount } from '../init.js';
import { Module } from '../module.js';
import type { Dropout } from './dropout.js';
import type { LayerNorm } from './layer-norm.js';
import type { AttendOptions, MultiHeadAttention } from './multi-head-attention.js';
import { TransformerLayer, type TransformerOptions, TransformerParts } from './transformer.js';

/** Masks of a decoder: `mask`, `paddingMask` and `causal` for self-attention, and the same for the memory. */
export interface DecodeOptions extends AttendOptions {
  /** As `mask`, for what may be seen of the memory. */
  readonly memoryMask?: Operand;
  /** As `paddingMask`, for the memory: bool [N, length of the memory]. */
  readonly memoryPaddingMask?: Operand;
}

/**
 * Self-attention (causal by default), attention to a memory, then the feed-forward part, each with a shortcut and a layer
 * normalisation. A. Vaswani et al., 2017, 3.1. The state has PyTorch's names: `self_attn.…`, `multihead_attn.…`,
 * `linear1.…`, `linear2.…`, `norm1.…`, `norm2.…`, `norm3.…`.
 */
export class TransformerDecoderLayer<Dim extends number = number> extends TransformerLayer<Dim> {
  readonly crossAttention: MultiHeadAttention<Dim>;
  readonly norm3: LayerNorm<Dim>;
  readonly dropout3: Dropout;

  /** @internal Use `transformerDecoderLayer(dim, heads)`. */
  constructor(dim: Dim, heads: number, options: TransformerOptions = {}) {
    const parts = new TransformerParts('transformerDecoderLayer', dim, heads, options);
    super(parts, { causal: true, ...options });
    this.crossAttention = parts.attention({});
    this.norm3 = parts.norm();
    this.dropout3 = parts.dropout();
  }

  /**
   * x [N, length, dim] with a memory [N, other length, dim], or both without N; keeps the shape of x.
   * @throws ShapeError for inputs or masks that don't fit.
   */
  forward<S extends Shape>(x: Operand<S>, memory: Operand, options?: DecodeOptions): Tensor<S>;
  forward(input: Operand, memory: Operand, options: DecodeOptions = {}): Tensor {
    const { memoryMask: mask, memoryPaddingMask: paddingMask } = options;
    const said = this.around(input.read(), this.norm1, this.dropout1, (h) =>
      this.selfAttention.forward(h, options),
    );
    const read = this.around(said, this.norm2, this.dropout2, (h) =>
      this.crossAttention.forward(h, memory, memory, { mask, paddingMask }),
    );
    return this.around(read, this.norm3, this.dropout3, (h) => this.feedForward(h));
  }
}

/** Transformer decoder layers in a row, behind them a normalisation if they normalise first. */
export class TransformerDecoder<Dim extends number = number> extends Module {
  readonly inFeatures: Dim;
  readonly outFeatures: Dim;
  readonly layers: readonly TransformerDecoderLayer<Dim>[];
  readonly norm: LayerNorm<Dim> | null;

  /** @internal Use `transformerDecoder(dim, heads, depth)`. */
  constructor(dim: Dim, heads: number, depth: number, options: TransformerOptions = {}) {
    super();
    checkCount('transformerDecoder', 'depth', depth);
    this.inFeatures = dim;
    this.outFeatures = dim;
    const parts = new TransformerParts('transformerDecoder', dim, heads, options);
    this.layers = Array.from(
      { length: depth },
      () => new TransformerDecoderLayer(dim, heads, options),
    );
    this.norm = options.normFirst === true ? parts.norm() : null;
  }

  /** As a layer's: x with a memory; keeps the shape of x. @throws ShapeError for inputs or masks that don't fit. */
  forward<S extends Shape>(x: Operand<S>, memory: Operand, options?: DecodeOptions): Tensor<S>;
  forward(input: Operand, memory: Operand, options: DecodeOptions = {}): Tensor {
    let x: Tensor = input.read();
    for (const layer of this.layers) x = layer.forward(x, memory, options);
    return this.norm === null ? x : this.norm.forward(x);
  }
}

/**
 * One transformer decoder layer on `dim` features: `layer.forward(x, memory)`.
 * @throws ArgumentError unless the heads divide the features, and for options out of range.
 */
export function transformerDecoderLayer<const Dim extends number>(
  dim: Dim,
  heads: number,
  options: TransformerOptions = {},
): TransformerDecoderLayer<Dim> {
  return new TransformerDecoderLayer(dim, heads, options);
}

/**
 * `depth` transformer decoder layers, each with parameters of its own; with `normFirst` a last normalisation, named `norm`.
 * @throws ArgumentError unless the heads divide the features, and for options out of range.
 */
export function transformerDecoder<const Dim extends number>(
  dim: Dim,
  heads: number,
  depth: number,
  options: TransformerOptions = {},
): TransformerDecoder<Dim> {
  return new TransformerDecoder(dim, heads, depth, options);
}
