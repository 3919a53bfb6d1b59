// Minimisation: the line search of the strong Wolfe conditions, as all descent methods use it.

import type { Point } from './objective.js';

/** The function along a direction: φ(α) = f(x + αd) and φ′(α). */
export interface Sample {
  readonly alpha: number;
  readonly value: number;
  readonly slope: number;
  readonly point: Point;
}

export interface SearchOptions {
  /** The step that is tried first. */
  readonly first: number;
  /** The longest step allowed; ∞ without bounds. */
  readonly longest: number;
  /** c₂: how much of the slope may be left, 0.9 for quasi-Newton directions, 0.1 for conjugate ones. */
  readonly curvature: number;
  /** The relative error of a value. */
  readonly epsilon: number;
  /** Whether no further evaluation is allowed. */
  readonly exhausted: () => boolean;
  /** Whether a value is as low as no bounded function goes. */
  readonly unbounded: (value: number) => boolean;
}

/** c₁: what part of the decrease that the slope promises is enough. */
const DECREASE = 1e-4;
const MOST_SAMPLES = 60;

/**
 * Why there is no step down: what decrease there is drowns in rounding (`flat`), or the values change against what their
 * own slopes say (`contradiction`).
 */
export type NoStep = 'flat' | 'contradiction';

/**
 * A step with f(x + αd) ≤ f(x) + c₁αφ′(0) and |φ′(α)| ≤ c₂|φ′(0)|, by bracketing and zooming with cubic interpolation
 * (Nocedal and Wright, Numerical Optimization, 2nd ed., algorithms 3.5 and 3.6). Where rounding hides the decrease, it is
 * enough that the value is the same up to rounding, after Hager and Zhang (SIAM J. Optim. 16, 2005). A value that is not
 * finite is too far. At the longest step, or when evaluations are used up, the decrease alone is enough.
 */
export function strongWolfe(
  phi: (alpha: number) => Sample,
  start: Sample,
  options: SearchOptions,
): Sample | NoStep {
  const { longest, curvature, epsilon, exhausted, unbounded } = options;
  const flat = -curvature * start.slope;
  const noise = epsilon * Math.abs(start.value);
  let samples = 0;

  const tooHigh = (s: Sample) => !(s.value <= start.value + DECREASE * s.alpha * start.slope);
  const accepted = (s: Sample) =>
    Math.abs(s.slope) <= flat && (!tooHigh(s) || Math.abs(s.value - start.value) <= noise);
  /** The sample nearest to the start whose difference to it shows. */
  let nearest = start;
  const sample = (alpha: number) => {
    samples++;
    const s = phi(alpha);
    const shows = isUsable(s) && Math.abs(s.value - start.value) > 10 * noise;
    if (shows && (nearest === start || alpha < nearest.alpha)) nearest = s;
    return s;
  };
  const noStep = (): NoStep => {
    // By the trapezoidal rule the values should differ by as much as the mean slope makes.
    const { alpha, slope, value } = nearest;
    const sloped = (alpha * (start.slope + slope)) / 2;
    const most = alpha * Math.max(Math.abs(start.slope), Math.abs(slope));
    return Math.abs(value - start.value - sloped) > most / 4 ? 'contradiction' : 'flat';
  };
  const spent = () => samples >= MOST_SAMPLES || exhausted();

  const zoom = (low: Sample, high: Sample): Sample | NoStep => {
    let width = Number.POSITIVE_INFINITY;
    while (!spent()) {
      const span = Math.abs(high.alpha - low.alpha);
      if (span <= 4 * Number.EPSILON * Math.max(low.alpha, high.alpha)) break;
      if (isUsable(high) && Math.abs(low.slope) * span <= noise / 4) break;
      // A bracket that hardly shrinks is halved.
      const alpha =
        isUsable(high) && span <= 0.66 * width
          ? within(cubicMinimum(low, high), low.alpha, high.alpha)
          : low.alpha + (isUsable(high) ? 0.5 : 0.1) * (high.alpha - low.alpha);
      width = span;
      const s = sample(alpha);
      if (accepted(s)) return s;
      if (!isUsable(s) || tooHigh(s) || s.value >= low.value) high = s;
      else {
        if (s.slope * (high.alpha - low.alpha) >= 0) high = low;
        low = s;
      }
    }
    return low.alpha > 0 ? low : noStep();
  };

  let previous = start;
  let alpha = Math.min(options.first, longest);
  for (;;) {
    const s = sample(alpha);
    if (unbounded(s.value) || accepted(s)) return s;
    if (!isUsable(s) || tooHigh(s) || (previous !== start && s.value >= previous.value)) {
      return zoom(previous, s);
    }
    if (s.slope >= 0) return zoom(s, previous);
    if (alpha >= longest || spent()) return s;
    const ahead = cubicMinimum(previous, s);
    const least = alpha + (alpha - previous.alpha);
    const next = ahead > alpha && Number.isFinite(ahead) ? ahead : 10 * alpha;
    previous = s;
    alpha = Math.min(longest, Math.max(least, Math.min(10 * alpha, next)));
  }
}

function isUsable({ value, slope }: Sample): boolean {
  return Number.isFinite(value) && Number.isFinite(slope);
}

/** The minimum of the cubic with the values and slopes of two samples; NaN if there is none. */
export function cubicMinimum(a: Sample, b: Sample): number {
  const h = b.alpha - a.alpha;
  const d1 = a.slope + b.slope - (3 * (b.value - a.value)) / h;
  const d2 = Math.sign(h) * Math.sqrt(d1 * d1 - a.slope * b.slope);
  return b.alpha - (h * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2);
}

/** `alpha`, kept a tenth of the bracket away from its ends; the middle if it is NaN. */
function within(alpha: number, a: number, b: number): number {
  if (!Number.isFinite(alpha)) return (a + b) / 2;
  const margin = 0.1 * Math.abs(b - a);
  return Math.min(Math.max(alpha, Math.min(a, b) + margin), Math.max(a, b) - margin);
}
