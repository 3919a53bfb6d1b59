// Minimisation: what a method is told, what it has come to, and how that prints.

import type { Tensor } from '@retrograd/autograd';
import type { Evaluations } from './objective.js';

/** What decides when to stop, all of it optional to the user. */
export interface Limits {
  readonly maxIterations: number;
  readonly maxEvaluations: number;
  readonly gradientTolerance: number;
  readonly valueTolerance: number;
  readonly stepTolerance: number;
}

/** Each reason why minimisation ends, in words. */
const REASONS = {
  gradient: 'the gradient is within its tolerance of zero',
  value: 'the value no longer decreases by more than its tolerance',
  step: 'the step is within its tolerance of zero',
  iterations: 'as many iterations as allowed',
  evaluations: 'as many evaluations of the function as allowed',
  callback: 'the callback asked to stop',
  stalled: 'no step along the direction leads down: the gradient may not belong to the function',
  unbounded: 'the function falls without bound',
  notFinite: 'the function or its gradient is not finite at the start',
} as const;

/** Why minimisation has ended; the first three of them mean that it has converged. */
export type MinimizeReason = keyof typeof REASONS;

/** What minimisation has come to. Prints as a table. */
export class MinimizeReport {
  /** What was run: the method, or the optimizer. */
  readonly method: string;
  /** f at the end; for residuals ½‖r‖². */
  readonly value: number;
  /** max |∂f/∂xᵢ| at the end, of the projected gradient where there are bounds. */
  readonly gradientNorm: number;
  readonly iterations: number;
  readonly evaluations: Readonly<Evaluations>;
  readonly reason: MinimizeReason;

  /** @internal */
  constructor(figures: {
    method: string;
    value: number;
    gradientNorm: number;
    iterations: number;
    evaluations: Evaluations;
    reason: MinimizeReason;
  }) {
    this.method = figures.method;
    this.value = figures.value;
    this.gradientNorm = figures.gradientNorm;
    this.iterations = figures.iterations;
    this.evaluations = figures.evaluations;
    this.reason = figures.reason;
  }

  /** Whether a tolerance was met, rather than a limit. */
  get converged(): boolean {
    return this.reason === 'gradient' || this.reason === 'value' || this.reason === 'step';
  }

  /** The reason in words. */
  get message(): string {
    return REASONS[this.reason];
  }

  toString(): string {
    const { evaluations: e } = this;
    const counts: [number, string][] = [
      [e.function, 'values'],
      [e.gradient, 'gradients'],
      [e.hessianVector, 'Hessian products'],
      [e.jacobian, 'Jacobians'],
    ];
    const shown = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
    return [
      `${this.method}: ${this.converged ? 'converged' : 'stopped'}, ${this.message}`,
      `  value       ${this.value}`,
      `  gradient    ${this.gradientNorm.toExponential(2)} (largest element)`,
      `  iterations  ${this.iterations}`,
      `  evaluated   ${shown.join(', ')}`,
    ].join('\n');
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** The minimum that `minimize` has found. `P` is a tensor, or the structure of tensors that x₀ was. */
export class Minimum<P> extends MinimizeReport {
  readonly x: P;
  /** ∂f/∂x at `x`, in its structure. */
  readonly gradient: P;

  /** @internal */
  constructor(figures: ConstructorParameters<typeof MinimizeReport>[0], x: P, gradient: P) {
    super(figures);
    this.x = x;
    this.gradient = gradient;
  }

  override toString(): string {
    return `${super.toString()}\n  x           ${indented(this.x)}`;
  }
}

/** The minimum of ½‖r(x)‖², with what statistics makes of it. */
export class LeastSquaresMinimum<P> extends Minimum<P> {
  /** r at `x`, in its shape. */
  readonly residuals: Tensor;
  /** m − n: residuals more than unknowns. */
  readonly degreesOfFreedom: number;
  /** s = √(‖r‖² / (m − n)); NaN unless m > n. */
  readonly residualStandardDeviation: number;
  /** (JᵀJ)⁻¹, [n, n]: the covariance for residuals of variance 1; ∞ throughout if they do not determine x. */
  readonly inverseGram: Tensor<[number, number]>;
  /**
   * s²(JᵀJ)⁻¹, [n, n] over all elements of x in order; ∞ throughout if the residuals do not determine x. NaN unless m > n.
   */
  readonly covariance: Tensor<[number, number]>;
  /** The roots of the covariance's diagonal, in the structure of x. */
  readonly standardErrors: P;

  /** @internal */
  constructor(
    figures: ConstructorParameters<typeof MinimizeReport>[0],
    x: P,
    gradient: P,
    statistics: Pick<
      LeastSquaresMinimum<P>,
      | 'residuals'
      | 'degreesOfFreedom'
      | 'residualStandardDeviation'
      | 'inverseGram'
      | 'covariance'
      | 'standardErrors'
    >,
  ) {
    super(figures, x, gradient);
    this.residuals = statistics.residuals;
    this.degreesOfFreedom = statistics.degreesOfFreedom;
    this.residualStandardDeviation = statistics.residualStandardDeviation;
    this.inverseGram = statistics.inverseGram;
    this.covariance = statistics.covariance;
    this.standardErrors = statistics.standardErrors;
  }
}

/** A tensor or a structure of them as text, with its later lines below its first. */
function indented(value: unknown): string {
  return describe(value).replaceAll('\n', `\n${' '.repeat(14)}`);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(describe).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Object.getPrototypeOf(value) !== Object.prototype) return String(value);
  return Object.entries(value)
    .map(([key, item]) => `${key}: ${describe(item)}`)
    .join('\n');
}
