// Training: what it is told, what it tells while it runs, and what it reports at the end.

import { ArgumentError } from '@retrograd/autograd';
import { checkBatchSize, type Samples } from '../data/batches.js';
import type { Module } from '../module.js';
import type { TrainCallback } from './callbacks.js';
import type { EarlyStopping } from './early-stopping.js';
import type { Metric } from './evaluate.js';
import type { LayerNorms } from './observe.js';
import type { TrainingState } from './state.js';
import type { Learning } from './step.js';

/** How many samples a step takes: all, some, or one. */
export type TrainMode = 'batch' | 'mini-batch' | 'stochastic';

export interface TrainOptions<M extends Module = Module> extends Learning<M> {
  /**
   * `batch`: one step on all samples, in their order. `mini-batch`: a step on every `batchSize` of them. `stochastic`: a
   * step on every single one. Default: mini-batch.
   */
  mode?: TrainMode;
  /** Of mini-batches; the last of a pass has what is left. Default: 32. */
  batchSize?: number;
  /** Passes over all samples, at most. Default: 100, or as many as `maxIterations` takes. */
  epochs?: number;
  /** MAX: steps, at most. */
  maxIterations?: number;
  /**
   * ε: stops when max |ΔW|, |Δb| < ε, Δ being the change of the parameters over one pass over all samples (in batch
   * mode, one iteration).
   */
  threshold?: number;
  /**
   * Samples that aren't trained on, evaluated after every pass: some of their own, or a fraction of those given, drawn by
   * the seed (of each class its share, where the targets are class indices).
   */
  validation?: Samples | number;
  /**
   * How much each class counts, where the targets are class indices: a weight for each, or `balanced`, by which all count
   * alike. Multiplied by the weights of the samples, if they have any.
   */
  classWeights?: ArrayLike<number> | 'balanced';
  /** Stops when the validation loss (without validation: the training loss) gets no better. */
  earlyStopping?: EarlyStopping;
  /** Whether samples come in a new order in each pass; not in batch mode. Default: true. */
  shuffle?: boolean;
  /** What that order is drawn by. Default: 0. */
  seed?: number;
  /** Figures to be computed after every pass, of the training and the validation samples. */
  metrics?: Readonly<Record<string, Metric>>;
  /** Called after every pass, in their order. */
  callbacks?: readonly TrainCallback[];
  /** Goes on from a state that a callback was given: model, optimizer, order of samples and random draws. */
  resume?: TrainingState;
  /** Called after every iteration, and waited for if it returns a promise. */
  onProgress?: (event: TrainProgress) => void | Promise<void>;
  /** Records the norms of δˡ and of ∂J/∂Wˡ of every dense layer, in `history.layers`. Default: false. */
  observe?: boolean;
  /**
   * Runs each step but the first as one compiled program. What changes from step to step is then a variable or a draw
   * from a generator; numbers of JavaScript that the loss or the model close over are kept as they were. Now and then a
   * step is rehearsed without the program: if its cost is another one, or if the step can't be traced, steps run plainly
   * from there on, and `onWarning` hears why. Default: true, unless steps are observed or there are too few of them for
   * compiling to pay.
   */
  compile?: boolean;
  /** Hears what looks wrong, once each. Default: `console.warn`. */
  onWarning?: (message: string) => void;
}

/** What a pass over all samples has come to. */
export interface EpochFigures {
  /** The cost J of the pass's iterations, each before its update, regularization included: their mean by samples. */
  readonly loss: number;
  /** The loss of the validation samples after the pass, without regularization; NaN without validation. */
  readonly validationLoss: number;
  /** Of the training samples, after the pass. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Of the validation samples, after the pass. */
  readonly validationMetrics: Readonly<Record<string, number>>;
}

/** Where training stands after an iteration. */
export interface TrainProgress {
  /** The pass that the iteration belongs to, from 1. */
  readonly epoch: number;
  /** Passes at most. */
  readonly epochs: number;
  /** From 1, counted through all passes. */
  readonly iteration: number;
  /** Iterations at most. */
  readonly iterations: number;
  /** The cost J of this iteration's samples, before its update. */
  readonly loss: number;
  /** Milliseconds since training began. */
  readonly elapsed: number;
  /** Milliseconds that the iterations left will take, at the pace so far. */
  readonly remaining: number;
  /** What the pass has come to, after its last iteration; null before. */
  readonly epochEnd: EpochFigures | null;
}

/** Figures of all passes, an entry each; NaN and ∞ stand where they occurred. */
export interface TrainHistory {
  /** See `EpochFigures`. */
  readonly loss: readonly number[];
  /** Empty without validation. */
  readonly validationLoss: readonly number[];
  readonly metrics: Readonly<Record<string, readonly number[]>>;
  /** Empty without validation. */
  readonly validationMetrics: Readonly<Record<string, readonly number[]>>;
  /** max |ΔW|, |Δb| over each whole pass; empty without a threshold. */
  readonly change: readonly number[];
  /** The norms of each dense layer's gradients; empty unless observed. */
  readonly layers: readonly LayerNorms[];
}

export interface TrainReport {
  /** Passes that were begun; MAX can cut the last one short. */
  readonly epochs: number;
  readonly iterations: number;
  /** What ended training: the passes, MAX, the ε rule, early stopping, or a callback. */
  readonly stopped: 'epochs' | 'iterations' | 'threshold' | 'early' | 'callback';
  readonly history: TrainHistory;
  /** The best pass, from 1, and its loss as early stopping saw it; null without early stopping, or if all were NaN. */
  readonly best: { readonly epoch: number; readonly loss: number } | null;
  /** Milliseconds. */
  readonly elapsed: number;
}

/** How much training there will be at most. */
export interface Plan {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly epochs: number;
  readonly iterations: number;
  /** Whether MAX ends training, rather than the number of passes. */
  readonly endsByIterations: boolean;
}

const MODES: readonly TrainMode[] = ['batch', 'mini-batch', 'stochastic'];
const DEFAULT_EPOCHS = 100;

/** @throws ArgumentError for options out of range, naming the option. */
export function planOf<M extends Module>(options: TrainOptions<M>, samples: number): Plan {
  const { mode = 'mini-batch', batchSize = 32, maxIterations, threshold } = options;
  if (!MODES.includes(mode)) {
    throw new ArgumentError(
      `train: mode is one of ${MODES.join(', ')}, got '${String(mode)}'. Pass one of these three.`,
    );
  }
  checkBatchSize('train', batchSize);
  checkCount('epochs', options.epochs);
  checkCount('maxIterations', maxIterations);
  if (threshold !== undefined && !(threshold >= 0)) {
    throw new ArgumentError(
      `train: threshold is a number of at least 0, got ${String(threshold)}. Pass the ε of the stop rule.`,
    );
  }
  if (samples === 0) {
    throw new ArgumentError(
      'train: needs at least one sample, got none. Check what x and y were made of.',
    );
  }
  const size = mode === 'batch' ? samples : mode === 'stochastic' ? 1 : batchSize;
  const perEpoch = Math.ceil(samples / size);
  const enough = Math.ceil((maxIterations ?? 0) / perEpoch);
  const epochs = options.epochs ?? (maxIterations === undefined ? DEFAULT_EPOCHS : enough);
  const iterations = Math.min(epochs * perEpoch, maxIterations ?? Number.POSITIVE_INFINITY);
  return {
    batchSize: size,
    shuffle: mode !== 'batch' && (options.shuffle ?? true),
    epochs: Math.ceil(iterations / perEpoch),
    iterations,
    endsByIterations: iterations === maxIterations,
  };
}

function checkCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return;
  throw new ArgumentError(
    `train: ${name} is a whole number of at least 0, got ${String(value)}. Check the option.`,
  );
}
