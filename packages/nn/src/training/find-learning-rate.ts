// Training: which learning rate to begin with, found by trying all of them in one short run.

import { ArgumentError, rng } from '@retrograd/autograd';
import { checkBatchSize, checkSamples, inBatches, type Samples } from '../data/batches.js';
import type { Module } from '../module.js';
import { generatorStates } from './state.js';
import { type Learning, takeStep } from './step.js';

export interface FindLearningRateOptions<M extends Module = Module> extends Learning<M> {
  /** The rates at both ends of the search. Default: 1e-6 and 1. */
  from?: number;
  to?: number;
  /** How many rates are tried, evenly on a scale of logarithms. Default: 100. */
  steps?: number;
  /** Default: 32. */
  batchSize?: number;
  /** What the order of samples is drawn by. Default: 0. */
  seed?: number;
}

export interface LearningRates {
  /** The rates that were tried, rising; fewer than asked for if the loss ran away. */
  readonly rates: readonly number[];
  /** The loss of the step before each rate took effect, smoothed over the steps before. */
  readonly losses: readonly number[];
  /** The rate at which the loss fell fastest; NaN if it never fell. */
  readonly suggestion: number;
}

/** How much of the running mean is kept: about the last twenty steps count. */
const KEPT = 0.95;

/** The search is over when the loss is so many times the lowest. */
const RUNAWAY = 4;

/**
 * The range test of L. Smith, "Cyclical learning rates for training neural networks", 2017: steps at rates that grow from
 * one end to the other, until the loss runs away. Model, optimizer and generators are put back as they were.
 *
 * @throws ArgumentError unless 0 < from < to, and for fewer than 10 steps; what `train()` throws.
 */
export function findLearningRate<M extends Module>(
  model: M,
  samples: Samples,
  options: FindLearningRateOptions<M>,
): LearningRates {
  const { from = 1e-6, to = 1, steps = 100, batchSize = 32, seed = 0, optimizer } = options;
  if (!(from > 0 && from < to && to < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError(
      `findLearningRate: the rates are positive and from is below to, got ${from} and ${to}. Pass for example 1e-6 and 1.`,
    );
  }
  if (!Number.isInteger(steps) || steps < 10) {
    throw new ArgumentError(
      `findLearningRate: steps is a whole number of at least 10, got ${String(steps)}. Pass for example 100.`,
    );
  }
  checkBatchSize('findLearningRate', batchSize);
  const all = checkSamples('findLearningRate', samples);
  const restore = remembered(model, optimizer);
  const random = rng(seed);
  const rates: number[] = [];
  const losses: number[] = [];
  let [mean, lowest] = [0, Number.POSITIVE_INFINITY];
  try {
    while (rates.length < steps) {
      for (const batch of inBatches(all, batchSize, random)) {
        const k = rates.length;
        const rate = from * (to / from) ** (k / (steps - 1));
        optimizer.lr.assign(rate);
        const loss = takeStep('findLearningRate', model, options, batch, k === 0);
        mean = KEPT * mean + (1 - KEPT) * loss;
        const smooth = mean / (1 - KEPT ** (k + 1));
        if (!(smooth <= RUNAWAY * lowest) && k > 0)
          return { rates, losses, suggestion: steepest(rates, losses) };
        lowest = Math.min(lowest, smooth);
        rates.push(rate);
        losses.push(smooth);
        if (rates.length === steps) break;
      }
    }
    return { rates, losses, suggestion: steepest(rates, losses) };
  } finally {
    restore();
  }
}

function remembered<M extends Module>(model: M, optimizer: Learning<M>['optimizer']): () => void {
  const [weights, state, random] = [
    model.stateDict(),
    optimizer.stateDict(),
    generatorStates(model),
  ];
  return () => {
    model.loadStateDict(weights);
    optimizer.loadStateDict(state);
    for (const [name, generator] of model.namedGenerators()) generator.restore(random[name]);
    for (const cell of optimizer.parameters) cell.clearGrad();
  };
}

/** Where the loss falls most from one rate to the next, on the scale of logarithms. */
function steepest(rates: readonly number[], losses: readonly number[]): number {
  let [best, slope] = [Number.NaN, 0];
  for (let k = 1; k + 1 < losses.length; k++) {
    const own = losses[k + 1] - losses[k - 1];
    if (own < slope) [best, slope] = [rates[k], own];
  }
  return best;
}
