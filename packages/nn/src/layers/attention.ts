// Scaled dot-product attention: a weighted mean of values, the weights by how well a query meets each key.

import {
  arange,
  type DType,
  DTypeError,
  defineElementwise,
  matmul,
  type Operand,
  type Shape,
  ShapeError,
  softmax,
  type Tensor,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import type { Layer } from '../typed-chain.js';
import { recent } from './recent.js';

export interface AttentionOptions {
  /**
   * Broadcast against [..., queries, keys]. bool: true where a query may look at a key. Floating: added to the scaled scores,
   * −∞ where it may not. Default: every query looks at all keys.
   */
  readonly mask?: Operand;
  /** Whether query i looks at the keys 0 … i only. Default: false. */
  readonly causal?: boolean;
  /** What the weights pass through, such as a `dropout(0.1)`. Default: nothing. */
  readonly dropout?: Layer;
  /** What the scores are multiplied by. Default: 1 / √d. */
  readonly scale?: number;
}

/** s · factor + bias. */
const biasedScores = defineElementwise('biasedScores', (s, factor, bias) =>
  s.mul(factor).add(bias),
);

/** [queries, keys]: 0 for keys that stand no later than the query, −∞ for the others. */
const causalBias = recent((queries: number, keys: number, dtype: 'float32' | 'float64') =>
  biasOf(arange(queries).reshape([queries, 1]).greaterEqual(arange(keys)), dtype),
);

/** What a bool mask adds to scores: ln 1 = 0 where true, ln 0 = −∞ where false. */
function biasOf(mask: Tensor, dtype: DType): Tensor {
  return mask.cast(dtype).log();
}

/**
 * The weights of attention, softmax(q kᵀ · scale) over the keys, masked: [..., queries, keys].
 * @throws ShapeError for shapes that don't fit, DTypeError for a mask of whole numbers.
 */
export function attentionWeights(
  query: Operand,
  key: Operand,
  options: AttentionOptions = {},
): Tensor<number[]> {
  const [q, k]: Tensor[] = [query.read(), key.read()];
  const width = q.shape[q.rank - 1];
  if (q.rank < 2 || k.rank < 2 || k.shape[k.rank - 1] !== width) {
    throw new ShapeError(
      `attention: queries [..., queries, d] and keys [..., keys, d] have one width, got ${formatShape(q.shape)} and ` +
        `${formatShape(k.shape)}. Project them to the same number of features.`,
    );
  }
  const { mask, causal = false, dropout, scale = 1 / Math.sqrt(width) } = options;
  const scores: Tensor = matmul(q, k, TRANSPOSED);
  const weights: Tensor = softmax(masked(scores, scale, mask?.read() ?? null, causal));
  if (dropout === undefined) return weights as Tensor<number[]>;
  const dropped = typeof dropout === 'function' ? dropout(weights) : dropout.forward(weights);
  return dropped as Tensor<number[]>;
}

const TRANSPOSED = { transposeB: true };

function masked(scores: Tensor, factor: number, mask: Tensor | null, causal: boolean): Tensor {
  const [queries, keys] = scores.shape.slice(-2);
  const dtype = scores.dtype === 'float64' ? 'float64' : 'float32';
  if (mask?.dtype === 'int32') {
    throw new DTypeError(
      "attention: a mask is bool (true: look) or floating (added), got int32. Cast it to 'bool'.",
    );
  }
  if (mask !== null) checkMask(mask.shape, scores.shape);
  const bias = mask?.dtype === 'bool' ? biasOf(mask, dtype) : mask;
  const before = causal ? causalBias(queries, keys, dtype) : null;
  if (bias === null && before === null) return scores.mul(factor);
  return biasedScores(
    scores,
    factor,
    bias !== null && before !== null ? bias.add(before) : ((bias ?? before) as Tensor),
  );
}

/** A mask may be smaller than the scores, never larger: that would make more of them. */
function checkMask(mask: Shape, scores: Shape): void {
  const missing = scores.length - mask.length;
  const fits = missing >= 0 && mask.every((n, i) => n === 1 || n === scores[missing + i]);
  if (fits) return;
  throw new ShapeError(
    `attention: a mask broadcasts against the scores ${formatShape(scores)}, got ${formatShape(mask)}. ` +
      'Its last axes are queries and keys; put axes of size 1 for the others.',
  );
}

/**
 * softmax(q kᵀ / √d) v for queries [..., n, d], keys [..., m, d] and values [..., m, e], leading axes (batch, heads)
 * broadcast: [..., n, e]. Keys that are masked have the weight 0; a query for which all are gives zeros. A. Vaswani et
 * al., 2017, 3.2.1.
 * @throws ShapeError for shapes that don't fit, DTypeError for a mask of whole numbers.
 */
export function attention(
  query: Operand,
  key: Operand,
  value: Operand,
  options: AttentionOptions = {},
): Tensor<number[]> {
  const [keys, values] = [key.shape.at(-2), value.shape.at(-2)];
  if (value.rank < 2 || keys !== values) {
    throw new ShapeError(
      `attention: there is one value [..., keys, e] for each key, got keys ${formatShape(key.shape)} and values ` +
        `${formatShape(value.shape)}. Pass keys and values of one sequence.`,
    );
  }
  return matmul(attentionWeights(query, key, options), value) as Tensor<number[]>;
}
