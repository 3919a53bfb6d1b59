// The embedding: a table with a row for each of so many things, read at integer indices.

import {
  ArgumentError,
  arange,
  DTypeError,
  detach,
  gather,
  IndexError,
  matmul,
  type Operand,
  peek,
  type Shape,
  type Tensor,
  type Variable,
  where,
  zerosLike,
} from '@retrograd/autograd';
import { checkCount, type Initializer } from '../init.js';
import { Module } from '../module.js';
import { ParameterMaker, type ParameterOptions } from './parameter.js';

export interface EmbeddingOptions extends ParameterOptions {
  /** The index that stands for nothing: its row begins as zeros, and no gradient reaches it. Default: none. */
  readonly paddingIndex?: number;
  /** How the table begins. Default: normal with standard deviation 1, as in PyTorch. */
  readonly init?: Initializer;
}

/** Normal with standard deviation 1. */
const standardNormal: Initializer = (shape, rng, dtype) => rng.normal([...shape], { dtype });

/**
 * Rows of a table at int32 indices: [...] → [..., dim]. The gradient of a row is the sum of those of all places that it
 * was read into. Rows begin normal with variance 1, as PyTorch's; beside learned positions, which begin fifty times
 * smaller, they had better begin smaller too: `init` takes any initialiser.
 */
export class Embedding<Dim extends number = number> extends Module {
  /** How many rows there are. */
  readonly count: number;
  readonly outFeatures: Dim;
  readonly paddingIndex: number | null;
  /** [count, dim]. */
  readonly weight: Variable<[number, Dim]>;

  /** @internal Use `embedding(count, dim)`. */
  constructor(count: number, dim: Dim, options: EmbeddingOptions = {}) {
    super();
    checkCount('embedding', 'count', count);
    checkCount('embedding', 'dim', dim);
    const { paddingIndex = null, init = standardNormal } = options;
    if (paddingIndex !== null && !(Number.isInteger(paddingIndex) && inside(paddingIndex, count))) {
      throw new ArgumentError(
        `embedding: paddingIndex is one of the rows 0 … ${count - 1}, got ${paddingIndex}. Check it against the count.`,
      );
    }
    this.count = count;
    this.outFeatures = dim;
    this.paddingIndex = paddingIndex;
    const make = new ParameterMaker('embedding', options);
    this.weight = make.cell(paddingIndex === null ? init : withRowOfZeros(init, paddingIndex), [
      count,
      dim,
    ]);
  }

  /** NaN: an index is no feature. */
  get inFeatures(): number {
    return Number.NaN;
  }

  /**
   * int32 [...] → [..., dim].
   * @throws DTypeError unless the indices are int32, IndexError for one outside of 0 … count − 1.
   */
  forward<S extends Shape>(indices: Operand<S>): Tensor<[...S, Dim]>;
  forward(indices: Operand): Tensor {
    const at: Tensor = indices.read();
    if (at.dtype !== 'int32') {
      throw new DTypeError(
        `embedding: indices are int32, got ${at.dtype}. Make them with { dtype: 'int32' } or cast them.`,
      );
    }
    const stray = peek(at)?.find((index) => !inside(index, this.count));
    if (stray !== undefined) {
      throw new IndexError(
        `embedding: indices lie in 0 … ${this.count - 1}, got ${stray}. Check them against the count.`,
      );
    }
    const rows: Tensor = gather(this.weight as Operand, at);
    if (this.paddingIndex === null) return rows;
    const learns = at.notEqual(this.paddingIndex).reshape([...at.shape, 1]) as Tensor;
    return where(learns, rows, detach(rows));
  }

  /**
   * The table used the other way round, x Wᵀ: [..., dim] → [..., count], a score for each row. So the output layer of a
   * language model shares its parameters with the embedding of its input (O. Press, L. Wolf, 2017).
   */
  attend(x: Operand): Tensor {
    return matmul(x, this.weight as Operand, { transposeB: true }) as Tensor;
  }

  override detail(): string {
    return `${this.count} → ${this.outFeatures}`;
  }
}

function inside(index: number, count: number): boolean {
  return index >= 0 && index < count;
}

/** An initialiser whose matrix has zeros in one row. */
function withRowOfZeros(init: Initializer, row: number): Initializer {
  return (shape, rng, dtype) => {
    const made = init(shape, rng, dtype);
    return where(arange(shape[0]).reshape([-1, 1]).equal(row), zerosLike(made), made);
  };
}

/**
 * An embedding of `count` things in `dim` numbers each.
 *
 * ```ts
 * const layer = embedding(256, 64);
 * layer.forward(tensor([[1, 2, 3]], { dtype: 'int32' }));   // Tensor<[1, 3, 64]>
 * ```
 *
 * @throws ArgumentError for sizes or a padding index out of range.
 */
export function embedding<const Dim extends number>(
  count: number,
  dim: Dim,
  options: EmbeddingOptions = {},
): Embedding<Dim> {
  return new Embedding(count, dim, options);
}
