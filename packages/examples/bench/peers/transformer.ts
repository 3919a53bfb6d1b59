// The transformer that everybody trains: a small GPT, its parameters under PyTorch's names.
import { Numbers } from './numbers.js';
import type { Task } from './task.js';

/** Its sizes; the feed-forward parts are four times as wide as the model. */
export interface Sizes {
  readonly depth: number;
  readonly dim: number;
  readonly heads: number;
  readonly context: number;
  readonly batch: number;
  readonly vocabulary: number;
}

const GPT: Sizes = { depth: 4, dim: 64, heads: 4, context: 64, batch: 8, vocabulary: 64 };
const BATCHES = 4;

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
}

/** All parameters in the order of the file: weights of dense layers [out, in]. */
export function parametersOf({ depth, dim, context, vocabulary }: Sizes): Parameter[] {
  const parameter = (name: string, ...shape: number[]): Parameter => ({ name, shape });
  const dense = (name: string, inputs: number, outputs: number) => [
    parameter(`${name}.weight`, outputs, inputs),
    parameter(`${name}.bias`, outputs),
  ];
  const norm = (name: string) => [parameter(`${name}.weight`, dim), parameter(`${name}.bias`, dim)];
  const block = (name: string) => [
    parameter(`${name}.self_attn.in_proj_weight`, 3 * dim, dim),
    parameter(`${name}.self_attn.in_proj_bias`, 3 * dim),
    ...dense(`${name}.self_attn.out_proj`, dim, dim),
    ...dense(`${name}.linear1`, dim, 4 * dim),
    ...dense(`${name}.linear2`, 4 * dim, dim),
    ...norm(`${name}.norm1`),
    ...norm(`${name}.norm2`),
  ];
  return [
    parameter('tokens.weight', vocabulary, dim),
    parameter('positions.weight', context, dim),
    ...Array.from({ length: depth }, (_, i) => block(`encoder.layers.${i}`)).flat(),
    ...norm('encoder.norm'),
    ...dense('head', dim, vocabulary),
  ];
}

export const countOf = ({ shape }: Parameter): number => shape.reduce((a, b) => a * b, 1);

/**
 * All numbers: matrices uniform with variance 1/columns, scales of normalisations 1, biases 0; then for each batch its
 * tokens [batch, context] and those that follow them.
 */
export function numbersOf(sizes: Sizes): Float32Array {
  const numbers = new Numbers(64);
  for (const parameter of parametersOf(sizes)) {
    const { name, shape } = parameter;
    if (shape.length === 2) numbers.spread(countOf(parameter), Math.sqrt(3 / shape[1]));
    else numbers.constant(shape[0], name.endsWith('weight') ? 1 : 0);
  }
  const { batch, context, vocabulary } = sizes;
  for (let k = 0; k < BATCHES; k++) numbers.whole(2 * batch * context, vocabulary);
  return numbers.toArray();
}

/** Six operations for each weight of a matrix and each token, and the products of queries, keys and values. */
function flopsOf(sizes: Sizes): number {
  const { depth, dim, context, batch } = sizes;
  const matrices = parametersOf(sizes).filter(
    ({ name, shape }) => shape.length === 2 && !/^(tokens|positions)/.test(name),
  );
  const weights = matrices.reduce((sum, each) => sum + countOf(each), 0);
  return 6 * batch * context * (weights + 2 * depth * context * dim);
}

/** One training step with AdamW, decay of matrices only. */
export const transformerTasks: readonly Task[] = [
  {
    name: `GPT, ${GPT.depth} layers of ${GPT.dim}, ${GPT.batch} × ${GPT.context} tokens, AdamW`,
    kind: 'transformer',
    settings: { ...GPT, parameters: parametersOf(GPT), lr: 0.001, weightDecay: 0.01 },
    numbers: () => numbersOf(GPT),
    batches: BATCHES,
    steps: BATCHES + 1,
    flops: flopsOf(GPT),
    operations: 1,
    share: 1,
  },
];
