// Losses for numbers: squared, absolute, and Huber's, which is one near 0 and the other far away.

import { ArgumentError, defineElementwise } from '@retrograd/autograd';
import {
  checkNumber,
  checkPair,
  defineLoss,
  definePairLoss,
  reduceElements,
  reduceRows,
} from './loss.js';

export interface RegressionOptions {
  /** Permits prediction and target to have different shapes that broadcast. Default: false. */
  readonly broadcast?: boolean;
}

export interface HuberOptions extends RegressionOptions {
  /** Where the parabola becomes a line, > 0. Default: 1. */
  readonly delta?: number;
}

export interface SmoothL1Options extends RegressionOptions {
  /** Where the parabola becomes a line, ≥ 0; at 0 there is no parabola. Default: 1. */
  readonly beta?: number;
}

const squaredError = defineElementwise('squaredError', (a, y) => a.sub(y).mul(a.sub(y)));

const halfSquare = defineElementwise('halfSquaredError', (a, y) => a.sub(y).mul(a.sub(y)).mul(0.5));

const absoluteError = defineElementwise('absoluteError', (a, y) => a.sub(y).abs());

const huberError = defineElementwise('huberError', (a, y, delta) => {
  const distance = a.sub(y).abs();
  return distance
    .lessEqual(delta)
    .select(distance.mul(distance).mul(0.5), delta.mul(distance.sub(delta.mul(0.5))));
});

const smoothError = defineElementwise('smoothL1', (a, y, beta) => {
  const distance = a.sub(y).abs();
  return distance
    .less(beta)
    .select(distance.mul(distance).mul(0.5).div(beta), distance.sub(beta.mul(0.5)));
});

/**
 * The mean squared error: (a − y)², and its mean over all elements.
 * @throws ShapeError unless prediction and target have one shape (or `broadcast` is set).
 */
export const mse = defineLoss<RegressionOptions>('mse', (a, y, options) => {
  checkPair('mse', a, y, options.broadcast === true);
  return reduceElements(squaredError(a, y), options);
});

/**
 * J = ½‖a − y‖² of each row (sample), rows being counted along the first axis; the mean is over rows. Its gradient by a
 * is a − y for 'sum', (a − y)/m for the mean over m rows.
 * @throws ShapeError unless prediction and target have one shape (or `broadcast` is set).
 */
export const halfSquaredError = defineLoss<RegressionOptions>(
  'halfSquaredError',
  (a, y, options) => {
    checkPair('halfSquaredError', a, y, options.broadcast === true);
    const terms = halfSquare(a, y);
    const within = Array.from({ length: Math.max(0, terms.rank - 1) }, (_, i) => i + 1);
    return reduceRows(terms, within, options);
  },
);

/**
 * The mean absolute error: |a − y|, and its mean over all elements. The derivative where a = y is 0.
 * @throws ShapeError unless prediction and target have one shape (or `broadcast` is set).
 */
export const mae = defineLoss<RegressionOptions>('mae', (a, y, options) => {
  checkPair('mae', a, y, options.broadcast === true);
  return reduceElements(absoluteError(a, y), options);
});

/**
 * ½d² where d = |a − y| ≤ δ, δ(d − ½δ) beyond; the mean is over all elements. P. J. Huber, 1964.
 * @throws ArgumentError unless delta > 0; ShapeError unless prediction and target have one shape (or `broadcast` is set).
 */
export const huber = defineLoss<HuberOptions>('huber', (a, y, options) => {
  const { delta = 1 } = options;
  if (!(delta > 0)) {
    throw new ArgumentError(
      `huber: delta is a number above 0, got ${String(delta)}. Pass the distance beyond which errors count linearly.`,
    );
  }
  checkPair('huber', a, y, options.broadcast === true);
  return reduceElements(huberError(a, y, delta), options);
});

/**
 * ½d²/β where d = |a − y| < β, d − ½β beyond, which is Huber's divided by β; the mean is over all elements. R. Girshick, 2015.
 * @throws ArgumentError unless beta ≥ 0; ShapeError unless prediction and target have one shape (or `broadcast` is set).
 */
export const smoothL1 = definePairLoss<SmoothL1Options>('smoothL1', (a, y, options) => {
  const { beta = 1 } = options;
  checkNumber('smoothL1', 'beta', beta, (b) => b >= 0 && b < Infinity, 'a number of at least 0');
  checkPair('smoothL1', a, y, options.broadcast === true);
  return reduceElements(smoothError(a, y, beta), options);
});
