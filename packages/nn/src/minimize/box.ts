// Minimisation: bounds. The generalised Cauchy point, and the minimum over the variables that it leaves free.

import type { Compact } from './limited-memory.js';
import type { Point } from './objective.js';
import { addTo, dot, minus, type Vector } from './vectors.js';

/** lᵢ ≤ xᵢ ≤ uᵢ; −∞ and ∞ where there is no bound. */
export interface Box {
  readonly lower: Vector;
  readonly upper: Vector;
}

/** x with each element moved to the nearest within its bounds. */
export function clip(x: Vector, { lower, upper }: Box): Vector {
  return x.map((value, i) => Math.min(Math.max(value, lower[i]), upper[i]));
}

/** P(x − g) − x: zero where no step down stays within the bounds. */
export function projectedGradient({ x, gradient }: Point, box: Box): Vector {
  return minus(clip(minus(x, gradient), box), x);
}

/** The longest step along d that stays within the bounds. */
export function longestStep(x: Vector, d: Vector, { lower, upper }: Box): number {
  let longest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < x.length; i++) {
    const room = d[i] > 0 ? upper[i] - x[i] : d[i] < 0 ? lower[i] - x[i] : Number.POSITIVE_INFINITY;
    if (d[i] !== 0) longest = Math.min(longest, room / d[i]);
  }
  return longest;
}

/**
 * The direction to the minimum of the quadratic model within the bounds, so far as it is sought: the first local minimum
 * along the bent path of steepest descent, then the minimum over the variables that are free there, brought back to the
 * bounds.
 * Source: Byrd, Lu, Nocedal and Zhu 1995, algorithm CP and section 5.1; the projection in the place of truncation is that
 * of Morales and Nocedal, ACM TOMS 38(1), 2011.
 * @returns null if the model is singular.
 */
export function boxDirection(point: Point, model: Compact, box: Box): Vector | null {
  const { x, gradient } = point;
  const cauchy = cauchyPoint(point, model, box);
  if (cauchy === null) return null;
  const { lower, upper } = box;
  const free: number[] = [];
  for (let i = 0; i < x.length; i++) {
    if (cauchy.x[i] > lower[i] && cauchy.x[i] < upper[i]) free.push(i);
  }
  const toCauchy = minus(cauchy.x, x);
  if (free.length === 0) return toCauchy;
  // r: the gradient of the model at the Cauchy point, on the free variables.
  const bent = cauchy.middle === null ? null : model.expand(cauchy.middle, x.length);
  const r = new Float64Array(x.length);
  for (const i of free) {
    r[i] = gradient[i] + model.theta * toCauchy[i] - (bent === null ? 0 : bent[i]);
  }
  const step = model.solveFree(r, free);
  if (step === null) return null;
  const target = cauchy.x.slice();
  addTo(target, -1, step);
  const projected = minus(clip(target, box), x);
  if (dot(projected, gradient) < 0) return projected;
  const shorter = Math.min(1, longestStep(cauchy.x, minus(target, cauchy.x), box));
  addTo(toCauchy, -shorter, step);
  return toCauchy;
}

interface Cauchy {
  readonly x: Vector;
  /** M Wᵀ(x̂ − x); null without pairs. */
  readonly middle: Vector | null;
}

/** The first local minimum of the model along P(x − tg), t ≥ 0. */
function cauchyPoint({ x, gradient: g }: Point, model: Compact, { lower, upper }: Box) {
  const breaks = x.map((value, i) => {
    if (g[i] < 0) return (value - upper[i]) / g[i];
    return g[i] > 0 ? (value - lower[i]) / g[i] : Number.POSITIVE_INFINITY;
  });
  const d = g.map((value, i) => (breaks[i] > 0 ? -value : 0));
  const order = Array.from(breaks.keys())
    .filter((i) => breaks[i] > 0 && g[i] !== 0)
    .sort((a, b) => breaks[a] - breaks[b]);
  const middle = (v: Vector) => (model.width === 0 ? v : model.middle(v));
  const point = x.slice();
  const p = model.project(d);
  const c = new Float64Array(model.width);
  const mp = middle(p);
  if (mp === null) return null;
  let first = -dot(d, d);
  let second = -model.theta * first - dot(p, mp);
  const least = Number.EPSILON * -model.theta * first;
  let t = 0;
  let toMinimum = first === 0 ? 0 : -first / Math.max(second, least);
  let reached = 0;
  for (const i of order) {
    const dt = breaks[i] - t;
    if (toMinimum < dt) break;
    point[i] = d[i] > 0 ? upper[i] : lower[i];
    const z = point[i] - x[i];
    addTo(c, dt, p);
    const w = model.row(i);
    const mw = middle(w);
    if (mw === null) return null;
    first += dt * second + g[i] ** 2 + model.theta * g[i] * z - g[i] * dot(mw, c);
    second -= model.theta * g[i] ** 2 + 2 * g[i] * dot(mw, p) + g[i] ** 2 * dot(mw, w);
    addTo(p, g[i], w);
    d[i] = 0;
    t = breaks[i];
    reached++;
    toMinimum = -first / Math.max(second, least);
  }
  if (reached < order.length) {
    const rest = Math.max(toMinimum, 0);
    t += rest;
    addTo(c, rest, p);
    for (let i = 0; i < x.length; i++) if (d[i] !== 0) point[i] = x[i] + t * d[i];
  }
  const result: Cauchy = { x: point, middle: model.width === 0 ? null : model.middle(c) };
  return result;
}
