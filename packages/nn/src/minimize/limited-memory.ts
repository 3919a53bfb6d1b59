// Minimisation: what L-BFGS remembers of the curvature, and what it makes of it.

import { type Matrix, matrix, solve } from './linear-algebra.js';
import { addTo, dot, minus, scaled, type Vector } from './vectors.js';

/** A step s and the change y of the gradient along it. */
export interface Pair {
  readonly s: Vector;
  readonly y: Vector;
}

/** The last few pairs, which stand for an approximation of the Hessian and of its inverse. */
export class LimitedMemory {
  readonly #capacity: number;
  #pairs: Pair[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get pairs(): readonly Pair[] {
    return this.#pairs;
  }

  /** Takes in a step, unless the curvature along it is not positive beyond rounding. */
  add(pair: Pair): void {
    const { s, y } = pair;
    if (!(dot(s, y) > Number.EPSILON * dot(y, y))) return;
    this.#pairs.push(pair);
    if (this.#pairs.length > this.#capacity) this.#pairs.shift();
  }

  clear(): void {
    this.#pairs = [];
  }

  /** θ = yᵀy / sᵀy of the last pair, the curvature where nothing else is known; 1 without pairs. */
  get theta(): number {
    const last = this.#pairs.at(-1);
    return last === undefined ? 1 : dot(last.y, last.y) / dot(last.s, last.y);
  }

  /** −H g, H the approximate inverse Hessian: the two loops of Nocedal and Wright's algorithm 7.4. */
  direction(g: Vector): Vector {
    const q = scaled(-1, g);
    const alphas = this.#pairs.map(() => 0);
    for (let i = this.#pairs.length - 1; i >= 0; i--) {
      const { s, y } = this.#pairs[i];
      alphas[i] = dot(s, q) / dot(s, y);
      addTo(q, -alphas[i], y);
    }
    const r = scaled(1 / this.theta, q);
    this.#pairs.forEach(({ s, y }, i) => {
      addTo(r, alphas[i] - dot(y, r) / dot(s, y), s);
    });
    return r;
  }

  /** B = θI − W M Wᵀ, the compact form. */
  compact(): Compact {
    return new Compact(this.#pairs, this.theta);
  }
}

/**
 * The approximate Hessian B = θI − W M Wᵀ with W = [Y θS] and M⁻¹ = [−D Lᵀ; L θSᵀS], where D is the diagonal of SᵀY and
 * L its part below.
 * Source: Byrd, Lu, Nocedal and Zhu, A Limited Memory Algorithm for Bound Constrained Optimization, 1995, section 3.
 */
export class Compact {
  readonly theta: number;
  /** The number of columns of W. */
  readonly width: number;
  readonly #pairs: readonly Pair[];
  readonly #inverse: Matrix;

  constructor(pairs: readonly Pair[], theta: number) {
    this.theta = theta;
    this.#pairs = pairs;
    const k = pairs.length;
    this.width = 2 * k;
    this.#inverse = matrix(2 * k, 2 * k);
    const set = (i: number, j: number, value: number) => {
      this.#inverse.data[i * 2 * k + j] = value;
    };
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        set(k + i, k + j, theta * dot(pairs[i].s, pairs[j].s));
        const sy = dot(pairs[i].s, pairs[j].y);
        if (i === j) set(i, i, -sy);
        if (i > j) {
          set(k + i, j, sy);
          set(j, k + i, sy);
        }
      }
    }
  }

  /** Row i of W. */
  row(i: number): Vector {
    const k = this.#pairs.length;
    return Float64Array.from({ length: 2 * k }, (_, j) =>
      j < k ? this.#pairs[j].y[i] : this.theta * this.#pairs[j - k].s[i],
    );
  }

  /** Wᵀ v. */
  project(v: Vector): Vector {
    const k = this.#pairs.length;
    return Float64Array.from({ length: 2 * k }, (_, j) =>
      j < k ? dot(this.#pairs[j].y, v) : this.theta * dot(this.#pairs[j - k].s, v),
    );
  }

  /** W v. */
  expand(v: Vector, size: number): Vector {
    const k = this.#pairs.length;
    const result = new Float64Array(size);
    this.#pairs.forEach(({ s, y }, j) => {
      addTo(result, v[j], y);
      addTo(result, this.theta * v[k + j], s);
    });
    return result;
  }

  /** M v. @returns null if M⁻¹ is singular, when the pairs are worth nothing. */
  middle(v: Vector): Vector | null {
    return solve(this.#inverse, v);
  }

  /**
   * B̂⁻¹ r on the variables that are `free`, r being 0 on the others: by the formula of Sherman, Morrison and Woodbury,
   * r/θ + Ŵ (I − M ŴᵀŴ/θ)⁻¹ M Ŵᵀr / θ², where (I − M ŴᵀŴ/θ)⁻¹ M = (M⁻¹ − ŴᵀŴ/θ)⁻¹.
   */
  solveFree(r: Vector, free: readonly number[]): Vector | null {
    const { theta, width } = this;
    const result = scaled(1 / theta, r);
    if (width === 0) return result;
    const inner = { ...this.#inverse, data: this.#inverse.data.slice() };
    for (const i of free) {
      const w = this.row(i);
      for (let a = 0; a < width; a++) {
        for (let b = 0; b < width; b++) inner.data[a * width + b] -= (w[a] * w[b]) / theta;
      }
    }
    const v = solve(inner, this.project(r));
    if (v === null) return null;
    const correction = this.expand(v, r.length);
    for (const i of free) result[i] += correction[i] / theta ** 2;
    return result;
  }
}

/** The pair of a step. */
export function pairOf(
  from: { x: Vector; gradient: Vector },
  to: { x: Vector; gradient: Vector },
): Pair {
  return { s: minus(to.x, from.x), y: minus(to.gradient, from.gradient) };
}
