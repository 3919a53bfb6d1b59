// Training: for samples that arrive over time, a call for each.

import { type Operand, ShapeError, type Tensor } from '@retrograd/autograd';
import type { Module } from '../module.js';
import { compiledStep, type Learning, takeStep, WORTH_COMPILING, warnOnConsole } from './step.js';

export interface TrainerOptions<M extends Module = Module> extends Learning<M> {
  /**
   * Whether steps run as compiled programs, one for each size of a batch; see the option of `train()`. Default: from
   * the hundredth step on.
   */
  compile?: boolean;
  /** Hears once why steps are not compiled although they should be. Default: `console.warn`. */
  onWarning?: (message: string) => void;
}

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
export function trainer<M extends Module>(model: M, options: TrainerOptions<M>): Trainer<M> {
  const { compile, onWarning = warnOnConsole } = options;
  // The first step is a plain one, which checks that every parameter is reached.
  const plainSteps =
    compile === undefined ? WORTH_COMPILING : compile ? 1 : Number.POSITIVE_INFINITY;
  const compiled = compiledStep('trainer', model, options, onWarning);
  let iterations = 0;
  return {
    model,
    optimizer: options.optimizer,
    get iterations() {
      return iterations;
    },
    step(x, y) {
      const batch = batchOf(x, y);
      const loss =
        iterations < plainSteps
          ? takeStep('trainer', model, options, batch, iterations === 0)
          : compiled(batch);
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
