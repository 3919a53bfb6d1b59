// Minimisation: linear conjugate gradients, by themselves and within a trust region.

import { addTo, allFinite, dot, norm, plus, scaled, type Vector } from './vectors.js';

/** How conjugate gradients have ended. */
export type ConjugateReason =
  | 'tolerance'
  | 'boundary'
  | 'negativeCurvature'
  | 'iterations'
  | 'notFinite';

export interface ConjugateResult {
  readonly x: Vector;
  /** ‖b − A x‖ as the recursion has it. */
  readonly residualNorm: number;
  readonly iterations: number;
  readonly reason: ConjugateReason;
}

/**
 * Solves A x = b from x = 0, A symmetric: as far as ‖b − Ax‖ ≤ tolerance, or ‖x‖ reaches the radius, or a direction d
 * with dᵀAd ≤ 0 turns up. With a radius that is finite, x then goes on along d to the boundary.
 * Source: Nocedal and Wright, algorithms 5.3 and 7.2 (Steihaug, Toint).
 */
export function conjugateGradients(
  apply: (v: Vector) => Vector,
  b: Vector,
  options: {
    readonly tolerance: number;
    readonly maxIterations: number;
    readonly radius?: number;
    readonly precondition?: (r: Vector) => Vector;
  },
): ConjugateResult {
  const { tolerance, maxIterations, radius = Number.POSITIVE_INFINITY } = options;
  const precondition = options.precondition ?? ((r) => r);
  let x: Vector = new Float64Array(b.length);
  const r = b.slice();
  let residualNorm = norm(r);
  const end = (reason: ConjugateReason, iterations: number): ConjugateResult => {
    return { x, residualNorm, iterations, reason };
  };
  if (!allFinite(b)) return end('notFinite', 0);
  if (residualNorm <= tolerance) return end('tolerance', 0);
  let z = precondition(r);
  let d: Vector = z.slice();
  let rz = dot(r, z);
  for (let k = 0; k < maxIterations; k++) {
    const ad = apply(d);
    const curvature = dot(d, ad);
    if (Number.isNaN(curvature) || !allFinite(ad) || Number.isNaN(rz)) return end('notFinite', k);
    if (curvature <= 0) {
      if (Number.isFinite(radius)) x = toBoundary(x, d, radius);
      return end('negativeCurvature', k + 1);
    }
    const alpha = rz / curvature;
    const next = plus(x, alpha, d);
    if (norm(next) >= radius) {
      x = toBoundary(x, d, radius);
      return end('boundary', k + 1);
    }
    x = next;
    addTo(r, -alpha, ad);
    residualNorm = norm(r);
    if (residualNorm <= tolerance) return end('tolerance', k + 1);
    z = precondition(r);
    const old = rz;
    rz = dot(r, z);
    d = plus(z, rz / old, d);
  }
  return end('iterations', maxIterations);
}

/** x + τd with ‖x + τd‖ = radius, τ ≥ 0, for a d of any length. */
function toBoundary(x: Vector, d: Vector, radius: number): Vector {
  const u = scaled(1 / norm(d), d);
  const along = dot(x, u);
  const room = Math.max(0, radius ** 2 - dot(x, x));
  const root = Math.sqrt(along ** 2 + room);
  // The root of τ² + 2τ xᵀu = room that does not cancel.
  const tau = along > 0 ? room / (along + root) : root - along;
  return plus(x, tau, u);
}
