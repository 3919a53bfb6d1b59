// Training: one step. Forward, cost, backward, update.

import { ArgumentError, compile, NoPathError, type Tensor, TraceError } from '@retrograd/autograd';
import type { Batch } from '../data/batches.js';
import { formatShape } from '../errors.js';
import type { LossFunction } from '../losses/index.js';
import { refuseClosureOptimizer } from '../minimize/closure-optimizer.js';
import type { Module } from '../module.js';
import type { Optimizer } from '../optim/index.js';

/** What training minimises, and by what. */
export interface Learning<M extends Module = Module> {
  /**
   * The loss of predictions against targets, a single number. Whether it is a mean or a sum over the samples is its own
   * `reduction`: nothing here divides by anything.
   */
  loss: LossFunction;
  /** What moves the parameters. */
  optimizer: Optimizer;
  /**
   * What is added to the loss of each step, such as `(model) => l2(model, 0.01)`. The second argument is the number of
   * samples in the step: for J = (1/m) Σ L + (λ/2m) Σ θ² write `(model, m) => l2(model, lambda / m)`.
   */
  regularization?: (model: M, samples: number) => Tensor;
}

/**
 * One step on a batch.
 * @param op what messages begin with.
 * @param first whether to check that every parameter is reached.
 * @param beforeUpdate called when the gradients are complete.
 * @returns the cost J before the step: the loss and the regularization.
 * @throws ArgumentError for a cost that is not one number or an optimizer that needs a closure, NoPathError for a
 *   parameter without a gradient.
 */
export function takeStep<M extends Module>(
  op: string,
  model: M,
  learning: Learning<M>,
  batch: Batch,
  first: boolean,
  beforeUpdate?: () => void,
): number {
  if (first) refuseClosureOptimizer(op, learning.optimizer);
  const cost = costOf(op, model, learning, batch);
  if (first) backwardChecked(op, model, learning.optimizer, cost);
  else cost.backward();
  beforeUpdate?.();
  learning.optimizer.step();
  return cost.item();
}

/** Fewer steps are over before they could have been compiled. */
export const WORTH_COMPILING = 100;

export const warnOnConsole = (message: string): void => console.warn(message);

/** Steps from one rehearsal to the next: twice as many each time, from the least to the most. */
const [LEAST_BETWEEN, MOST_BETWEEN] = [16, 512];

/** How far the cost of a program may be from that of the function that it was made of: far more than rounding. */
const TOLERANCE = 1e-3;

/**
 * Steps as one program: forward, cost, backward and update, compiled for each size of a batch. If that is refused, or the
 * program turns out to compute something else than the function does by then, the steps from there on are plain ones,
 * and `warn` hears why, once.
 */
export function compiledStep<M extends Module>(
  op: string,
  model: M,
  learning: Learning<M>,
  warn: (message: string) => void,
): (batch: Batch) => number {
  const program = compile((batch: Batch): Tensor => {
    const cost = costOf(op, model, learning, batch);
    cost.backward();
    learning.optimizer.step();
    return cost;
  });
  let refused = false;
  const refuse = (why: string): void => {
    refused = true;
    warn(`${op}: the step runs without being compiled. ${why}`);
  };
  let [left, between] = [0, LEAST_BETWEEN];
  const stepOf = (batch: Batch): number => {
    if (left-- > 0) return program(batch).item();
    left = between;
    between = Math.min(2 * between, MOST_BETWEEN);
    const wanted = program.rehearse(batch).item();
    const cost = program(batch).item();
    if (differ(cost, wanted)) refuse(staleness(cost, wanted));
    return cost;
  };
  return (batch) => {
    if (refused) return takeStep(op, model, learning, batch, false);
    try {
      return stepOf(batch);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      refuse(error.message);
      return takeStep(op, model, learning, batch, false);
    }
  };
}

function differ(cost: number, wanted: number): boolean {
  if (!Number.isFinite(wanted)) return false;
  return !(Math.abs(cost - wanted) <= TOLERANCE * Math.max(Math.abs(cost), Math.abs(wanted)));
}

const staleness = (cost: number, wanted: number): string =>
  `Its program has the cost ${cost} where the functions that it was made of have ${wanted} by now: something that they ` +
  'read has changed since they were traced. Keep it in a variable, or pass { compile: false }.';

/** The cost J of a batch: the loss and the regularization. @throws ArgumentError for a cost that is not one number. */
export function costOf<M extends Module>(
  op: string,
  model: M,
  { loss, regularization }: Learning<M>,
  { x, y, weights }: Batch,
): Tensor {
  const prediction = model.forward(x);
  let cost =
    weights === undefined ? loss(prediction, y) : weightedLoss(op, loss, prediction, y, weights);
  if (regularization !== undefined) cost = cost.add(regularization(model, x.shape[0]));
  if (cost.size !== 1) {
    throw new ArgumentError(
      `${op}: a loss is a single number, got shape ${formatShape(cost.shape)}. ` +
        "Use the reduction 'mean' or 'sum', or reduce it with .mean().",
    );
  }
  return cost;
}

const BY_SAMPLE = { reduction: 'none' } as const;

/** Σ w ℓ / Σ w over the samples, ℓ being the mean of a sample's terms. */
function weightedLoss(
  op: string,
  loss: LossFunction,
  prediction: Tensor,
  y: Tensor,
  weights: Tensor,
): Tensor {
  const terms = loss(prediction, y, BY_SAMPLE);
  const [count] = weights.shape;
  if (terms.shape[0] !== count) {
    throw new ArgumentError(
      `${op}: where samples have weights, a loss gives a term for each, got shape ${formatShape(terms.shape)} for ` +
        `${count} samples. Return terms when it is called with { reduction: 'none' }.`,
    );
  }
  const rest = terms.shape.map((_, axis) => axis).slice(1);
  const bySample = rest.length === 0 ? terms : terms.mean(rest);
  const own = weights.cast(bySample.dtype);
  return bySample.mul(own).sum().div(own.sum());
}

function backwardChecked(op: string, model: Module, optimizer: Optimizer, cost: Tensor): void {
  let cut = '';
  if (cost.requiresGrad) cost.backward();
  else cut = ' (the loss depends on no parameter at all)';
  const unreached = optimizer.parameters.filter((cell) => cell.requiresGrad && cell.grad === null);
  if (unreached.length === 0 && cut === '') return;
  const names = new Map(model.namedParameters().map(([name, cell]) => [cell, name]));
  const shown = unreached.map(
    (cell) => names.get(cell) ?? `parameter ${optimizer.parameters.indexOf(cell)} of the optimizer`,
  );
  for (const cell of optimizer.parameters) cell.clearGrad();
  throw new NoPathError(
    `${op}: the loss reaches every parameter that is trained, got no gradient for ${shown.join(', ')}${cut}. ` +
      'Use it in forward, look for detach() or noGrad on the way, or freeze it with requiresGrad = false.',
  );
}
