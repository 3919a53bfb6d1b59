// Multi-head attention: attention in several subspaces at once.

import {
  ArgumentError,
  add,
  matmul,
  Operand,
  type Shape,
  ShapeError,
  split,
  type Tensor,
  type Variable,
  where,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { checkCount, type Initializer, xavierUniform, zerosInit } from '../init.js';
import { Module } from '../module.js';
import { type AttentionOptions, attention } from './attention.js';
import { Dense } from './dense.js';
import { Dropout } from './dropout.js';
import { joinHeads, splitHeads } from './heads.js';
import { ParameterMaker, type ParameterOptions, renamed } from './parameter.js';
import { type RotaryOptions, rotary } from './rotary.js';

export interface MultiHeadAttentionOptions extends ParameterOptions {
  /** The share of the weights that is dropped in training. Default: 0. */
  readonly dropout?: number;
  /** Whether the projections have biases. Default: true. */
  readonly bias?: boolean;
  /** Whether query i looks at the keys 0 … i only, unless a call says otherwise. Default: false. */
  readonly causal?: boolean;
  /** Whether queries and keys of each head are given rotary positions, and how. Default: false. */
  readonly rotary?: boolean | RotaryOptions;
  /** How the projections begin. Default: `xavierUniform`, the three of the input as one matrix, as in PyTorch. */
  readonly init?: Initializer;
}

/**
 * Who may look at what. In both masks true means: look. (In PyTorch's `MultiheadAttention` true means: don't; pass
 * `mask.logicalNot()`.)
 */
export interface AttendOptions extends Pick<AttentionOptions, 'causal'> {
  /**
   * [queries, keys], [N, queries, keys] or [N, heads, queries, keys]. bool: true where a query may look at a key. Floating:
   * added to the scaled scores.
   */
  readonly mask?: Operand;
  /** bool [N, keys], or [keys] for a single sequence: true for keys that are there, false for padding. */
  readonly paddingMask?: Operand;
}

/**
 * concat(head₁, …) Wᵒ with headᵢ = attention(Q Wᵢᵠ, K Wᵢᴷ, V Wᵢⱽ), for sequences [N, length, dim] or [length, dim]. A. Vaswani
 * et al., 2017, 3.2.2.
 *
 * The three projections of the input are one matrix [3 dim, dim], rows for queries first, then keys, then values, each
 * head after head. The state has PyTorch's names and layout: `in_proj_weight`, `in_proj_bias`, `out_proj.weight`,
 * `out_proj.bias`.
 */
export class MultiHeadAttention<Dim extends number = number> extends Module {
  readonly inFeatures: Dim;
  readonly outFeatures: Dim;
  readonly heads: number;
  readonly causal: boolean;
  readonly rotary: RotaryOptions | null;
  /** [3 dim, dim]. */
  readonly inWeight: Variable<[number, Dim]>;
  /** [3 dim]. */
  readonly inBias: Variable<[number]> | null;
  readonly projection: Dense<Dim, Dim>;
  readonly dropout: Dropout;

  /** @internal Use `multiHeadAttention(dim, heads)`. */
  constructor(dim: Dim, heads: number, options: MultiHeadAttentionOptions = {}) {
    super();
    checkCount('multiHeadAttention', 'dim', dim);
    checkCount('multiHeadAttention', 'heads', heads);
    if (dim % heads !== 0) {
      throw new ArgumentError(
        `multiHeadAttention: the heads are equally wide, got ${dim} features for ${heads} heads. ` +
          'Choose a number of heads that divides the features.',
      );
    }
    const { bias = true, init = xavierUniform, rng } = options;
    const make = new ParameterMaker('multiHeadAttention', options);
    this.inFeatures = dim;
    this.outFeatures = dim;
    this.heads = heads;
    this.causal = options.causal ?? false;
    this.rotary = options.rotary === true ? {} : options.rotary || null;
    this.inWeight = make.cell(init, [3 * dim, dim]);
    this.inBias = bias ? make.cell(zerosInit, [3 * dim]) : null;
    this.projection = new Dense(dim, dim, { bias, init, rng, dtype: make.dtype });
    this.dropout = new Dropout(options.dropout ?? 0, { rng: rng?.split(1)[0] });
  }

  /**
   * Self-attention, `forward(x, options)`, or attention of queries to the keys and values of another sequence. Keeps the
   * shape of the queries; keys and values may be of another length.
   * @throws ShapeError for inputs or masks that don't fit; DTypeError for a mask of whole numbers.
   */
  forward<S extends Shape>(x: Operand<S>, options?: AttendOptions): Tensor<S>;
  forward<S extends Shape>(
    query: Operand<S>,
    key: Operand,
    value: Operand,
    options?: AttendOptions,
  ): Tensor<S>;
  forward(
    input: Operand,
    keyOrOptions?: Operand | AttendOptions,
    value?: Operand,
    last?: AttendOptions,
  ): Tensor {
    const toOther = keyOrOptions instanceof Operand;
    const options: AttendOptions = (toOther ? last : keyOrOptions) ?? {};
    const query: Tensor = input.read();
    const key: Tensor = toOther ? keyOrOptions.read() : query;
    const batched = [query, key, value?.read() ?? key].map((x) => this.#batched(x));
    this.#checkTogether(batched);
    const [q, k, v] = this.#headsOf(batched);
    const turned = (x: Tensor): Tensor => (this.rotary === null ? x : rotary(x, this.rotary));
    const mixed = attention(turned(q), turned(k), v, {
      mask: this.#maskOf(options, k),
      causal: options.causal ?? this.causal,
      dropout: this.dropout,
    });
    const joined: Tensor = joinHeads(mixed, { parts: 1, heads: this.heads });
    const y: Tensor = this.projection.forward(joined);
    return query.rank === 2 ? y.reshape([...query.shape]) : y;
  }

  #batched(x: Tensor): Tensor {
    const { rank, shape } = x;
    if ((rank === 2 || rank === 3) && shape[rank - 1] === this.inFeatures) {
      return rank === 3 ? x : x.reshape([1, ...shape]);
    }
    throw new ShapeError(
      `multiHeadAttention: takes sequences [N, length, ${this.inFeatures}] or [length, ${this.inFeatures}], ` +
        `got shape ${formatShape(shape)}. Check the order of the axes: the batch comes first.`,
    );
  }

  #checkTogether([q, k, v]: readonly Tensor[]): void {
    if (k.shape.join() === v.shape.join() && q.shape[0] === k.shape[0]) return;
    throw new ShapeError(
      'multiHeadAttention: keys and values are equally long and of the same batch as the queries, got ' +
        `${[q, k, v].map(({ shape }) => formatShape(shape)).join(', ')}. Pass keys and values of one sequence.`,
    );
  }

  /** Queries, keys and values by heads, [N, heads, length, width]; inputs that are one and the same are projected at once. */
  #headsOf([q, k, v]: readonly Tensor[]): Tensor[] {
    if (k === q && v === q) return this.#project(q, 3, this.inWeight, this.inBias);
    const sizes = k === v ? [1, 2] : [1, 1, 1];
    const rows = sizes.map((count) => count * this.inFeatures);
    const weights: Tensor[] = split(this.inWeight as Operand, rows);
    const biases: Tensor[] | null = this.inBias && split(this.inBias as Operand, rows);
    return [q, k, v]
      .slice(0, sizes.length)
      .flatMap((x, i) => this.#project(x, sizes[i], weights[i], biases?.[i] ?? null));
  }

  #project(x: Tensor, parts: number, weight: Operand, bias: Operand | null): Tensor[] {
    const z: Tensor = matmul(x, weight, TRANSPOSED);
    return splitHeads(bias === null ? z : add(z, bias), { parts, heads: this.heads });
  }

  /** Both masks as one that broadcasts against [N, heads, queries, keys]. */
  #maskOf({ mask, paddingMask }: AttendOptions, k: Tensor): Operand | undefined {
    const whole: Tensor | undefined = mask?.read();
    const wide = whole?.rank === 3 ? whole.unsqueeze(1) : whole;
    if (paddingMask === undefined) return wide;
    const [batch, , keys] = k.shape;
    const fits = paddingMask.size === batch * keys && paddingMask.shape.at(-1) === keys;
    if (paddingMask.dtype !== 'bool' || !fits) {
      throw new ShapeError(
        `multiHeadAttention: a paddingMask is bool ${formatShape([batch, keys])}, got ${paddingMask.dtype} ` +
          `${formatShape(paddingMask.shape)}. It says of each key whether it is there.`,
      );
    }
    const there: Tensor = paddingMask.reshape([batch, 1, 1, keys]);
    if (wide === undefined) return there;
    if (wide.dtype === 'bool') return wide.logicalAnd(there);
    return where(there, wide, Number.NEGATIVE_INFINITY);
  }

  override fields(): Iterable<readonly [name: string, value: unknown]> {
    return renamed(this, {
      inWeight: 'in_proj_weight',
      inBias: 'in_proj_bias',
      projection: 'out_proj',
    });
  }

  override detail(): string {
    return [
      `${this.inFeatures}, ${this.heads} heads`,
      ...(this.causal ? ['causal'] : []),
      ...(this.rotary === null ? [] : ['rotary']),
    ].join(', ');
  }
}

const TRANSPOSED = { transposeB: true };

/**
 * A layer of multi-head attention on `dim` features.
 *
 * ```ts
 * const layer = multiHeadAttention(64, 4, { causal: true });
 * layer.forward(x);                                      // self-attention, [N, L, 64] → [N, L, 64]
 * layer.forward(x, memory, memory, { paddingMask });     // to another sequence
 * ```
 *
 * @throws ArgumentError unless the heads divide the features.
 */
export function multiHeadAttention<const Dim extends number>(
  dim: Dim,
  heads: number,
  options: MultiHeadAttentionOptions = {},
): MultiHeadAttention<Dim> {
  return new MultiHeadAttention(dim, heads, options);
}
