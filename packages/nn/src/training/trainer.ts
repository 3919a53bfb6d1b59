// Training: for samples that arrive over time, a call for each.

import { type Operand, ShapeError, type Tensor } from '@retrograd/autograd';
import type { Module } from '../module.js';
import { type Learning, takeStep } from './step.js';

/** A model that learns as samples arrive. */
export interface Trainer<M extends Module = Module> {
  readonly model: M;
  readonly optimizer: Learning<M>['optimizer'];
  /** How many steps have been taken. */
  readonly iterations: number;
  /**
   * One step on one sample, x of shape [features] with y its target (a scalar class index, or [outputs]); or on a batch
   * of samples, [N, …] each.
   * @returns the cost before the step.
   * @throws ShapeError unless x and y have as many rows; NoPathError if the first step leaves a parameter without a
   *   gradient.
   */
  step(x: Operand, y: Operand): number;
}

/**
 * Training from samples that arrive one by one, or in batches of any size.
 *
 * ```ts
 * const learner = trainer(model, { loss: crossEntropy, optimizer: sgd(model.parameters(), { lr: 0.1 }) });
 * stream.on('sample', ({ x, y }) => learner.step(tensor(x), tensor(y, { dtype: 'int32' })));
 * ```
 */
export function trainer<M extends Module>(model: M, learning: Learning<M>): Trainer<M> {
  let iterations = 0;
  return {
    model,
    optimizer: learning.optimizer,
    get iterations() {
      return iterations;
    },
    step(x, y) {
      const loss = takeStep('trainer', model, learning, batchOf(x, y), iterations === 0);
      iterations++;
      return loss;
    },
  };
}

/** A single sample becomes a batch of one. */
function batchOf(x: Operand, y: Operand): { x: Tensor; y: Tensor } {
  const [input, target] = [x.detach() as Tensor, y.detach() as Tensor];
  if (input.rank === 1) {
    return { x: input.unsqueeze(0) as Tensor, y: target.unsqueeze(0) as Tensor };
  }
  if (input.rank === 0 || target.rank === 0 || input.shape[0] !== target.shape[0]) {
    throw new ShapeError(
      'trainer: step takes one sample, x of shape [features], or a batch with as many rows in x as in y, ' +
        `got x [${input.shape.join(', ')}] and y [${target.shape.join(', ')}]. Give each sample one row in both.`,
    );
  }
  return { x: input, y: target };
}
