// Training: steps over samples, pass by pass, until something says stop.

import { type GeneratorState, noGrad, rng, type Tensor, type Variable } from '@retrograd/autograd';
import { type Batch, inBatches, type Samples } from '../data/batches.js';
import type { Module } from '../module.js';
import { BestKeeper } from './early-stopping.js';
import { evaluate } from './evaluate.js';
import { gradientProblem } from './health.js';
import { append, type Mutable, mergeHistory } from './history.js';
import { NaNWatch } from './nan.js';
import { GradientWatch } from './observe.js';
import {
  type EpochFigures,
  type Plan,
  planOf,
  type TrainHistory,
  type TrainOptions,
  type TrainReport,
} from './options.js';
import { type Parts, partsOf } from './samples.js';
import { generatorStates, type TrainingState, takeUp } from './state.js';
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
  const parts = partsOf(samples, options);
  const plan = planOf(options, parts.training.x.shape[0]);
  return new Training(model, parts, options, plan).run();
}

class Training<M extends Module> {
  readonly #model: M;
  readonly #parts: Parts;
  readonly #options: TrainOptions<M>;
  readonly #plan: Plan;
  readonly #history: Mutable<TrainHistory>;
  readonly #keeper: BestKeeper | null;
  readonly #watch: GradientWatch | null;
  readonly #compiled: ((batch: Batch) => number) | null;
  readonly #nan: NaNWatch<M>;
  readonly #warn: (message: string) => void;
  readonly #start = performance.now();
  #lastPause = this.#start;
  #lowest = Number.POSITIVE_INFINITY;
  #iteration = 0;
  #epoch = 0;

  constructor(model: M, parts: Parts, options: TrainOptions<M>, plan: Plan) {
    this.#model = model;
    this.#parts = parts;
    this.#options = options;
    this.#plan = plan;
    const { earlyStopping, observe = false } = options;
    this.#keeper = earlyStopping === undefined ? null : new BestKeeper(model, earlyStopping);
    this.#watch = observe ? new GradientWatch(model) : null;
    this.#nan = new NaNWatch('train', model, options, (order) => this.#passesFrom(order));
    this.#warn = options.onWarning ?? warnOnConsole;
    this.#compiled = this.#compile();
    this.#history = this.#emptyHistory();
  }

  #emptyHistory(): Mutable<TrainHistory> {
    const names = Object.keys(this.#options.metrics ?? {});
    const rows = () => Object.fromEntries(names.map((name) => [name, []]));
    return {
      loss: [],
      validationLoss: [],
      metrics: rows(),
      validationMetrics: this.#parts.validation === null ? {} : rows(),
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
      this.#resume();
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

  /** Goes on from a state, if there is one. */
  #resume(): void {
    const { resume, optimizer } = this.#options;
    if (resume === undefined) return;
    takeUp(resume, this.#model, optimizer);
    this.#epoch = resume.epoch;
    this.#iteration = resume.iteration;
    mergeHistory(this.#history, resume.history);
    if (resume.best !== null) this.#keeper?.resume(resume.best);
    const { loss, validationLoss } = this.#history;
    const watched = this.#parts.validation === null ? loss : validationLoss;
    this.#lowest = Math.min(...watched.filter((value) => !Number.isNaN(value)));
  }

  #state(): TrainingState {
    return {
      epoch: this.#epoch,
      iteration: this.#iteration,
      model: this.#model.stateDict(),
      optimizer: this.#options.optimizer.stateDict(),
      generators: generatorStates(this.#model),
      history: structuredClone(this.#history),
      best: this.#keeper?.state ?? null,
    };
  }

  async #passes(): Promise<TrainReport['stopped']> {
    const { iterations, endsByIterations, shuffle } = this.#plan;
    const { seed = 0, threshold } = this.#options;
    const random = shuffle ? rng(seed) : null;
    // The orders of the passes that were before.
    for (let k = 0; k < this.#epoch; k++) random?.permutation(this.#parts.training.x.shape[0]);
    const { parameters } = this.#options.optimizer;
    while (this.#iteration < iterations) {
      this.#epoch++;
      const before = threshold === undefined ? [] : parameters.map((cell) => cell.value);
      const { figures, whole } = await this.#pass(random);
      const watched = this.#parts.validation === null ? figures.loss : figures.validationLoss;
      const outOfPatience = this.#keeper?.observe(this.#epoch, watched) ?? false;
      const asked = await this.#callBack(figures, watched);
      if (whole && threshold !== undefined) {
        const change = largestChange(parameters, before);
        this.#history.change.push(change);
        if (change < threshold) return 'threshold';
      }
      if (outOfPatience) return 'early';
      if (asked) return 'callback';
    }
    return endsByIterations ? 'iterations' : 'epochs';
  }

  /** @returns whether a callback wants training to stop. */
  async #callBack(figures: EpochFigures, watched: number): Promise<boolean> {
    const best = watched < this.#lowest;
    if (best) this.#lowest = watched;
    let stop = false;
    for (const callback of this.#options.callbacks ?? []) {
      const answer = await callback({
        epoch: this.#epoch,
        iteration: this.#iteration,
        figures,
        best,
        model: this.#model,
        optimizer: this.#options.optimizer,
        state: () => this.#state(),
      });
      stop ||= answer === 'stop';
    }
    return stop;
  }

  /** The batches of all passes from a place in their order on. */
  *#passesFrom(order: GeneratorState | null): Generator<Batch> {
    const random = order === null ? null : rng(this.#options.seed ?? 0);
    if (order !== null) random?.restore(order);
    for (;;) yield* inBatches(this.#parts.training, this.#plan.batchSize, random);
  }

  /** One pass over all samples, or as much of it as MAX allows. */
  async #pass(
    random: ReturnType<typeof rng> | null,
  ): Promise<{ figures: EpochFigures; whole: boolean }> {
    const { batchSize, iterations } = this.#plan;
    const { training } = this.#parts;
    const [count] = training.x.shape;
    let [sum, seen] = [0, 0];
    this.#nan.begin(this.#iteration, random);
    for (const batch of inBatches(training, batchSize, random)) {
      const rows = batch.x.shape[0];
      const loss = this.#step(batch);
      this.#iteration++;
      const broken = this.#nan.observe(this.#iteration, loss);
      if (broken !== null) this.#warn(broken);
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
    const { compile = pays } = this.#options;
    if (!compile) return null;
    if (this.#watch === null) return compiledStep('train', this.#model, this.#options, this.#warn);
    this.#warn(
      'train: the step runs without being compiled. It is observed, which reads gradients in the middle of it; ' +
        'leave out observe or compile.',
    );
    return null;
  }

  /** The first step is a plain one, which checks that every parameter is reached. */
  #step(batch: Batch): number {
    // A training that goes on has had its plain step.
    const first = this.#iteration === 0;
    if (this.#compiled !== null && !first) return this.#compiled(batch);
    return takeStep('train', this.#model, this.#options, batch, first, () => {
      this.#watch?.measureWeights();
      const problem = first ? gradientProblem('train', this.#model) : null;
      if (problem !== null) this.#warn(problem);
    });
  }

  /** Evaluates the model after a pass and writes the figures down. */
  #endPass(loss: number): EpochFigures {
    const { loss: lossOf, metrics = {} } = this.#options;
    const { training, validation } = this.#parts;
    const model = this.#model;
    const wanted = Object.keys(metrics).length > 0;
    const own = wanted ? evaluate(model, training, { metrics }).metrics : {};
    const other =
      validation === null ? null : evaluate(model, validation, { loss: lossOf, metrics });
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

/** max |Δ| over all elements of all cells; NaN if any change is NaN, 0 without elements. */
function largestChange(cells: readonly Variable[], before: readonly Tensor[]): number {
  return noGrad(() =>
    cells.reduce((largest, cell, i) => {
      if (cell.size === 0) return largest;
      return Math.max(largest, cell.value.sub(before[i]).abs().max().item());
    }, 0),
  );
}
