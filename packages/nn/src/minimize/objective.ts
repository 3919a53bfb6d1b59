// Minimisation: what the methods see of a function, and when they stop. Everything is a flat vector here.

import { ArgumentError } from '@retrograd/autograd';
import type { Limits, MinimizeReason } from './report.js';
import { allFinite, maxAbs, type Vector } from './vectors.js';

/** How often each derivative was computed; a value and its gradient come from one run, and count one each. */
export interface Evaluations {
  function: number;
  gradient: number;
  hessianVector: number;
  jacobian: number;
}

export function noEvaluations(): Evaluations {
  return { function: 0, gradient: 0, hessianVector: 0, jacobian: 0 };
}

/** A place where the function was computed; `x` as the function saw it, rounded to its dtype. */
export interface Point {
  readonly x: Vector;
  readonly value: number;
  readonly gradient: Vector;
}

/** A scalar function of a vector. */
export interface Objective {
  readonly size: number;
  /** The unit roundoff of the dtype that it is computed in, times 2. */
  readonly epsilon: number;
  readonly evaluations: Evaluations;
  evaluate(x: Vector): Point;
  /** The Hessian at x times v. */
  hessianVector(x: Vector, v: Vector): Vector;
}

/** A place where residuals were computed, with ½‖r‖². */
export interface Residuals {
  readonly x: Vector;
  readonly value: number;
  readonly residuals: Vector;
}

/** A vector function, of which half the sum of squares is minimised. */
export interface LeastSquares {
  readonly size: number;
  readonly epsilon: number;
  readonly evaluations: Evaluations;
  evaluate(x: Vector): Residuals;
  /** ∂r/∂x by rows: element (i, j) is ∂rᵢ/∂xⱼ. */
  jacobian(x: Vector): Vector;
}

/** What a method has come to. */
export interface Outcome<P extends Point = Point> {
  readonly point: P;
  readonly iterations: number;
  readonly reason: MinimizeReason;
}

/** Where a method stands after an iteration; a callback sees it. */
export interface Progress {
  readonly iteration: number;
  readonly point: { readonly x: Vector; readonly value: number };
  /** max |∂f/∂xᵢ|, of the projected gradient where there are bounds. */
  readonly gradientNorm: number;
}

/** So many steps without a decrease that shows end the search. */
const PATIENCE = 3;

/** Counts iterations and knows the reasons to stop. */
export class Monitor {
  iterations = 0;
  readonly #limits: Limits;
  readonly #evaluations: Evaluations;
  readonly #epsilon: number;
  readonly #before: number;
  readonly #callback: (progress: Progress) => boolean;
  /** Steps in a row whose decrease was lost in rounding. The gradient may still fall on them. */
  #flat = 0;

  constructor(
    { evaluations, epsilon }: Pick<Objective, 'evaluations' | 'epsilon'>,
    limits: Limits,
    callback: (progress: Progress) => boolean,
  ) {
    this.#limits = limits;
    this.#evaluations = evaluations;
    this.#epsilon = epsilon;
    this.#before = evaluations.function;
    this.#callback = callback;
  }

  /** Whether no further evaluation is allowed. */
  exhausted(): boolean {
    return this.#evaluations.function - this.#before >= this.#limits.maxEvaluations;
  }

  /** Below −1/ε² nothing is expected to be bounded. */
  isUnbounded(value: number): boolean {
    return value < -1 / this.#epsilon ** 2;
  }

  /** Why not even to begin, if so. */
  atStart(point: Point, gradientNorm: number): MinimizeReason | null {
    if (!Number.isFinite(point.value) || !allFinite(point.gradient)) return 'notFinite';
    if (gradientNorm <= this.#limits.gradientTolerance) return 'gradient';
    return this.#atLimit();
  }

  /** Why to stop after the step from one point to the next, if at all. */
  after(from: Point, to: Point, gradientNorm: number): MinimizeReason | null {
    const { gradientTolerance, valueTolerance, stepTolerance } = this.#limits;
    this.iterations++;
    const { x, value } = to;
    if (this.#callback({ iteration: this.iterations, point: { x, value }, gradientNorm })) {
      return 'callback';
    }
    if (this.isUnbounded(value)) return 'unbounded';
    if (gradientNorm <= gradientTolerance) return 'gradient';
    const scale = Math.max(Math.abs(from.value), Math.abs(value));
    const drop = from.value - value;
    if (drop > 2 * this.#epsilon * scale) {
      this.#flat = 0;
      if (drop <= valueTolerance * scale) return 'value';
    } else if (++this.#flat === PATIENCE) return 'value';
    let step = 0;
    for (let i = 0; i < x.length; i++) step = Math.max(step, Math.abs(x[i] - from.x[i]));
    if (step <= stepTolerance * maxAbs(x)) return 'step';
    return this.#atLimit();
  }

  #atLimit(): MinimizeReason | null {
    if (this.iterations >= this.#limits.maxIterations) return 'iterations';
    return this.exhausted() ? 'evaluations' : null;
  }
}

/** An option that is a number ≥ 0, or a whole number ≥ 0 where `whole`. @throws ArgumentError that names it. */
export function checkLimit(op: string, name: string, value: number, whole = false): number {
  const fits = whole
    ? Number.isSafeInteger(value) || value === Number.POSITIVE_INFINITY
    : !Number.isNaN(value);
  if (typeof value === 'number' && fits && value >= 0) return value;
  throw new ArgumentError(
    `${op}: ${name} is a ${whole ? 'whole number' : 'number'} of at least 0, got ${String(value)}. Check the option.`,
  );
}
