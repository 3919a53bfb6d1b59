// What losses have in common: how they are called, what they refuse, how their terms are reduced.

import {
  ArgumentError,
  DTypeError,
  Operand,
  peek,
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

/** A loss on a prediction and a target. */
export interface PairLoss<Extra extends object = object> {
  (prediction: Operand, target: Operand, options?: LossOptions<'mean' | 'sum'> & Extra): Tensor<[]>;
  (prediction: Operand, target: Operand, options?: LossOptions & Extra): Tensor<number[]>;
}

/** A loss on three tensors. */
export interface TripleLoss<Extra extends object = object> {
  (a: Operand, b: Operand, c: Operand, options?: LossOptions<'mean' | 'sum'> & Extra): Tensor<[]>;
  (a: Operand, b: Operand, c: Operand, options?: LossOptions & Extra): Tensor<number[]>;
}

/** A loss that the closed form knows. */
export interface Loss<Extra extends object = object> extends PairLoss<Extra> {
  /** Its name, by which the closed form knows it. */
  readonly lossName: LossName;
}

type Compute<Extra, Given extends readonly Tensor[]> = (
  ...args: [...Given, LossOptions & Extra]
) => Tensor;

/** A function as a loss: named, with its operands and its reduction checked at the door. */
function checked<Given extends readonly Tensor[]>(
  name: string,
  roles: readonly string[],
  compute: (...args: [...Given, LossOptions]) => Tensor,
): (...args: unknown[]) => Tensor {
  const loss = (...args: unknown[]): Tensor => {
    const options = (args[roles.length] ?? {}) as LossOptions;
    const { reduction = 'mean' } = options;
    if (reduction !== 'mean' && reduction !== 'sum' && reduction !== 'none') {
      throw new ArgumentError(
        `${name}: reduction is 'mean', 'sum' or 'none', got ${String(reduction)}. Pass one of these three.`,
      );
    }
    const tensors = roles.map((role, i) => tensorOf(name, role, args[i]));
    return compute(...(tensors as readonly Tensor[] as Given), options);
  };
  Object.defineProperty(loss, 'name', { value: name });
  return loss;
}

/** A loss on a prediction and a target. */
export function definePairLoss<Extra extends object = object>(
  name: string,
  compute: Compute<Extra, [prediction: Tensor, target: Tensor]>,
): PairLoss<Extra> {
  return checked(name, ['prediction', 'target'], compute as never) as PairLoss<Extra>;
}

/** A loss on three tensors, told what they are called. */
export function defineTripleLoss<Extra extends object = object>(
  name: string,
  roles: readonly [string, string, string],
  compute: Compute<Extra, [Tensor, Tensor, Tensor]>,
): TripleLoss<Extra> {
  return checked(name, roles, compute as never) as TripleLoss<Extra>;
}

/** A loss that the closed form knows by its name. */
export function defineLoss<Extra extends object = object>(
  lossName: LossName,
  compute: Compute<Extra, [prediction: Tensor, target: Tensor]>,
): Loss<Extra> {
  return Object.assign(definePairLoss(lossName, compute), { lossName });
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

/** @throws ShapeError unless all tensors have one shape, with rows along all axes but the last. */
export function checkRows(op: string, roles: readonly string[], tensors: readonly Tensor[]): Shape {
  const [{ shape }] = tensors;
  if (shape.length > 0 && tensors.every((x) => sameShape(x.shape, shape))) return shape;
  throw new ShapeError(
    `${op}: ${roles.join(' and ')} have one shape [..., features], got ` +
      `${tensors.map((x) => formatShape(x.shape)).join(' and ')}. Check that their rows belong together.`,
  );
}

/** @throws ArgumentError unless it is a number within what `rule` says. */
export function checkNumber(
  op: string,
  name: string,
  value: number,
  fits: (value: number) => boolean,
  rule: string,
): void {
  if (typeof value === 'number' && fits(value)) return;
  throw new ArgumentError(`${op}: ${name} is ${rule}, got ${String(value)}. Check ${name}.`);
}

/** @throws ArgumentError if an element of a target is none of `allowed`. What is traced has no elements to look at. */
export function checkValues(op: string, target: Tensor, allowed: readonly number[]): void {
  peek(target)?.forEach((value, i) => {
    if (allowed.includes(value)) return;
    throw new ArgumentError(
      `${op}: a target is ${allowed.slice(0, -1).join(', ')} or ${allowed[allowed.length - 1]}, ` +
        `got ${value} at element ${i}. Map the labels first.`,
    );
  });
}
