// Training: which samples are trained on, with what weights, and which are kept to validate.

import { ArgumentError, type Tensor } from '@retrograd/autograd';
import { type Batch, checkSamples, rowsAt, type Samples } from '../data/batches.js';
import { balancedWeights, weightsOfLabels } from '../data/class-weights.js';
import { randomSplit, stratifiedSplit } from '../data/split.js';

export interface SampleOptions {
  readonly validation?: Samples | number;
  readonly classWeights?: ArrayLike<number> | 'balanced';
  readonly seed?: number;
}

export interface Parts {
  readonly training: Batch;
  readonly validation: Batch | null;
}

/**
 * @throws ShapeError unless x and y have as many rows; ArgumentError for a fraction outside of (0, 1), or class weights
 *   where there are no classes.
 */
export function partsOf(samples: Samples, options: SampleOptions): Parts {
  const all = checkSamples('train', samples);
  const { training, validation } = divided(all, options);
  const { classWeights } = options;
  if (classWeights === undefined) return { training, validation };
  return { training: weighted(training, classWeights), validation };
}

const areClasses = ({ dtype, rank }: Tensor): boolean => dtype === 'int32' && rank === 1;

function divided(all: Batch, { validation, seed = 0 }: SampleOptions): Parts {
  if (validation === undefined) return { training: all, validation: null };
  if (typeof validation !== 'number') {
    return { training: all, validation: checkSamples('train', validation) };
  }
  if (!(validation > 0 && validation < 1)) {
    throw new ArgumentError(
      `train: validation is some samples, or a fraction between 0 and 1 of those given, got ${validation}. Pass for example 0.2.`,
    );
  }
  const { train, test } = areClasses(all.y)
    ? stratifiedSplit(all.y, validation, seed)
    : randomSplit(all.x.shape[0], validation, seed);
  if (test.length === 0) {
    throw new ArgumentError(
      `train: validation needs at least one sample, got none from ${validation} of ${all.x.shape[0]}. Keep a larger fraction.`,
    );
  }
  return { training: rowsAt(all, train), validation: rowsAt(all, test) };
}

function weighted(batch: Batch, classWeights: ArrayLike<number> | 'balanced'): Batch {
  const { y, weights } = batch;
  if (!areClasses(y)) {
    throw new ArgumentError(
      `train: classWeights need targets that are class indices, int32 [N], got ${y.dtype} [${y.shape.join(', ')}]. ` +
        'Give each sample a weight of its own instead.',
    );
  }
  const classes = classWeights === 'balanced' ? 1 + y.max().item() : classWeights.length;
  const list = classWeights === 'balanced' ? balancedWeights(y, classes).data() : classWeights;
  const own = weightsOfLabels('train', y, list);
  return { ...batch, weights: weights === undefined ? own : (own.mul(weights) as Tensor) };
}
