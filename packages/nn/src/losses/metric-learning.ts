// Losses on embeddings: alike is to be near, unlike far.

import { defineElementwise, norm, ShapeError, type Tensor } from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import {
  checkFloating,
  checkNumber,
  checkRows,
  checkValues,
  defineTripleLoss,
  reduceElements,
  sameShape,
} from './loss.js';
import type { MarginOptions } from './margin.js';

export interface CosineEmbeddingOptions {
  /** The cosine that two unlike rows may have and cost nothing, in [−1, 1]. Default: 0. */
  readonly margin?: number;
}

export interface TripletOptions extends MarginOptions {
  /** Which norm is the distance: p ≥ 1 or Infinity. Default: 2. */
  readonly p?: number;
  /** Whether the distance of positive and negative counts where it is the smaller one. Default: false. */
  readonly swap?: boolean;
}

/** What PyTorch adds to squared lengths, so that a row of zeros has a cosine. */
const COSINE_EPSILON = 1e-12;
/** What PyTorch adds to differences, so that equal rows have a derivative. */
const DISTANCE_EPSILON = 1e-6;

/** One target for each row. */
function checkLabels(op: string, rows: readonly number[], target: Tensor): void {
  if (sameShape(target.shape, rows)) return;
  throw new ShapeError(
    `${op}: the target has one label for each row, ${formatShape(rows)}, got ${formatShape(target.shape)}. ` +
      'Reshape the target.',
  );
}

function checkEmbeddings(op: string, roles: readonly string[], tensors: readonly Tensor[]) {
  for (const x of tensors) checkFloating(op, 'embeddings', x);
  return checkRows(op, roles, tensors);
}

const cosineTerm = defineElementwise('cosineEmbedding', (cosine, y, margin) => {
  const beyond = cosine.sub(margin);
  return y.greater(0).select(cosine.neg().add(1), beyond.greater(0).select(beyond, 0));
});

const cosineOf = defineElementwise('cosine', (products, a, b) =>
  products.div(a.add(COSINE_EPSILON).mul(b.add(COSINE_EPSILON)).sqrt()),
);

/**
 * 1 − cos(a, b) for rows that are alike (target 1), max(0, cos(a, b) − m) for rows that aren't (target −1 or 0). a, b
 * [..., features], the target [...]; the mean is over rows. As in PyTorch, 1e-12 is added to the squared lengths.
 * @throws ShapeError unless a and b have one shape and the target one label a row; DTypeError unless both are floating;
 *   ArgumentError for another label, or a margin outside of [−1, 1].
 */
export const cosineEmbedding = defineTripleLoss<CosineEmbeddingOptions>(
  'cosineEmbedding',
  ['a', 'b', 'target'],
  (a, b, target, options) => {
    const op = 'cosineEmbedding';
    const { margin = 0 } = options;
    checkNumber(op, 'margin', margin, (m) => m >= -1 && m <= 1, 'a number in [−1, 1]');
    const shape = checkEmbeddings(op, ['a', 'b'], [a, b]);
    checkLabels(op, shape.slice(0, -1), target);
    checkValues(op, target, [-1, 0, 1]);
    const cosine = cosineOf(a.mul(b).sum(-1), a.square().sum(-1), b.square().sum(-1));
    return reduceElements(cosineTerm(cosine, target, margin), options);
  },
);

/** ½d² for what is alike, ½ max(0, m − d)² for what isn't. */
const contrastiveTerm = defineElementwise('contrastive', (d, y, margin) => {
  const short = margin.sub(d);
  return y
    .greater(0)
    .select(d.mul(d), short.greater(0).select(short.mul(short), 0))
    .mul(0.5);
});

/**
 * ½d² for rows that are alike (target 1), ½ max(0, m − d)² for rows that aren't (target −1 or 0), d = ‖a − b‖₂. a, b
 * [..., features], the target [...]; the mean is over rows. R. Hadsell et al., 2006 (whose labels are the other way round).
 * @throws ShapeError unless a and b have one shape and the target one label a row; DTypeError unless both are floating;
 *   ArgumentError for another label, or a margin that isn't above 0.
 */
export const contrastive = defineTripleLoss<MarginOptions>(
  'contrastive',
  ['a', 'b', 'target'],
  (a, b, target, options) => {
    const { margin = 1 } = options;
    checkNumber('contrastive', 'margin', margin, (m) => m > 0 && m < Infinity, 'a number above 0');
    const shape = checkEmbeddings('contrastive', ['a', 'b'], [a, b]);
    checkLabels('contrastive', shape.slice(0, -1), target);
    checkValues('contrastive', target, [-1, 0, 1]);
    return reduceElements(contrastiveTerm(norm(a.sub(b), -1), target, margin), options);
  },
);

/** ‖a − b + ε‖_p of each row. */
function distance(a: Tensor, b: Tensor, ord: number): Tensor {
  return norm(a.sub(b).add(DISTANCE_EPSILON), -1, { ord });
}

const tripletTerm = defineElementwise('triplet', (near, far, margin) => {
  const short = near.sub(far).add(margin);
  return short.greater(0).select(short, 0);
});

/**
 * max(0, d(anchor, positive) − d(anchor, negative) + m) of rows [..., features]; the mean is over rows. As in PyTorch, 1e-6
 * is added to the differences. V. Balntas et al., 2016, from whom the swap is.
 * @throws ShapeError unless all three have one shape; DTypeError unless all are floating; ArgumentError for a margin that
 *   isn't above 0, or a p below 1.
 */
export const triplet = defineTripleLoss<TripletOptions>(
  'triplet',
  ['anchor', 'positive', 'negative'],
  (anchor, positive, negative, options) => {
    const { margin = 1, p = 2, swap = false } = options;
    checkNumber('triplet', 'margin', margin, (m) => m > 0 && m < Infinity, 'a number above 0');
    checkNumber('triplet', 'p', p, (ord) => ord >= 1, 'a number of at least 1, or Infinity');
    checkEmbeddings('triplet', ['anchor', 'positive', 'negative'], [anchor, positive, negative]);
    const far = distance(anchor, negative, p);
    const away = swap ? far.minimum(distance(positive, negative, p)) : far;
    return reduceElements(tripletTerm(distance(anchor, positive, p), away, margin), options);
  },
);
