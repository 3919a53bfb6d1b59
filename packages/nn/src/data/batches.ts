// Data: samples, and batches of them.

import {
  ArgumentError,
  type Generator,
  gather,
  type Operand,
  rng,
  ShapeError,
  type Tensor,
  tensor,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';

/** Inputs and targets; sample i is x[i] and y[i]. */
export interface Samples {
  /** [N, …] */
  readonly x: Operand;
  /** [N, …] or [N] */
  readonly y: Operand;
  /** [N], not negative: how much each sample counts in training. Default: all the same. */
  readonly weights?: Operand;
}

/** Some samples at once, detached from whatever they were computed from. */
export interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly weights?: Tensor;
}

export interface BatchOptions {
  /** How many samples a batch has; the last one has what is left. Default: 32. */
  batchSize?: number;
  /** Whether samples come in random order. Default: false. */
  shuffle?: boolean;
  /** What the order is drawn by. Default: 0. */
  seed?: number;
}

/**
 * All samples once, in batches.
 *
 * ```ts
 * for (const { x, y } of batches(data, { batchSize: 64, shuffle: true, seed: epoch })) …
 * ```
 *
 * @throws ArgumentError for a batch size that is no whole number of at least 1; ShapeError unless x and y have as many
 *   rows.
 */
export function* batches(
  samples: Samples,
  options: BatchOptions = {},
): globalThis.Generator<Batch> {
  const { batchSize = 32, shuffle = false, seed = 0 } = options;
  checkBatchSize('batches', batchSize);
  const all = checkSamples('batches', samples);
  yield* inBatches(all, batchSize, shuffle ? rng(seed) : null);
}

/** The same with samples that are checked, and a generator that the order is drawn from; null: as they stand. */
export function* inBatches(
  samples: Batch,
  batchSize: number,
  random: Generator | null,
): globalThis.Generator<Batch> {
  const [count] = samples.x.shape;
  if (random === null && count <= batchSize) {
    if (count > 0) yield samples;
    return;
  }
  const order =
    random === null
      ? Int32Array.from({ length: count }, (_, i) => i)
      : (random.permutation(count).data() as Int32Array);
  for (let start = 0; start < count; start += batchSize) {
    yield rowsAt(samples, order.subarray(start, start + batchSize));
  }
}

/** The samples at some positions, in that order. */
export function rowsAt({ x, y, weights }: Samples, positions: Int32Array): Batch {
  const indices = tensor(positions);
  const rows = { x: gather(x, indices) as Tensor, y: gather(y, indices) as Tensor };
  return weights === undefined ? rows : { ...rows, weights: gather(weights, indices) as Tensor };
}

/** Samples as constants, of which there are as many inputs as targets. */
export function checkSamples(op: string, samples: Samples): Batch {
  const [x, y] = [samples.x.detach() as Tensor, samples.y.detach() as Tensor];
  if (x.rank === 0 || y.rank === 0 || x.shape[0] !== y.shape[0]) {
    throw new ShapeError(
      `${op}: inputs and targets have as many rows, got x ${formatShape(x.shape)} and y ${formatShape(y.shape)}. ` +
        'Give each sample one row in both.',
    );
  }
  if (samples.weights === undefined) return { x, y };
  return { x, y, weights: checkWeights(op, samples.weights.detach() as Tensor, x.shape[0]) };
}

function checkWeights(op: string, weights: Tensor, count: number): Tensor {
  if (weights.rank !== 1 || weights.shape[0] !== count) {
    throw new ShapeError(
      `${op}: weights are one number for each sample, got ${formatShape(weights.shape)} for ${count} samples. ` +
        'Make them a vector.',
    );
  }
  const wrong = weights.data().findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (wrong < 0) return weights;
  throw new ArgumentError(
    `${op}: weights are finite and not negative, got ${weights.data()[wrong]} for sample ${wrong}. Use 0 to leave a sample out.`,
  );
}

export function checkBatchSize(op: string, batchSize: number): void {
  if (Number.isInteger(batchSize) && batchSize >= 1) return;
  throw new ArgumentError(
    `${op}: batchSize is a whole number of at least 1, got ${String(batchSize)}. Pass for example 32.`,
  );
}
