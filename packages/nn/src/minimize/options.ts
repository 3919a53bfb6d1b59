// Minimisation: the options, their defaults, and what is refused at the door.

import { ArgumentError, type Operand } from '@retrograd/autograd';
import type { Box } from './box.js';
import type { Layout } from './flatten.js';
import { epsilonOf } from './functions.js';
import { checkLimit } from './objective.js';
import type { Limits } from './report.js';
import type { Vector } from './vectors.js';

/** How to minimise, by scipy's names. */
export type MinimizeMethod = 'lbfgs' | 'newton-cg' | 'levenberg-marquardt' | 'cg';

const METHODS: readonly MinimizeMethod[] = ['lbfgs', 'newton-cg', 'levenberg-marquardt', 'cg'];

/** When to stop. */
export interface StopOptions {
  /** Default: 1000, or 200 for each unknown if that is more. */
  maxIterations?: number;
  /** Evaluations of the function at most; a line search that is under way ends there too. Default: no limit. */
  maxEvaluations?: number;
  /**
   * Stops where max |∂f/∂xᵢ|, of the gradient projected on the bounds, is no larger. Default: √ε, 1.5e-8 in float64 and
   * 3.5e-4 in float32. For Levenberg–Marquardt it bounds the cosine between the residuals and any column of the
   * Jacobian, by default ε^¾.
   */
  gradientTolerance?: number;
  /**
   * Stops when f falls by no more than this part of itself. Default: 0, which leaves what always holds: three steps
   * whose decrease is lost in rounding are the last.
   */
  valueTolerance?: number;
  /** Stops when max |Δxᵢ| is no more than this part of max |xᵢ|. Default: 0; for Levenberg–Marquardt ε^¾. */
  stepTolerance?: number;
}

/** Where minimisation stands after an iteration. */
export interface MinimizeProgress<P> {
  /** From 1. */
  readonly iteration: number;
  readonly x: P;
  /** f(x), or ½‖r(x)‖². */
  readonly value: number;
  /** max |∂f/∂xᵢ|, of the projected gradient where there are bounds. */
  readonly gradientNorm: number;
}

/** A bound for all elements, or one for each, in the structure of x₀; −∞ and ∞ where there is none. */
export interface Bounds<P> {
  lower?: number | P;
  upper?: number | P;
}

/** What all methods take. */
export interface MethodOptions<P> extends StopOptions {
  /** Called after every iteration; `true` stops. */
  callback?: (progress: MinimizeProgress<P>) => boolean | undefined;
  /**
   * Runs the function and its derivatives as compiled programs: worth it where the function is slow enough to be called
   * many times. It must be traceable, as `compile` asks. Default: false.
   */
  compile?: boolean;
}

export interface MinimizeOptions<P> extends MethodOptions<P> {
  /** Default: 'lbfgs'. */
  method?: Exclude<MinimizeMethod, 'levenberg-marquardt'>;
  /** For 'lbfgs', which then is L-BFGS-B. x₀ is moved to the nearest point within. */
  bounds?: Bounds<P>;
  /** How many steps 'lbfgs' remembers. Default: 10. */
  memory?: number;
  /** The first radius of the trust region of 'newton-cg'. Default: 1. */
  radius?: number;
}

export interface LeastSquaresOptions<P> extends MethodOptions<P> {
  method: 'levenberg-marquardt';
}

export function methodOf(op: string, { method = 'lbfgs' }: { method?: MinimizeMethod }) {
  if (METHODS.includes(method)) return method;
  throw new ArgumentError(
    `${op}: method is one of ${METHODS.join(', ')}, got '${String(method)}'. Pass one of these four.`,
  );
}

/** @throws ArgumentError for limits out of range, naming the option. */
export function limitsOf(
  op: string,
  options: StopOptions,
  { size, dtype }: Pick<Layout, 'size' | 'dtype'>,
  leastSquares: boolean,
): Limits {
  const epsilon = epsilonOf(dtype);
  const {
    maxIterations = Math.max(1000, 200 * size),
    maxEvaluations = Number.POSITIVE_INFINITY,
    gradientTolerance = leastSquares ? epsilon ** 0.75 : Math.sqrt(epsilon),
    valueTolerance = 0,
    stepTolerance = leastSquares ? epsilon ** 0.75 : 0,
  } = options;
  return {
    maxIterations: checkLimit(op, 'maxIterations', maxIterations, true),
    maxEvaluations: checkLimit(op, 'maxEvaluations', maxEvaluations, true),
    gradientTolerance: checkLimit(op, 'gradientTolerance', gradientTolerance),
    valueTolerance: checkLimit(op, 'valueTolerance', valueTolerance),
    stepTolerance: checkLimit(op, 'stepTolerance', stepTolerance),
  };
}

/** An option that is a number > 0, or a whole one. @throws ArgumentError that names it. */
export function checkPositive(op: string, name: string, value: number, whole = false): number {
  if (Number.isFinite(value) && value > 0 && (!whole || Number.isInteger(value))) return value;
  throw new ArgumentError(
    `${op}: ${name} is a ${whole ? 'whole' : 'finite'} number above 0, got ${String(value)}. Check the option.`,
  );
}

/** @throws ArgumentError for bounds that cross or are NaN, ShapeError for those of another shape. */
export function boxOf<P>(op: string, bounds: Bounds<P> | undefined, layout: Layout): Box | null {
  if (bounds === undefined) return null;
  const lower = side(op, 'lower', bounds.lower, Number.NEGATIVE_INFINITY, layout);
  const upper = side(op, 'upper', bounds.upper, Number.POSITIVE_INFINITY, layout);
  for (let i = 0; i < layout.size; i++) {
    if (lower[i] <= upper[i] && lower[i] < Number.POSITIVE_INFINITY && upper[i] > -Infinity) {
      continue;
    }
    throw new ArgumentError(
      `${op}: lower bounds are at most the upper ones, got ${lower[i]} and ${upper[i]} at element ${i}. ` +
        'Exchange them, or use ±Infinity where there is none.',
    );
  }
  return { lower, upper };
}

function side(
  op: string,
  name: string,
  bound: unknown,
  none: number,
  { size, dtype, flatten }: Layout,
): Vector {
  const round = (value: number) => (dtype === 'float32' ? Math.fround(value) : value);
  if (bound === undefined) return new Float64Array(size).fill(none);
  if (typeof bound === 'number') return new Float64Array(size).fill(round(bound));
  return flatten(op, `bounds.${name}`, bound as Operand).map(round);
}
