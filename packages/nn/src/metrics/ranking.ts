// How well scores rank: whether the right class is among the first, whether yes lies above no.

import {
  ArgumentError,
  DTypeError,
  IndexError,
  type Operand,
  ShapeError,
  type Tensor,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';

export interface TopKOptions {
  /** How many of the best classes count as a hit. Default: 5. */
  readonly k?: number;
}

/** How the shares of yes and no that are taken for yes grow, as the threshold falls. */
export interface RocCurve {
  /** Of what is no, the share at or above the threshold. */
  readonly falsePositiveRate: number[];
  /** Of what is yes, the share at or above the threshold. */
  readonly truePositiveRate: number[];
  /** ∞, and every score that there is, from the highest. */
  readonly thresholds: number[];
}

/**
 * The share of samples whose class is among the k with the highest scores, [N, C] and int32 [N]; of equal scores, the class
 * that comes first ranks higher, so that k = 1 is `accuracy`. NaN without samples.
 * @throws ShapeError unless there is one class index for each row of scores; DTypeError unless it is int32; IndexError for
 *   a class that there isn't; ArgumentError unless k is a whole number of at least 1.
 */
export function topKAccuracy(
  prediction: Operand,
  target: Operand,
  { k = 5 }: TopKOptions = {},
): number {
  if (!(Number.isInteger(k) && k >= 1)) {
    throw new ArgumentError(
      `topKAccuracy: k is a whole number of at least 1, got ${String(k)}. Pass how many classes count as a hit.`,
    );
  }
  const { scores, labels, classes } = rowsOf('topKAccuracy', prediction, target);
  let hits = 0;
  labels.forEach((label, row) => {
    const own = scores.subarray(row * classes, (row + 1) * classes);
    let ahead = 0;
    own.forEach((score, c) => {
      if (score > own[label] || (score === own[label] && c < label)) ahead++;
    });
    if (ahead < k && !Number.isNaN(own[label])) hits++;
  });
  return hits / labels.length;
}

/** Scores [N, C] and class indices [N]. */
function rowsOf(op: string, prediction: Operand, target: Operand) {
  const [x, y] = [prediction.read(), target.read()];
  if (x.rank !== 2 || y.rank !== 1 || y.shape[0] !== x.shape[0]) {
    throw new ShapeError(
      `${op}: takes scores [samples, classes] and class indices [samples], got ${formatShape(x.shape)} and ` +
        `${formatShape(y.shape)}. Reshape one of them.`,
    );
  }
  if (y.dtype !== 'int32') {
    throw new DTypeError(
      `${op}: class indices are int32, got ${y.dtype}. Cast them with .cast('int32').`,
    );
  }
  const classes = x.shape[1];
  const labels = Int32Array.from(y.data());
  const wrong = labels.findIndex((label) => label < 0 || label >= classes);
  if (wrong >= 0) {
    throw new IndexError(
      `${op}: class indices lie in 0 … ${classes - 1}, got ${labels[wrong]} in row ${wrong}. ` +
        'Check that the model has one output for each class.',
    );
  }
  return { scores: Float64Array.from(x.data()), labels, classes };
}

/** One score and one answer for each sample. */
interface Scored {
  readonly scores: Float64Array;
  readonly yes: readonly boolean[];
}

/** Scores and answers of 0 and 1, both [N] or [N, 1]. */
function scoredOf(op: string, x: Tensor, y: Tensor): Scored {
  const single = ({ rank, shape }: Tensor) => rank === 1 || (rank === 2 && shape[1] === 1);
  if (!single(x) || !single(y) || x.shape[0] !== y.shape[0]) {
    throw new ShapeError(
      `${op}: takes one score and one answer for each sample, got ${formatShape(x.shape)} and ${formatShape(y.shape)}. ` +
        'Pass the column of the class that is yes.',
    );
  }
  const answers = y.data();
  answers.forEach((answer, row) => {
    if (answer === 0 || answer === 1) return;
    throw new ArgumentError(
      `${op}: answers are 0 or 1, got ${answer} in row ${row}. Compare the labels with the class that is yes.`,
    );
  });
  return { scores: scoresOf(op, x), yes: Array.from(answers, (answer) => answer === 1) };
}

function scoresOf(op: string, x: Tensor): Float64Array {
  const scores = Float64Array.from(x.data());
  const wrong = scores.findIndex(Number.isNaN);
  if (wrong < 0) return scores;
  throw new ArgumentError(
    `${op}: scores can be ordered, got NaN at element ${wrong}. Find where the model turns to NaN.`,
  );
}

/** Sample numbers in groups of equal scores, from the highest. */
function groupsOf(scores: Float64Array): number[][] {
  const order = Array.from(scores.keys()).sort((i, j) => scores[j] - scores[i] || i - j);
  const groups: number[][] = [];
  for (const i of order) {
    const last = groups.at(-1);
    if (last !== undefined && scores[last[0]] === scores[i]) last.push(i);
    else groups.push([i]);
  }
  return groups;
}

/**
 * The receiver operating characteristic of scores [N] (of any kind that grows with yes) and answers of 0 and 1 [N]: a point
 * for ∞ and for each score. A rate of what there is none of is NaN.
 * @throws ShapeError unless there is one score and one answer a sample; ArgumentError for another answer, or a score NaN.
 */
export function rocCurve(prediction: Operand, target: Operand): RocCurve {
  const { scores, yes } = scoredOf('rocCurve', prediction.read(), target.read());
  const positive = yes.filter(Boolean).length;
  const negative = yes.length - positive;
  let [hits, misses] = [0, 0];
  const curve: RocCurve = {
    falsePositiveRate: [0 / negative],
    truePositiveRate: [0 / positive],
    thresholds: [Number.POSITIVE_INFINITY],
  };
  for (const group of groupsOf(scores)) {
    for (const i of group) yes[i] ? hits++ : misses++;
    curve.falsePositiveRate.push(misses / negative);
    curve.truePositiveRate.push(hits / positive);
    curve.thresholds.push(scores[group[0]]);
  }
  return curve;
}

/** The share of pairs of a yes and a no in which the yes scores higher, ties counting half. */
function areaOf({ scores, yes }: Scored): number {
  let [below, pairs, positive] = [0, 0, 0];
  for (const group of groupsOf(scores).reverse()) {
    const hits = group.filter((i) => yes[i]).length;
    const misses = group.length - hits;
    pairs += hits * (below + misses / 2);
    below += misses;
    positive += hits;
  }
  return pairs / (positive * below);
}

/**
 * The area under the receiver operating characteristic: the probability that a yes scores higher than a no, ties counting
 * half. Scores [N] with answers of 0 and 1 [N]; or scores [N, C] with class indices int32 [N], for the mean over classes of
 * each against the rest. NaN where there is no yes, or no no.
 * @throws ShapeError, DTypeError, IndexError for what fits neither way; ArgumentError for another answer, or a score NaN.
 */
export function rocAuc(prediction: Operand, target: Operand): number {
  const [x, y] = [prediction.read(), target.read()];
  if (x.rank !== 2 || x.shape[1] === 1) return areaOf(scoredOf('rocAuc', x, y));
  scoresOf('rocAuc', x);
  const { scores, labels, classes } = rowsOf('rocAuc', x, y);
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    sum += areaOf({
      scores: scores.filter((_score, i) => i % classes === c),
      yes: Array.from(labels, (label) => label === c),
    });
  }
  return sum / classes;
}
