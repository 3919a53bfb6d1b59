// How far numbers are off. All metrics are JS numbers, and carry no gradient; without samples they are NaN.

import type { Operand } from '@retrograd/autograd';
import { checkPair } from '../losses/loss.js';

/** The pairs, computed in float64 whatever their dtype. */
function pairsOf(
  op: string,
  prediction: Operand,
  target: Operand,
): readonly [Float64Array, Float64Array] {
  const [a, y] = [prediction.read(), target.read()];
  checkPair(op, a, y, false);
  return [Float64Array.from(a.data()), Float64Array.from(y.data())];
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The mean of |a − y| over all elements. @throws ShapeError unless both have one shape. */
export function meanAbsoluteError(prediction: Operand, target: Operand): number {
  const [a, y] = pairsOf('meanAbsoluteError', prediction, target);
  return meanOf(a.map((value, i) => Math.abs(value - y[i])));
}

/** The mean of (a − y)² over all elements. @throws ShapeError unless both have one shape. */
export function meanSquaredError(prediction: Operand, target: Operand): number {
  const [a, y] = pairsOf('meanSquaredError', prediction, target);
  return meanOf(a.map((value, i) => (value - y[i]) ** 2));
}

/** The root of the mean squared error, in the units of the target. @throws ShapeError unless both have one shape. */
export function rootMeanSquaredError(prediction: Operand, target: Operand): number {
  const [a, y] = pairsOf('rootMeanSquaredError', prediction, target);
  return Math.sqrt(meanOf(a.map((value, i) => (value - y[i]) ** 2)));
}

/**
 * The mean of |a − y| / |y| over all elements, as a share (0.1 is 10 %). A target of 0 counts as 2⁻⁵², as in scikit-learn,
 * which makes the mean huge: this metric is for targets away from 0.
 * @throws ShapeError unless both have one shape.
 */
export function meanAbsolutePercentageError(prediction: Operand, target: Operand): number {
  const [a, y] = pairsOf('meanAbsolutePercentageError', prediction, target);
  return meanOf(
    a.map((value, i) => Math.abs(value - y[i]) / Math.max(Math.abs(y[i]), Number.EPSILON)),
  );
}

/**
 * The coefficient of determination 1 − Σ(y − a)² / Σ(y − ȳ)² of each output (column), and their mean. An output whose
 * target is constant counts as 1 if it is met exactly, else as 0, as in scikit-learn.
 * @throws ShapeError unless both have one shape.
 */
export function r2(prediction: Operand, target: Operand): number {
  const [a, y] = pairsOf('r2', prediction, target);
  const rows = target.shape[0] ?? 1;
  const outputs = rows === 0 ? 0 : y.length / rows;
  const scores = Float64Array.from({ length: outputs }, (_, column) => {
    const own = (values: Float64Array) => values.filter((_value, i) => i % outputs === column);
    const [guess, truth] = [own(a), own(y)];
    const centre = meanOf(truth);
    const residual = guess.reduce((sum, value, i) => sum + (truth[i] - value) ** 2, 0);
    const spread = truth.reduce((sum, value) => sum + (value - centre) ** 2, 0);
    if (spread === 0) return residual === 0 ? 1 : 0;
    return 1 - residual / spread;
  });
  return meanOf(scores);
}
