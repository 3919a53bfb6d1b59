// Training: all that it takes to go on where it was left.

import type { GeneratorState } from '@retrograd/autograd';
import { StateError } from '../errors.js';
import type { Module, StateDict } from '../module.js';
import type { Optimizer, OptimizerState } from '../optim/index.js';
import type { BestState } from './early-stopping.js';
import type { TrainHistory } from './options.js';

/** Where training stands after a pass: plain data, besides tensors. */
export interface TrainingState {
  readonly epoch: number;
  readonly iteration: number;
  readonly model: StateDict;
  readonly optimizer: OptimizerState;
  /** What the model draws from, by name. */
  readonly generators: Readonly<Record<string, GeneratorState>>;
  readonly history: TrainHistory;
  /** What early stopping has seen; null without it. */
  readonly best: BestState | null;
}

export function generatorStates(model: Module): Record<string, GeneratorState> {
  return Object.fromEntries(model.namedGenerators().map(([name, own]) => [name, own.snapshot()]));
}

/**
 * Puts model, optimizer and generators where they were.
 * @throws StateError for a state of another model or optimizer.
 */
export function takeUp(state: TrainingState, model: Module, optimizer: Optimizer): void {
  const generators = model.namedGenerators();
  const missing = generators.filter(([name]) => state.generators[name] === undefined);
  if (missing.length > 0) {
    throw new StateError(
      `train: a state to resume from has the model's generators, got none for ${missing.map(([name]) => name).join(', ')}. ` +
        'Build the model that it was kept of.',
    );
  }
  model.loadStateDict(state.model);
  optimizer.loadStateDict(state.optimizer);
  for (const [name, own] of generators) own.restore(state.generators[name]);
}
