// Minimisation: least squares by Levenberg's and Marquardt's method, in Moré's form.

import {
  columnNorms,
  type Factorization,
  factorize,
  type Matrix,
  matrix,
  solveUpper,
  solveUpperTransposed,
  times,
  transposedTimes,
} from './linear-algebra.js';
import type { LeastSquares, Monitor, Outcome, Point, Residuals } from './objective.js';
import type { Limits, MinimizeReason } from './report.js';
import { allFinite, maxAbs, norm, plus, type Vector } from './vectors.js';

/** What is kept from step to step. */
export interface Damping {
  /** Δ, how far the linear model is trusted, in the norm ‖Dp‖; 0 before the first step. */
  radius: number;
  /** D, the largest norm that each column of the Jacobian has had; null before the first step. */
  scale: Vector | null;
}

/** A place with everything known about it. */
export interface Fit extends Point {
  readonly residuals: Vector;
  readonly jacobian: Matrix;
}

/** The first Δ, in units of ‖Dx₀‖. */
const FIRST_RADIUS = 1;
const ACCEPT = 1e-4;

/**
 * Minimises ½‖r(x)‖² by steps p that minimise ‖Jp + r‖² within ‖Dp‖ ≤ Δ, D scaling the unknowns by the norms of their
 * columns. J is decomposed by Householder's reflections with pivoting, never JᵀJ.
 * Source: Moré, The Levenberg-Marquardt Algorithm: Implementation and Theory, 1978.
 */
export function dampedLeastSquares(
  problem: LeastSquares,
  start: Vector,
  monitor: Monitor,
  limits: Limits,
  damping: Damping,
): Outcome<Fit> {
  let fit = fitAt(problem, problem.evaluate(start));
  let reason = atStart(fit, monitor);
  while (reason === null) {
    const { jacobian, residuals, x } = fit;
    const scale = widened(damping.scale, columnNorms(jacobian));
    damping.scale = scale;
    if (damping.radius === 0) {
      damping.radius = FIRST_RADIUS * (norm(product(scale, x)) || 1);
    }
    if (largestCosine(fit) <= limits.gradientTolerance) {
      reason = 'gradient';
      break;
    }
    const factors = factorize(jacobian, residuals, true);
    let better: Residuals | null = null;
    while (better === null && reason === null) {
      const { p, lambda } = dampedStep(factors, scale, damping.radius);
      const length = norm(product(scale, p));
      if (monitor.iterations === 0) damping.radius = Math.min(damping.radius, length);
      const trial = problem.evaluate(plus(x, 1, p));
      const outlook = outlookOf(fit, trial, p, Math.sqrt(lambda) * length, 10 * problem.epsilon);
      adapt(damping, outlook, length, lambda);
      if (outlook.ratio >= ACCEPT) better = trial;
      reason = reasonOf(outlook, damping.radius, norm(product(scale, x)), limits, monitor);
    }
    if (better === null) break;
    const next = fitAt(problem, better);
    if (!allFinite(next.jacobian.data)) {
      reason = 'stalled';
      break;
    }
    const stop = monitor.after(fit, next, maxAbs(next.gradient));
    fit = next;
    reason = reason === null || stop === 'callback' ? stop : reason;
  }
  return { point: fit, iterations: monitor.iterations, reason: reason ?? 'stalled' };
}

function fitAt(problem: LeastSquares, { x, value, residuals }: Residuals): Fit {
  const rows = residuals.length;
  const jacobian: Matrix = { rows, columns: problem.size, data: problem.jacobian(x) };
  return { x, value, residuals, jacobian, gradient: transposedTimes(jacobian, residuals) };
}

/** A gradient of zero is what is found by the cosines; here only what can't be begun. */
function atStart(fit: Fit, monitor: Monitor): MinimizeReason | null {
  const reason = monitor.atStart(fit, maxAbs(fit.gradient));
  return reason === 'gradient' && maxAbs(fit.gradient) > 0 ? null : reason;
}

/** D, which never shrinks; 1 for a column of zeros. */
function widened(old: Vector | null, norms: Vector): Vector {
  return norms.map((value, j) => {
    if (old === null) return value === 0 ? 1 : value;
    return Math.max(old[j], value);
  });
}

function product(a: Vector, b: Vector): Vector {
  return a.map((value, i) => value * b[i]);
}

/** The largest |cos| of the angle between the residuals and a column of J: free of all units. */
function largestCosine({ gradient, jacobian, residuals }: Fit): number {
  const norms = columnNorms(jacobian);
  const size = norm(residuals);
  if (size === 0) return 0;
  return maxAbs(gradient.map((g, j) => (norms[j] === 0 ? 0 : g / norms[j] / size)));
}

/**
 * The p that minimises ‖Jp + r‖² + λ‖Dp‖², and its λ: 0 if the step then is within the region, else such that
 * ‖Dp‖ = Δ to a tenth, by Newton's iteration on 1/Δ − 1/‖Dp(λ)‖ (Hebden, Moré).
 */
function dampedStep(factors: Factorization, scale: Vector, radius: number) {
  const plain = stepWith(factors, scale, 0);
  if (plain.length <= 1.1 * radius) return { p: plain.p, lambda: 0 };
  // φ(λ) = ‖Dp(λ)‖ − Δ falls and is convex: Newton's step from 0 is a bound from below.
  const full = factors.rank === factors.order.length;
  let low = full ? (plain.length - radius) / -plain.slope : 0;
  const right = rightSide(factors, scale);
  let high = norm(right) / radius || Number.MIN_VALUE / Math.min(radius, 0.1);
  let lambda = Math.max(low, 1e-3 * high);
  for (let i = 0; i < 10; i++) {
    if (!(lambda > low && lambda < high)) lambda = Math.max(1e-3 * high, Math.sqrt(low * high));
    const { p, length, slope } = stepWith(factors, scale, lambda);
    const excess = length - radius;
    if (Math.abs(excess) <= 0.1 * radius || i === 9) return { p, lambda };
    if (excess < 0) high = lambda;
    else low = lambda;
    lambda -= ((excess + radius) / radius) * (excess / slope);
  }
  throw new Error('unreachable');
}

/** D⁻¹Jᵀr. */
function rightSide({ r, order, qtb }: Factorization, scale: Vector): Vector {
  return transposedTimes(r, qtb).map((value, k) => value / scale[order[k]]);
}

/** p(λ), ‖Dp‖ and the derivative of ‖Dp‖ by λ, from the decomposition of J: (R; √λ D) p = −(Qᵀr; 0). */
function stepWith({ r, order, qtb, rank }: Factorization, scale: Vector, lambda: number) {
  const n = order.length;
  let upper = r;
  let rhs = qtb;
  if (lambda > 0) {
    const stacked = matrix(2 * n, n);
    stacked.data.set(r.data);
    for (let k = 0; k < n; k++) {
      stacked.data[(n + k) * n + k] = Math.sqrt(lambda) * scale[order[k]];
    }
    const padded = new Float64Array(2 * n);
    padded.set(qtb);
    ({ r: upper, qtb: rhs } = factorize(stacked, padded, false));
  }
  const ordered = solveUpper(upper, rhs, lambda > 0 ? n : rank);
  const p = new Float64Array(n);
  for (let k = 0; k < n; k++) p[order[k]] = -ordered[k];
  const dp = product(scale, p);
  const length = norm(dp);
  const w = Float64Array.from(order, (j) => (scale[j] * dp[j]) / length);
  const v = rank === n || lambda > 0 ? norm(solveUpperTransposed(upper, w)) : 0;
  return { p, length, slope: -(v ** 2) * length };
}

/** What a step has brought, in units of ½‖r‖². */
interface Outlook {
  readonly gained: number;
  readonly promised: number;
  readonly ratio: number;
  /** The derivative of the decrease along p. */
  readonly slope: number;
}

function outlookOf(fit: Fit, trial: Residuals, p: Vector, damped: number, noise: number): Outlook {
  const size = norm(fit.residuals);
  const linear = (norm(times(fit.jacobian, p)) / size) ** 2;
  const damping = (damped / size) ** 2;
  const fitted = allFinite(trial.residuals) ? norm(trial.residuals) / size : Number.NaN;
  // Far worse is as bad as not finite.
  const gained = fitted < 10 ? 1 - fitted ** 2 : -1;
  const promised = linear + 2 * damping;
  // Where both drown in rounding, the model is as good as the function, and the step still brings digits.
  const lost = Math.abs(gained) <= noise && promised <= noise;
  const ratio = promised === 0 ? 0 : lost ? 1 : gained / promised;
  return { gained, promised, ratio, slope: -(linear + damping) };
}

function adapt(
  damping: Damping,
  { gained, ratio, slope }: Outlook,
  length: number,
  lambda: number,
) {
  if (ratio <= 0.25) {
    // The minimum of the parabola through both values with the slope at the first.
    let factor = gained >= 0 ? 0.5 : (0.5 * slope) / (slope + 0.5 * gained);
    if (!(factor >= 0.1) || gained === -1) factor = 0.1;
    damping.radius = factor * Math.min(damping.radius, 10 * length);
  } else if (lambda === 0 || ratio >= 0.75) damping.radius = 2 * length;
}

function reasonOf(
  { gained, promised, ratio }: Outlook,
  radius: number,
  size: number,
  limits: Limits,
  monitor: Monitor,
): MinimizeReason | null {
  const small = (tolerance: number) =>
    Math.abs(gained) <= tolerance && promised <= tolerance && ratio <= 2;
  if (small(limits.valueTolerance)) return 'value';
  if (radius <= limits.stepTolerance * size) return 'step';
  if (promised <= 0 || radius === 0) return 'stalled';
  return monitor.exhausted() ? 'evaluations' : null;
}
