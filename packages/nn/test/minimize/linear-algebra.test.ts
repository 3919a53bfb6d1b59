// Small dense linear algebra by what it must satisfy.

import { rng } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';
import {
  columnNorms,
  factorize,
  inverseGram,
  type Matrix,
  solve,
  solveUpper,
  solveUpperTransposed,
  times,
  transposedTimes,
} from '../../src/minimize/linear-algebra.js';
import { maxAbs, minus, norm, type Vector } from '../../src/minimize/vectors.js';

const random = rng(7);
const vectorOf = (n: number): Vector =>
  Float64Array.from(random.normal([n], { dtype: 'float64' }).data());
const matrixOf = (rows: number, columns: number): Matrix => ({
  rows,
  columns,
  data: vectorOf(rows * columns),
});

describe('factorize', () => {
  it.each([
    [1, 1],
    [5, 5],
    [9, 4],
    [3, 6],
  ])('decomposes a matrix of %i × %i: RᵀR = PᵀAᵀAP', (m, n) => {
    for (const pivot of [true, false]) {
      const a = matrixOf(m, n);
      const b = vectorOf(m);
      const { r, order, qtb, rank } = factorize(a, b, pivot);
      expect(rank).toBe(Math.min(m, n));
      expect([...order].sort((i, j) => i - j)).toEqual(order.map((_, i) => i));
      for (let k = 0; k < n; k++) {
        const [unit, own] = [new Float64Array(n), new Float64Array(n)];
        unit[order[k]] = 1;
        own[k] = 1;
        const gram = transposedTimes(a, times(a, unit));
        const other = transposedTimes(r, times(r, own));
        expect(maxAbs(Float64Array.from(order, (j, i) => gram[j] - other[i]))).toBeLessThan(1e-13);
      }
      const right = transposedTimes(a, b);
      const same = transposedTimes(r, qtb);
      expect(maxAbs(Float64Array.from(order, (j, i) => right[j] - same[i]))).toBeLessThan(1e-13);
    }
  });

  it('knows the rank', () => {
    const a = matrixOf(6, 3);
    for (let i = 0; i < 6; i++) a.data[3 * i + 2] = a.data[3 * i] - 2 * a.data[3 * i + 1];
    expect(factorize(a, vectorOf(6), true).rank).toBe(2);
    expect(
      factorize({ rows: 2, columns: 2, data: new Float64Array(4) }, vectorOf(2), true).rank,
    ).toBe(0);
    expect(
      inverseGram(factorize(a, vectorOf(6), true)).data.every((value) => value === Infinity),
    ).toBe(true);
  });

  it('takes a matrix without columns', () => {
    expect(factorize(matrixOf(3, 0), vectorOf(3), true).rank).toBe(0);
  });
});

it('Triangular systems, and systems of any square matrix, are solved', () => {
  const { r } = factorize(matrixOf(8, 5), vectorOf(8), false);
  const b = vectorOf(5);
  expect(maxAbs(minus(times(r, solveUpper(r, b)), b))).toBeLessThan(1e-12);
  expect(maxAbs(minus(transposedTimes(r, solveUpperTransposed(r, b)), b))).toBeLessThan(1e-12);
  const a: Matrix = { rows: 3, columns: 3, data: Float64Array.of(0, 2, 1, 1, 0, 0, 4, 1, 3) };
  const x = solve(a, Float64Array.of(1, 2, 3)) as Vector;
  expect(maxAbs(minus(times(a, x), Float64Array.of(1, 2, 3)))).toBeLessThan(1e-14);
  expect(
    solve({ rows: 2, columns: 2, data: Float64Array.of(1, 2, 2, 4) }, Float64Array.of(1, 1)),
  ).toBeNull();
});

it('(AᵀA)⁻¹ is the inverse of AᵀA', () => {
  const a = matrixOf(7, 4);
  const inverse = inverseGram(factorize(a, vectorOf(7), true));
  for (let k = 0; k < 4; k++) {
    const unit = new Float64Array(4);
    unit[k] = 1;
    expect(maxAbs(minus(times(inverse, transposedTimes(a, times(a, unit))), unit))).toBeLessThan(
      1e-12,
    );
  }
});

it('Norms neither overflow nor vanish', () => {
  expect(norm(Float64Array.of(3e200, 4e200)) / 1e200).toBeCloseTo(5, 12);
  expect(norm(Float64Array.of(3e-200, -4e-200)) / 1e-200).toBeCloseTo(5, 12);
  expect([
    norm(Float64Array.of(0)),
    norm(Float64Array.of(Infinity)),
    norm(new Float64Array(0)),
  ]).toEqual([0, Infinity, 0]);
  expect(norm(Float64Array.of(1, Number.NaN))).toBeNaN();
  expect([...columnNorms({ rows: 2, columns: 2, data: Float64Array.of(3, 0, 4, 0) })]).toEqual([
    5, 0,
  ]);
});
