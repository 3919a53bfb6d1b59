// Minimisation: small dense linear algebra. Householder's QR with column pivoting, triangular systems, elimination.

import { dot, norm, type Vector } from './vectors.js';

/** A matrix by rows: element (i, j) stands at i · columns + j. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Vector;
}

export function matrix(rows: number, columns: number): Matrix {
  return { rows, columns, data: new Float64Array(rows * columns) };
}

/** A x. */
export function times({ rows, columns, data }: Matrix, x: Vector): Vector {
  const result = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    result[i] = dot(data.subarray(i * columns, (i + 1) * columns), x);
  }
  return result;
}

/** Aᵀ y. */
export function transposedTimes({ rows, columns, data }: Matrix, y: Vector): Vector {
  const result = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j] += y[i] * data[i * columns + j];
  }
  return result;
}

/** The norm of each column. */
export function columnNorms({ rows, columns, data }: Matrix): Vector {
  return Float64Array.from({ length: columns }, (_, j) =>
    norm(Float64Array.from({ length: rows }, (_, i) => data[i * columns + j])),
  );
}

/** A P = Q R, with Qᵀb beside it instead of Q. */
export interface Factorization {
  /** Upper triangular, n × n. */
  readonly r: Matrix;
  /** Column k of A P is column `order[k]` of A. */
  readonly order: readonly number[];
  /** The first n elements of Qᵀb. */
  readonly qtb: Vector;
  /** How many diagonal elements of R stand out from rounding; without pivoting, from 0. */
  readonly rank: number;
}

/**
 * Householder's QR decomposition, by columns of falling norm if `pivot`. Rows that are missing for n × n count as zeros.
 * Source: Golub and Van Loan, Matrix Computations, 4th ed., algorithms 5.1.1 and 5.4.1.
 */
export function factorize(a: Matrix, b: Vector, pivot: boolean): Factorization {
  const n = a.columns;
  const m = Math.max(a.rows, n);
  // By columns, since reflections go down them.
  const columns = Array.from({ length: n }, (_, j) =>
    Float64Array.from({ length: m }, (_, i) => (i < a.rows ? a.data[i * n + j] : 0)),
  );
  const rhs = Float64Array.from({ length: m }, (_, i) => (i < a.rows ? b[i] : 0));
  const order = columns.map((_, j) => j);
  for (let k = 0; k < n; k++) {
    if (pivot) bringLargest(columns, order, k);
    reflect(columns, rhs, k);
  }
  const r = matrix(n, n);
  for (let j = 0; j < n; j++) for (let i = 0; i <= j; i++) r.data[i * n + j] = columns[j][i];
  const largest = n === 0 ? 0 : Math.abs(r.data[0]);
  const negligible = pivot ? m * Number.EPSILON * largest : 0;
  let rank = 0;
  while (rank < n && Math.abs(r.data[rank * n + rank]) > negligible) rank++;
  return { r, order, qtb: rhs.slice(0, n), rank };
}

/** Exchanges column k for the one after it whose part below row k is the largest. */
function bringLargest(columns: Vector[], order: number[], k: number): void {
  let best = k;
  let largest = -1;
  for (let j = k; j < columns.length; j++) {
    const size = norm(columns[j].subarray(k));
    if (size > largest) [best, largest] = [j, size];
  }
  [columns[k], columns[best]] = [columns[best], columns[k]];
  [order[k], order[best]] = [order[best], order[k]];
}

/** The reflection that zeroes column k below its diagonal, on all columns from k and the right-hand side. */
function reflect(columns: readonly Vector[], rhs: Vector, k: number): void {
  const pivot = columns[k];
  const v = pivot.slice(k);
  const size = norm(v);
  if (size === 0) return;
  const alpha = v[0] > 0 ? -size : size;
  for (let i = 0; i < v.length; i++) v[i] /= size;
  v[0] -= alpha / size;
  const half = dot(v, v) / 2;
  for (let j = k + 1; j < columns.length; j++) mirror(columns[j], v, half, k);
  mirror(rhs, v, half, k);
  pivot.fill(0, k);
  pivot[k] = alpha;
}

function mirror(column: Vector, v: Vector, half: number, k: number): void {
  const tail = column.subarray(k);
  const s = dot(v, tail) / half;
  for (let i = 0; i < v.length; i++) tail[i] -= s * v[i];
}

/** R x = b for the leading `size` rows and columns of an upper triangular R; the rest of x is 0. */
export function solveUpper({ columns: n, data }: Matrix, b: Vector, size = n): Vector {
  const x = new Float64Array(n);
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i];
    for (let j = i + 1; j < size; j++) sum -= data[i * n + j] * x[j];
    x[i] = sum / data[i * n + i];
  }
  return x;
}

/** Rᵀ x = b for an upper triangular R. */
export function solveUpperTransposed({ columns: n, data }: Matrix, b: Vector): Vector {
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = b[i];
    for (let j = 0; j < i; j++) sum -= data[j * n + i] * x[j];
    x[i] = sum / data[i * n + i];
  }
  return x;
}

/** (AᵀA)⁻¹ = P R⁻¹R⁻ᵀ Pᵀ; ∞ throughout if A's columns depend on each other. */
export function inverseGram({ r, order, rank }: Factorization): Matrix {
  const n = r.columns;
  const result = matrix(n, n);
  if (rank < n) {
    result.data.fill(Number.POSITIVE_INFINITY);
    return result;
  }
  for (let k = 0; k < n; k++) {
    const unit = new Float64Array(n);
    unit[k] = 1;
    const column = solveUpper(r, solveUpperTransposed(r, unit));
    for (let i = 0; i < n; i++) result.data[order[i] * n + order[k]] = column[i];
  }
  return result;
}

/** A x = b for a square A, by elimination with partial pivoting; null if A is singular. */
export function solve(a: Matrix, b: Vector): Vector | null {
  const n = a.columns;
  const data = a.data.slice();
  const x = b.slice();
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(data[i * n + k]) > Math.abs(data[pivot * n + k])) pivot = i;
    }
    if (!(Math.abs(data[pivot * n + k]) > 0)) return null;
    for (let j = 0; j < n && pivot !== k; j++) {
      [data[k * n + j], data[pivot * n + j]] = [data[pivot * n + j], data[k * n + j]];
    }
    [x[k], x[pivot]] = [x[pivot], x[k]];
    for (let i = k + 1; i < n; i++) {
      const factor = data[i * n + k] / data[k * n + k];
      for (let j = k; j < n; j++) data[i * n + j] -= factor * data[k * n + j];
      x[i] -= factor * x[k];
    }
  }
  return solveUpper({ rows: n, columns: n, data }, x);
}
