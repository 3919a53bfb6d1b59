// Minimisation: Newton's method in a trust region, its steps by conjugate gradients on Hessian-vector products.

import { conjugateGradients } from './conjugate.js';
import type { Monitor, Objective, Outcome } from './objective.js';
import { dot, maxAbs, norm, plus, type Vector } from './vectors.js';

/** What is kept from step to step. */
export interface TrustRegion {
  /** Δ, how far the quadratic model is trusted. */
  radius: number;
}

/** η: what part of the promised decrease makes a step acceptable. */
const ACCEPT = 1e-4;

/**
 * Steps p that reduce the model m(p) = f + gᵀp + ½pᵀHp within ‖p‖ ≤ Δ, so far that ‖g + Hp‖ ≤ min(½, √‖g‖)‖g‖; Δ follows
 * how well the model foretold the decrease. Directions of negative curvature are followed to the boundary, so that a
 * saddle is left. A trial that is not finite shrinks the region.
 * Source: Nocedal and Wright, algorithms 4.1 and 7.2.
 */
export function trustRegionNewton(
  objective: Objective,
  start: Vector,
  monitor: Monitor,
  trust: TrustRegion,
): Outcome {
  const { epsilon } = objective;
  let point = objective.evaluate(start);
  let reason = monitor.atStart(point, maxAbs(point.gradient));
  while (reason === null) {
    const { x, value, gradient: g } = point;
    const size = norm(g);
    const apply = (v: Vector) => objective.hessianVector(x, v);
    const { x: p } = conjugateGradients(
      apply,
      g.map((gi) => -gi),
      {
        tolerance: Math.min(0.5, Math.sqrt(size)) * size,
        maxIterations: 10 * objective.size,
        radius: trust.radius,
      },
    );
    const promised = -(dot(g, p) + dot(p, apply(p)) / 2);
    const noise = 10 * epsilon * Math.abs(value);
    const next = objective.evaluate(plus(x, 1, p));
    const gained = value - next.value;
    // Where both drown in rounding, the model is as good as the function.
    const lost = Math.abs(gained) <= noise && promised <= noise;
    const ratio = lost ? 1 : gained / promised;
    const length = norm(p);
    if (!(ratio >= 0.25) || !Number.isFinite(ratio))
      trust.radius = 0.25 * Math.min(length, trust.radius);
    else if (ratio > 0.75 && length >= 0.99 * trust.radius) trust.radius *= 2;
    const usable = next.gradient.every(Number.isFinite) || monitor.isUnbounded(next.value);
    if ((ratio > ACCEPT || next.value === Number.NEGATIVE_INFINITY) && usable) {
      reason = monitor.after(point, next, maxAbs(next.gradient));
      point = next;
    } else if (trust.radius <= epsilon * (norm(x) + epsilon)) {
      reason = promised <= 10 * noise ? 'value' : 'stalled';
    } else if (length === 0) reason = 'stalled';
    else if (monitor.exhausted()) reason = 'evaluations';
  }
  return { point, iterations: monitor.iterations, reason };
}
