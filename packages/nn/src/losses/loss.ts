// What losses have in common: how they are called, what they refuse, how their terms are reduced.

import {
  ArgumentError,
  DTypeError,
  Operand,
  type Shape,
  ShapeError,
  type Tensor,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';

/** What becomes of the terms: their mean, their sum, or nothing. */
export type Reduction = 'mean' | 'sum' | 'none';

export interface LossOptions<R extends Reduction = Reduction> {
  /** Default: 'mean'. What the mean is over (elements or rows), each loss says. */
  readonly reduction?: R;
}

/** The names of the losses that come with the library. */
export type LossName =
  | 'mse'
  | 'halfSquaredError'
  | 'mae'
  | 'huber'
  | 'crossEntropy'
  | 'binaryCrossEntropy'
  | 'nll'
  | 'klDivergence';

/**
 * What training takes for a loss: any function of prediction and target to a single number. Where samples have weights,
 * it is asked for a term for each sample, [N] or [N, …].
 */
export type LossFunction = (
  prediction: Tensor,
  target: Tensor,
  options?: { readonly reduction: 'none' },
) => Tensor;

/** A loss that comes with the library. */
export interface Loss<Extra extends object = object> {
  (prediction: Operand, target: Operand, options?: LossOptions<'mean' | 'sum'> & Extra): Tensor<[]>;
  (prediction: Operand, target: Operand, options?: LossOptions & Extra): Tensor<number[]>;
  /** Its name, by which the closed form knows it. */
  readonly lossName: LossName;
}

/** A function as a loss: named, and with its operands checked at the door. */
export function defineLoss<Extra extends object = object>(
  lossName: LossName,
  compute: (prediction: Tensor, target: Tensor, options: LossOptions & Extra) => Tensor,
): Loss<Extra> {
  const loss = (prediction: Operand, target: Operand, options?: LossOptions & Extra) => {
    const { reduction = 'mean' } = options ?? {};
    if (reduction !== 'mean' && reduction !== 'sum' && reduction !== 'none') {
      throw new ArgumentError(
        `${lossName}: reduction is 'mean', 'sum' or 'none', got ${String(reduction)}. Pass one of these three.`,
      );
    }
    return compute(
      tensorOf(lossName, 'prediction', prediction),
      tensorOf(lossName, 'target', target),
      options ?? ({} as LossOptions & Extra),
    );
  };
  Object.defineProperty(loss, 'name', { value: lossName });
  return Object.assign(loss, { lossName }) as Loss<Extra>;
}

function tensorOf(op: string, role: string, value: unknown): Tensor {
  if (value instanceof Operand) return value.read();
  throw new ArgumentError(
    `${op}: ${role} is a tensor, got ${Array.isArray(value) ? 'an array' : typeof value}. Wrap it with tensor(…).`,
  );
}

/** @throws DTypeError unless the prediction is floating: integers can't be logits or logarithms. */
export function checkFloating(op: string, role: string, { dtype }: Tensor): void {
  if (dtype === 'float32' || dtype === 'float64') return;
  throw new DTypeError(
    `${op}: ${role} are float32 or float64, got ${dtype}. Pass what the model returns, before any argmax or rounding.`,
  );
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** NumPy's broadcast of two shapes; null where there is none. */
function broadcastOf(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length);
  const sizes = Array.from({ length: rank }, (_, axis) => {
    const p = a[axis - rank + a.length] ?? 1;
    const q = b[axis - rank + b.length] ?? 1;
    return p === q || q === 1 ? p : p === 1 ? q : null;
  });
  return sizes.includes(null) ? null : (sizes as number[]);
}

/**
 * The shape that prediction and target have, or broadcast to.
 * @throws ShapeError unless it is one shape, or `broadcast` permits two that broadcast.
 */
export function checkPair(
  op: string,
  { shape: prediction }: Tensor,
  { shape: target }: Tensor,
  broadcast: boolean,
): Shape {
  if (sameShape(prediction, target)) return prediction;
  const common = broadcastOf(prediction, target);
  if (common === null) {
    throw new ShapeError(
      `${op}: prediction and target have one shape, got ${formatShape(prediction)} and ` +
        `${formatShape(target)}. Check that the rows of both belong together.`,
    );
  }
  if (broadcast) return common;
  throw new ShapeError(
    `${op}: prediction ${formatShape(prediction)} and target ${formatShape(target)} would broadcast to ` +
      `${formatShape(common)}. Reshape one of them, or pass { broadcast: true }.`,
  );
}

/** One term for each element, reduced: the mean is over elements. */
export function reduceElements(terms: Tensor, { reduction = 'mean' }: LossOptions): Tensor {
  if (reduction === 'none') return terms;
  return reduction === 'sum' ? terms.sum() : terms.mean();
}

/** One term for each element, summed within each row over `axes`; the mean is over rows. */
export function reduceRows(
  terms: Tensor,
  axes: readonly number[],
  { reduction = 'mean' }: LossOptions,
): Tensor {
  if (reduction === 'none') return axes.length === 0 ? terms : terms.sum(axes);
  if (reduction === 'sum') return terms.sum();
  const rows = terms.shape.reduce((n, size, axis) => (axes.includes(axis) ? n : n * size), 1);
  return terms.sum().div(rows);
}
