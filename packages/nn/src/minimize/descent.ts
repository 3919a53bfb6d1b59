// Minimisation: descent along directions, by quasi-Newton with or without bounds, and by conjugate gradients.

import { type Box, boxDirection, clip, longestStep, projectedGradient } from './box.js';
import { type LimitedMemory, pairOf } from './limited-memory.js';
import { type NoStep, type Sample, strongWolfe } from './line-search.js';
import type { Monitor, Objective, Outcome, Point } from './objective.js';
import { dot, maxAbs, minus, norm, plus, scaled, type Vector } from './vectors.js';

/** A way to choose directions. */
interface Strategy {
  /** A direction down from the point; null to have everything learnt so far forgotten. */
  direction(point: Point): Vector | null;
  /** How long the first step tried is to be. */
  first(point: Point, direction: Vector): number;
  /** Learns from a step. */
  moved(from: Point, to: Point, sample: Sample, direction: Vector): void;
  /** Forgets. @returns whether there was anything to forget. */
  forget(): boolean;
  readonly curvature: number;
}

/** In units of the rounding of values: a decrease that needs not show. */
const LOST = 100;

/** L-BFGS; with bounds, L-BFGS-B. The memory is the caller's and may hold what was learnt before. */
export function quasiNewton(
  objective: Objective,
  start: Vector,
  monitor: Monitor,
  memory: LimitedMemory,
  box: Box | null,
): Outcome {
  return descend(objective, start, monitor, box, {
    curvature: 0.9,
    direction: (point) => {
      if (box === null) return memory.direction(point.gradient);
      return boxDirection(point, memory.compact(), box);
    },
    first: (_, d) => (memory.pairs.length > 0 ? 1 : Math.min(1, 1 / norm(d))),
    moved: (from, to) => memory.add(pairOf(from, to)),
    forget: () => {
      const known = memory.pairs.length > 0;
      memory.clear();
      return known;
    },
  });
}

/**
 * Nonlinear conjugate gradients: d ← −g + β d with β = max(0, gᵀ(g − g₋)/‖g₋‖²) (Polak and Ribière, Powell), begun anew
 * after 2n + 10 steps, and where d leads up.
 * Source: Nocedal and Wright, section 5.2.
 */
export function conjugateDescent(objective: Objective, start: Vector, monitor: Monitor): Outcome {
  let previous: { from: Point; d: Vector; decrease: number } | null = null;
  let since = 0;
  return descend(objective, start, monitor, null, {
    curvature: 0.1,
    direction: ({ gradient: g }) => {
      if (previous === null) return scaled(-1, g);
      const old = previous.from.gradient;
      const restart = since >= 2 * objective.size + 10;
      if (restart) since = 0;
      const beta = restart ? 0 : Math.max(0, dot(g, minus(g, old)) / dot(old, old));
      return plus(scaled(-1, g), beta, previous.d);
    },
    // The first-order change is taken to be that of the step before: Nocedal and Wright, section 3.5.
    first: ({ gradient: g }, d) =>
      previous === null ? Math.min(1, 1 / norm(g)) : previous.decrease / dot(g, d),
    moved: (from, _, { alpha }, d) => {
      previous = { from, d, decrease: alpha * dot(from.gradient, d) };
      since++;
    },
    forget: () => {
      const known = previous !== null;
      previous = null;
      since = 0;
      return known;
    },
  });
}

function descend(
  objective: Objective,
  start: Vector,
  monitor: Monitor,
  box: Box | null,
  strategy: Strategy,
): Outcome {
  const sizeOf = (point: Point) =>
    maxAbs(box === null ? point.gradient : projectedGradient(point, box));
  let point = objective.evaluate(box === null ? start : clip(start, box));
  let reason = monitor.atStart(point, sizeOf(point));
  while (reason === null) {
    const d = strategy.direction(point);
    const slope = d === null ? Number.NaN : dot(point.gradient, d);
    const sample =
      d !== null && slope < 0
        ? search(objective, point, d, slope, monitor, box, strategy)
        : 'contradiction';
    if (typeof sample === 'string') {
      if (monitor.exhausted()) reason = 'evaluations';
      // The decrease that the direction promises is lost in rounding.
      else if (slope < 0 && -slope <= LOST * objective.epsilon * Math.abs(point.value))
        reason = 'value';
      else if (!strategy.forget()) reason = sample === 'flat' ? 'value' : 'stalled';
      continue;
    }
    const next = sample.point;
    strategy.moved(point, next, sample, d as Vector);
    reason = monitor.after(point, next, sizeOf(next));
    point = next;
  }
  return { point, iterations: monitor.iterations, reason };
}

function search(
  objective: Objective,
  point: Point,
  d: Vector,
  slope: number,
  monitor: Monitor,
  box: Box | null,
  strategy: Strategy,
): Sample | NoStep {
  const phi = (alpha: number): Sample => {
    const x = plus(point.x, alpha, d);
    const at = objective.evaluate(box === null ? x : clip(x, box));
    return { alpha, value: at.value, slope: dot(at.gradient, d), point: at };
  };
  return strongWolfe(
    phi,
    { alpha: 0, value: point.value, slope, point },
    {
      first: strategy.first(point, d),
      longest: box === null ? Number.POSITIVE_INFINITY : Math.max(1, longestStep(point.x, d, box)),
      curvature: strategy.curvature,
      epsilon: objective.epsilon,
      exhausted: () => monitor.exhausted(),
      unbounded: (value) => monitor.isUnbounded(value),
    },
  );
}
