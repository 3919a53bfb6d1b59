// Training: steps over samples, pass by pass, until something says stop.

import { noGrad, rng, type Tensor, type Variable } from '@retrograd/autograd';
import { type Batch, checkSamples, inBatches, type Samples } from '../data/batches.js';
import type { Module } from '../module.js';
import { BestKeeper } from './early-stopping.js';
import { evaluate } from './evaluate.js';
import { GradientWatch } from './observe.js';
import {
  type EpochFigures,
  type Plan,
  planOf,
  type TrainHistory,
  type TrainOptions,
  type TrainReport,
} from './options.js';
import { compiledStep, takeStep, WORTH_COMPILING, warnOnConsole } from './step.js';

/** How long work goes on, in milliseconds, before others (a browser's page, timers) get their turn. */
const SLICE = 50;

/**
 * Trains a model: steps over batches of samples, pass by pass, until the passes, MAX, the ε rule or early stopping end
 * it. With a seed, the same bits every time. Now and then it lets go of the thread, so that a page stays alive.
 *
 * ```ts
 * const report = await train(model, { x, y }, { loss: crossEntropy, optimizer: adam(model.parameters()), epochs: 50 });
 * report.history.loss;                       // an entry for each pass
 * ```
 *
 * Plain batch gradient descent, W ← W − α Σᵢ δⁱ(aⁱ)ᵀ, is `mode: 'batch'`, `sgd` with lr α, and a loss with the
 * reduction 'sum'; with 'mean' the step is (α/m) Σᵢ.
 *
 * @throws ShapeError unless x and y have as many rows; ArgumentError for options out of range, no samples, or a loss
 *   that is not a single number; NoPathError if the first step leaves a parameter without a gradient.
 */
export async function train<M extends Module>(
  model: M,
  samples: Samples,
  options: TrainOptions<M>,
): Promise<TrainReport> {
  const all = checkSamples('train', samples);
  const training = new Training(model, all, options, planOf(options, all.x.shape[0]));
  return training.run();
}

class Training<M extends Module> {
  readonly #model: M;
  readonly #samples: Batch;
  readonly #options: TrainOptions<M>;
  readonly #plan: Plan;
  readonly #history: Mutable<TrainHistory>;
  readonly #keeper: BestKeeper | null;
  readonly #watch: GradientWatch | null;
  readonly #compiled: ((batch: Batch) => number) | null;
  readonly #start = performance.now();
  #lastPause = this.#start;
  #iteration = 0;
  #epoch = 0;

  constructor(model: M, samples: Batch, options: TrainOptions<M>, plan: Plan) {
    this.#model = model;
    this.#samples = samples;
    this.#options = options;
    this.#plan = plan;
    const { earlyStopping, metrics = {}, validation, observe = false } = options;
    if (validation !== undefined) checkSamples('train', validation);
    this.#keeper = earlyStopping === undefined ? null : new BestKeeper(model, earlyStopping);
    this.#watch = observe ? new GradientWatch(model) : null;
    this.#compiled = this.#compile();
    const rows = () => Object.fromEntries(Object.keys(metrics).map((name) => [name, []]));
    this.#history = {
      loss: [],
      validationLoss: [],
      metrics: rows(),
      validationMetrics: validation === undefined ? {} : rows(),
      change: [],
      layers: this.#watch?.layers ?? [],
    };
  }

  async run(): Promise<TrainReport> {
    const wasTraining = this.#model.training;
    const modules = wasTraining ? [] : this.#model.modules().filter((module) => !module.training);
    try {
      if (!wasTraining) this.#model.train();
      for (const cell of this.#options.optimizer.parameters) cell.clearGrad();
      const stopped = await this.#passes();
      this.#keeper?.restore();
      return {
        epochs: this.#epoch,
        iterations: this.#iteration,
        stopped,
        history: this.#history,
        best: this.#keeper?.best ?? null,
        elapsed: performance.now() - this.#start,
      };
    } finally {
      for (const module of modules) module.training = false;
      this.#watch?.end();
    }
  }

  async #passes(): Promise<TrainReport['stopped']> {
    const { iterations, endsByIterations, shuffle } = this.#plan;
    const { seed = 0, threshold } = this.#options;
    const random = shuffle ? rng(seed) : null;
    const { parameters } = this.#options.optimizer;
    while (this.#iteration < iterations) {
      this.#epoch++;
      const before = parameters.map((cell) => cell.value);
      const { figures, whole } = await this.#pass(random);
      const { loss, validationLoss } = figures;
      const watched = this.#options.validation === undefined ? loss : validationLoss;
      const outOfPatience = this.#keeper?.observe(this.#epoch, watched) ?? false;
      if (whole && threshold !== undefined) {
        const change = largestChange(parameters, before);
        this.#history.change.push(change);
        if (change < threshold) return 'threshold';
      }
      if (outOfPatience) return 'early';
    }
    return endsByIterations ? 'iterations' : 'epochs';
  }

  /** One pass over all samples, or as much of it as MAX allows. */
  async #pass(
    random: ReturnType<typeof rng> | null,
  ): Promise<{ figures: EpochFigures; whole: boolean }> {
    const { batchSize, iterations } = this.#plan;
    const [count] = this.#samples.x.shape;
    let [sum, seen] = [0, 0];
    for (const batch of inBatches(this.#samples, batchSize, random)) {
      const rows = batch.x.shape[0];
      const loss = this.#step(batch);
      this.#iteration++;
      sum += loss * rows;
      seen += rows;
      const ends = seen === count || this.#iteration === iterations;
      const figures = ends ? this.#endPass(sum / seen) : null;
      await this.#tell(loss, figures);
      if (figures !== null) return { figures, whole: seen === count };
    }
    throw new Error('unreachable: a pass has at least one batch');
  }

  /** The step as a program, if it is wanted and can be: an observer reads gradients in the middle of each step. */
  #compile(): ((batch: Batch) => number) | null {
    const pays = this.#plan.iterations >= WORTH_COMPILING && this.#watch === null;
    const { compile = pays, onWarning = warnOnConsole } = this.#options;
    if (!compile) return null;
    if (this.#watch === null) return compiledStep('train', this.#model, this.#options, onWarning);
    onWarning(
      'train: the step runs without being compiled. It is observed, which reads gradients in the middle of it; ' +
        'leave out observe or compile.',
    );
    return null;
  }

  /** The first step is a plain one, which checks that every parameter is reached. */
  #step(batch: Batch): number {
    const first = this.#iteration === 0;
    if (this.#compiled !== null && !first) return this.#compiled(batch);
    const watch = this.#watch;
    const measure = watch === null ? undefined : () => watch.measureWeights();
    return takeStep('train', this.#model, this.#options, batch, first, measure);
  }

  /** Evaluates the model after a pass and writes the figures down. */
  #endPass(loss: number): EpochFigures {
    const { loss: lossOf, metrics = {}, validation } = this.#options;
    const model = this.#model;
    const wanted = Object.keys(metrics).length > 0;
    const own = wanted ? evaluate(model, this.#samples, { metrics }).metrics : {};
    const other =
      validation === undefined ? null : evaluate(model, validation, { loss: lossOf, metrics });
    const history = this.#history;
    history.loss.push(loss);
    append(history.metrics, own);
    if (other !== null) {
      history.validationLoss.push(other.loss);
      append(history.validationMetrics, other.metrics);
    }
    this.#watch?.endEpoch();
    return {
      loss,
      validationLoss: other?.loss ?? Number.NaN,
      metrics: own,
      validationMetrics: other?.metrics ?? {},
    };
  }

  /** Tells how far training is, and lets go of the thread if it is time. */
  async #tell(loss: number, epochEnd: EpochFigures | null): Promise<void> {
    const { onProgress } = this.#options;
    const now = performance.now();
    if (onProgress !== undefined) {
      const { epochs, iterations } = this.#plan;
      const elapsed = now - this.#start;
      const remaining = (elapsed / this.#iteration) * (iterations - this.#iteration);
      const iteration = this.#iteration;
      const epoch = this.#epoch;
      await onProgress({
        epoch,
        epochs,
        iteration,
        iterations,
        loss,
        elapsed,
        remaining,
        epochEnd,
      });
    }
    if (now - this.#lastPause < SLICE) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#lastPause = performance.now();
  }
}

/** The history while it is being written. */
type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends readonly number[]
    ? number[]
    : T[K] extends Readonly<Record<string, readonly number[]>>
      ? Record<string, number[]>
      : T[K];
};

function append(
  history: Readonly<Record<string, number[]>>,
  figures: Readonly<Record<string, number>>,
): void {
  for (const [name, value] of Object.entries(figures)) history[name].push(value);
}

/** max |Δ| over all elements of all cells; NaN if any change is NaN, 0 without elements. */
function largestChange(cells: readonly Variable[], before: readonly Tensor[]): number {
  return noGrad(() =>
    cells.reduce((largest, cell, i) => {
      if (cell.size === 0) return largest;
      return Math.max(largest, cell.value.sub(before[i]).abs().max().item());
    }, 0),
  );
}
