// Tests of tensor/shape: sizes, axes, broadcasting and reshaping, before any element is looked at.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError, AxisError, ShapeError } from '../../src/errors.js';
import {
  broadcastAxes,
  broadcastShapes,
  broadcastStrides,
  checkInteger,
  checkShape,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  reducedShape,
  resolveReshape,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
} from '../../src/tensor/shape.js';
import { expectError } from '../support.js';

/** Ones are frequent, so that most pairs fit. */
const sizes = fc.array(fc.constantFrom(1, 1, 1, 1, 1, 2, 3, 0), { maxLength: 5 });

test('sizeOf multiplies; a scalar has one element', () => {
  expect([[], [3], [2, 3], [2, 0, 3]].map(sizeOf)).toEqual([1, 3, 6, 0]);
});

test('stridesOf steps row-major', () => {
  expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
  expect(stridesOf([])).toEqual([]);
});

test('formatShape prints as a list', () => {
  expect([[], [3], [2, 3]].map(formatShape)).toEqual(['[]', '[3]', '[2, 3]']);
});

test('sameShape compares rank and sizes', () => {
  expect(sameShape([2, 3], [2, 3])).toBe(true);
  expect(sameShape([2, 3], [3, 2])).toBe(false);
  expect(sameShape([2], [2, 1])).toBe(false);
  expect(sameShape([], [])).toBe(true);
});

test('checkShape copies what is a shape and refuses the rest', () => {
  const shape = [2, 0];
  expect(checkShape('op', shape)).toEqual([2, 0]);
  expect(checkShape('op', shape)).not.toBe(shape);
  for (const wrong of [[-1], [0.5], [Infinity], ['2'], 2, null, 'ab']) {
    expectError(() => checkShape('op', wrong as Shape), ShapeError, /^op: /);
  }
});

describe('axes', () => {
  test('count from the end when negative', () => {
    expect([0, 2, -1, -3].map((axis) => normalizeAxis('op', axis, 3))).toEqual([0, 2, 2, 0]);
  });

  test.each([
    [3, 3, /axes run from -3 to 2, got 3/],
    [-4, 3, /got -4/],
    [0.5, 3, /got 0.5/],
    [0, 0, /a scalar has no axes, got 0/],
    [Number.NaN, 1, /got NaN/],
  ])('%d of rank %d is refused', (axis, rank, message) => {
    expectError(() => normalizeAxis('op', axis, rank), AxisError, /^op: /, message);
  });

  test('lists are sorted; none means all', () => {
    expect(normalizeAxes('op', undefined, 3)).toEqual([0, 1, 2]);
    expect(normalizeAxes('op', null, 2)).toEqual([0, 1]);
    expect(normalizeAxes('op', -1, 2)).toEqual([1]);
    expect(normalizeAxes('op', [-1, 0], 3)).toEqual([0, 2]);
    expect(normalizeAxes('op', [], 3)).toEqual([]);
    expect(normalizeAxes('op', undefined, 0)).toEqual([]);
  });

  test('named twice are refused, also once from each end', () => {
    expectError(() => normalizeAxes('op', [1, -1], 2), AxisError, /got \[1, -1\]/);
  });

  test('reduced are dropped or kept with size 1', () => {
    expect(reducedShape([2, 3, 4], [0, 2], false)).toEqual([3]);
    expect(reducedShape([2, 3, 4], [0, 2], true)).toEqual([1, 3, 1]);
    expect(reducedShape([2], [], false)).toEqual([2]);
  });
});

/** NumPy's rule as its manual states it, for shapes padded with 1 to one rank. */
function numpyBroadcast(a: Shape, b: Shape): number[] | null {
  const rank = Math.max(a.length, b.length);
  const padded = (s: Shape) => [...new Array<number>(rank - s.length).fill(1), ...s];
  const [p, q] = [padded(a), padded(b)];
  const fits = p.every((n, i) => n === q[i] || n === 1 || q[i] === 1);
  return fits ? p.map((n, i) => (n === 1 ? q[i] : n)) : null;
}

describe('broadcasting', () => {
  test('two shapes gives NumPy’s shape or a ShapeError: 10,000 pairs', () => {
    let refused = 0;
    fc.assert(
      fc.property(sizes, sizes, (a, b) => {
        const expected = numpyBroadcast(a, b);
        if (expected !== null) {
          expect(broadcastShapes('add', a, b)).toEqual(expected);
          return;
        }
        refused++;
        expectError(
          () => broadcastShapes('add', a, b),
          ShapeError,
          /^add: shapes \[.*\] and \[.*\] do not broadcast, sizes \d and \d meet at axis -\d/,
        );
      }),
      { numRuns: 10_000, seed: 1 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  test('reads repeated axes with stride 0', () => {
    expect(broadcastStrides([3, 1], [2, 3, 4])).toEqual([0, 1, 0]);
    expect(broadcastStrides([], [2])).toEqual([0]);
    expect(broadcastStrides([2, 3], [2, 3])).toEqual([3, 1]);
  });

  test('and back: the axes that were repeated are those to be summed', () => {
    expect(broadcastAxes([2, 3, 4], [3, 1])).toEqual([0, 2]);
    expect(broadcastAxes([1, 3], [3])).toEqual([0]);
    expect(broadcastAxes([2, 1], [2, 1])).toEqual([]);
  });
});

describe('resolveReshape', () => {
  test('finds the size for −1', () => {
    expect(resolveReshape([2, 6], [3, -1])).toEqual([3, 4]);
    expect(resolveReshape([], [-1])).toEqual([1]);
    expect(resolveReshape([0, 3], [-1, 3])).toEqual([0, 3]);
    expect(resolveReshape([1, 1], [])).toEqual([]);
  });

  test.each([
    [[6], [4, -1], /no size for -1/],
    [[0], [0, -1], /no size for -1/],
    [[6], [-1, -1], /one size may be -1/],
    [[6], [4], /has 6 elements, \[4\] has 4/],
    [[6], [-2, -3], /non-negative/],
    [[6], [1.5, 4], /non-negative/],
  ])('%j to %j is refused', (shape, target, message) => {
    let text = '';
    try {
      resolveReshape(shape, target);
    } catch (error) {
      expect(error).toBeInstanceOf(ShapeError);
      text = (error as Error).message;
    }
    expect(text).toMatch(message);
  });
});

test('checkInteger names the option', () => {
  expect(checkInteger('op', 'n', 3, 3)).toBe(3);
  for (const wrong of [2, 3.5, Number.NaN, Infinity, '3' as never]) {
    expectError(() => checkInteger('op', 'n', wrong, 3), ArgumentError, /^op: n .* at least 3/);
  }
});
