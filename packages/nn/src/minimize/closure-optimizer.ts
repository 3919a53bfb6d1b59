// Minimisation: optimizers of a model that call a closure as often as they need to.

import { ArgumentError, ShapeError, type Tensor, type Variable } from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { checkNames, checkParameters } from '../optim/checks.js';
import { CellVector, type Closure } from './cells.js';
import type { Evaluations, Outcome } from './objective.js';
import { limitsOf, type StopOptions } from './options.js';
import { type Limits, MinimizeReport } from './report.js';
import { maxAbs } from './vectors.js';

/** When each step ends. */
export interface ClosureOptimizerOptions extends StopOptions {
  /** Iterations of one step at most. Default: 20. */
  maxIterations?: number;
}

export type State = Readonly<Record<string, Tensor>>;

/** A method with what it keeps between steps. */
export interface Method {
  readonly name: string;
  readonly leastSquares: boolean;
  run(cells: CellVector, closure: Closure, limits: Limits): [Outcome, Evaluations];
  /** State of `size` unknowns, as tensors. */
  save(size: number): State;
  load(state: State): void;
}

/**
 * Moves parameters by a method that evaluates the loss several times a step, at points of its own choice. Made by
 * `lbfgs`, `newtonCG` and `levenbergMarquardt`.
 *
 * ```ts
 * const optimizer = lbfgs(model.parameters());
 * for (let i = 0; i < 10; i++) optimizer.step(() => crossEntropy(model.forward(x), y));
 * ```
 *
 * The closure must compute the same each time, apart from the parameters: on all samples at once, without dropout.
 * `train` and `trainer`, which step down a gradient once for each batch, refuse these optimizers.
 */
export class ClosureOptimizer {
  /** What it moves, each cell once. */
  readonly parameters: readonly Variable[];
  readonly #method: Method;
  readonly #options: ClosureOptimizerOptions;
  readonly #cells: CellVector;

  /** @internal */
  constructor(parameters: Iterable<Variable>, options: ClosureOptimizerOptions, method: Method) {
    this.parameters = checkParameters(method.name, parameters);
    this.#method = method;
    this.#options = { maxIterations: 20, ...options };
    this.#cells = new CellVector(method.name, this.parameters);
    this.#limits();
  }

  get name(): string {
    return this.#method.name;
  }

  /**
   * Iterates from where the parameters stand, `maxIterations` times at most, and leaves them at the best point found.
   * The next step goes on with what this one has learnt of the curvature.
   * @param closure computes the loss from the parameters (the residuals, of any shape, for `levenbergMarquardt`) without
   *   calling `backward()`.
   * @returns what the step has come to; `value` is the loss after it.
   * @throws ShapeError if a loss is not a single number, NoPathError if it depends on none of the parameters.
   */
  step(closure: Closure): MinimizeReport {
    const { name } = this;
    if (typeof closure !== 'function') {
      throw new ArgumentError(
        `${name}: step takes a function that computes the loss, got ${typeof closure}. ` +
          'Call step(() => loss(model.forward(x), y)), without backward().',
      );
    }
    const [{ point, iterations, reason }, evaluations] = this.#method.run(
      this.#cells,
      closure,
      this.#limits(),
    );
    this.#cells.assign(point.x);
    const { value, gradient } = point;
    const gradientNorm = maxAbs(gradient);
    return new MinimizeReport({
      method: name,
      value,
      gradientNorm,
      iterations,
      evaluations,
      reason,
    });
  }

  /** What has been learnt of the curvature, as float64 tensors. */
  stateDict(): Record<string, Tensor> {
    return { ...this.#method.save(this.#cells.layout.size) };
  }

  /** Takes up where `stateDict()` was called. @throws StateError if names, ShapeError if shapes differ. */
  loadStateDict(state: State): this {
    const { size } = this.#cells.layout;
    const own = this.#method.save(size);
    checkNames(this.name, Object.keys(own), Object.keys(state));
    for (const [key, value] of Object.entries(state)) {
      const last = value.shape.at(-1) ?? size;
      if (own[key].rank === value.rank && (last === size || last === 0)) continue;
      throw new ShapeError(
        `${this.name}: ${key} is for ${size} parameters, got shape ${formatShape(value.shape)}. ` +
          'Load it into an optimizer for the same parameters, in the same order.',
      );
    }
    this.#method.load(state);
    return this;
  }

  #limits(): Limits {
    return limitsOf(this.name, this.#options, this.#cells.layout, this.#method.leastSquares);
  }
}

/** An optimizer that needs a closure can't take steps down a gradient. @throws ArgumentError */
export function refuseClosureOptimizer(op: string, optimizer: object): void {
  if (!(optimizer instanceof ClosureOptimizer)) return;
  throw new ArgumentError(
    `${op}: takes one gradient step for each batch, got ${optimizer.name}, which evaluates the loss where it likes. ` +
      `Call optimizer.step(() => loss(model.forward(x), y)) on all samples instead.`,
  );
}
