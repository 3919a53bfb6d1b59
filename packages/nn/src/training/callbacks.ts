// Training: what may be done after every pass, and a few things that often are.

import { ArgumentError } from '@retrograd/autograd';
import type { Module } from '../module.js';
import type { Optimizer } from '../optim/index.js';
import type { EpochFigures } from './options.js';
import type { TrainingState } from './state.js';

/** A pass that is over. */
export interface EpochEvent {
  /** From 1. */
  readonly epoch: number;
  /** Steps taken so far. */
  readonly iteration: number;
  readonly figures: EpochFigures;
  /** Whether no pass before had a lower loss: of validation where there is any, of training otherwise. */
  readonly best: boolean;
  readonly model: Module;
  readonly optimizer: Optimizer;
  /** All that training needs to go on from here with the same bits: `train(…, { resume: state })`. */
  state(): TrainingState;
}

/** Called after every pass, and waited for; `stop` ends training. */
// biome-ignore lint/suspicious/noConfusingVoidType: a callback that returns nothing is one of type void.
export type TrainCallback = (event: EpochEvent) => void | 'stop' | Promise<void | 'stop'>;

export interface CheckpointOptions {
  /** Every how many passes. Default: 1. */
  every?: number;
  /** Only passes that are the best so far. Default: false. */
  onlyBest?: boolean;
}

/**
 * Hands the state over after passes, to be kept: `checkpoint((state) => saved = state, { onlyBest: true })`.
 * @throws ArgumentError unless `every` is a whole number of at least 1.
 */
export function checkpointing(
  keep: (state: TrainingState, event: EpochEvent) => void | Promise<void>,
  options: CheckpointOptions = {},
): TrainCallback {
  const { every = 1, onlyBest = false } = options;
  if (!Number.isInteger(every) || every < 1) {
    throw new ArgumentError(
      `checkpointing: every is a whole number of at least 1, got ${String(every)}. Pass how many passes lie between.`,
    );
  }
  return async (event) => {
    if (event.epoch % every === 0 && (event.best || !onlyBest)) await keep(event.state(), event);
  };
}

/** The figures of a pass by the names of their columns. */
function figuresOf({ epoch, iteration, figures, optimizer }: EpochEvent): Record<string, number> {
  const { loss, validationLoss, metrics, validationMetrics } = figures;
  const named = (prefix: string, values: Readonly<Record<string, number>>) =>
    Object.entries(values).map(([name, value]): [string, number] => [prefix + name, value]);
  return Object.fromEntries([
    ['epoch', epoch],
    ['iteration', iteration],
    ['lr', optimizer.lr.value.item()],
    ['loss', loss],
    ...(Number.isNaN(validationLoss) ? [] : [['validationLoss', validationLoss] as const]),
    ...named('', metrics),
    ...named('validation.', validationMetrics),
  ]);
}

/** Writes a line of JSON after every pass: `{"epoch":1,"iteration":8,"lr":0.01,"loss":0.69,…}`. NaN and ∞ are null. */
export function logJsonLines(write: (line: string) => void): TrainCallback {
  return (event) => write(`${JSON.stringify(figuresOf(event))}\n`);
}

/** Writes a line of CSV after every pass, and the names of the columns before the first. */
export function logCsv(write: (line: string) => void): TrainCallback {
  let begun = false;
  return (event) => {
    const figures = figuresOf(event);
    if (!begun) write(`${Object.keys(figures).map(quoted).join()}\n`);
    begun = true;
    write(`${Object.values(figures).join()}\n`);
  };
}

const quoted = (name: string): string =>
  /[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
