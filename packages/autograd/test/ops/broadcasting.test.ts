// Broadcasting: 10,000 random pairs of shapes against NumPy's rule, values and gradients against index arithmetic.
import {
  add,
  broadcastTo,
  grad,
  matmul,
  ShapeError,
  sub,
  type Tensor,
  tensor,
  where,
} from '@retrograd/autograd';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const RUNS = 10_000;

/** Up to four axes of up to three elements, so that many pairs fit and many don't. */
const size = fc.constantFrom(0, 1, 1, 2, 3, 3);
const shapes = fc.array(size, { maxLength: 4, size: 'max' });
const seed = fc.integer({ min: 0, max: 1000 });

/** NumPy's rule, told by its manual: align at the right, sizes are equal or one of them is 1. */
function numpyShape(...all: readonly (readonly number[])[]): number[] | null {
  const rank = Math.max(...all.map((shape) => shape.length));
  const padded = all.map((shape) => [...new Array<number>(rank - shape.length).fill(1), ...shape]);
  const result: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const wide = new Set(padded.map((shape) => shape[axis]).filter((n) => n !== 1));
    if (wide.size > 1) return null;
    result.push(wide.size === 0 ? 1 : [...wide][0]);
  }
  return result;
}

const count = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

/** Every index of a shape, in row-major order. */
function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (indices, n) => indices.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]],
  );
}

/** Where an index of the result points to in a tensor of `shape`. */
function placeOf(index: readonly number[], shape: readonly number[]): number {
  const own = index.slice(index.length - shape.length);
  return shape.reduce((place, n, axis) => place * n + (n === 1 ? 0 : own[axis]), 0);
}

/** Different whole numbers, so that sums are exact. */
function numbered(shape: readonly number[], start: number): Tensor {
  const data = Float64Array.from({ length: count(shape) }, (_, i) => start + 3 * i * i + i);
  return tensor(data).reshape(shape);
}

describe('two shapes', () => {
  it('broadcast to what NumPy makes of them, or are refused with a ShapeError that names both', () => {
    let fitting = 0;
    fc.assert(
      fc.property(shapes, shapes, (a, b) => {
        const expected = numpyShape(a, b);
        const run = () => add(numbered(a, 0), numbered(b, 1));
        if (expected === null) {
          expect(run).toThrow(ShapeError);
          expect(run).toThrow(`[${a.join(', ')}] and [${b.join(', ')}]`);
        } else {
          expect(run().shape).toEqual(expected);
          fitting++;
        }
      }),
      { numRuns: RUNS },
    );
    expect(fitting).toBeGreaterThan(RUNS / 5);
    expect(fitting).toBeLessThan((RUNS * 4) / 5);
  });

  it('give the values that index arithmetic gives', () => {
    fc.assert(
      fc.property(shapes, shapes, seed, (a, b, start) => {
        const shape = numpyShape(a, b);
        fc.pre(shape !== null);
        const [x, y] = [numbered(a, start), numbered(b, start + 7)];
        const [p, q] = [x.data(), y.data()];
        const expected = indicesOf(shape).map((i) => p[placeOf(i, a)] - q[placeOf(i, b)]);
        expect(Array.from(sub(x, y).data())).toEqual(expected);
      }),
      { numRuns: 1500 },
    );
  });

  it('give gradients in their own shapes, summed over what was repeated', () => {
    fc.assert(
      fc.property(shapes, shapes, seed, (a, b, start) => {
        const shape = numpyShape(a, b);
        fc.pre(shape !== null);
        const weights = numbered(shape, start);
        const w = weights.data();
        const expected = new Array<number>(count(a)).fill(0);
        indicesOf(shape).forEach((index, k) => {
          expected[placeOf(index, a)] += w[k];
        });
        const gradient = grad((x: Tensor) => add(x, numbered(b, 1)).mul(weights).sum())(
          numbered(a, 2),
        );
        expect(gradient.shape).toEqual(a);
        expect(Array.from(gradient.data())).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('three shapes', () => {
  it('broadcast together in where', () => {
    fc.assert(
      fc.property(shapes, shapes, shapes, (c, a, b) => {
        const shape = numpyShape(c, a, b);
        const [condition, x, y] = [numbered(c, 0), numbered(a, 5), numbered(b, -5)];
        const run = () => where(condition, x, y);
        if (shape === null) {
          expect(run).toThrow(ShapeError);
          return;
        }
        const [t, p, q] = [condition.data(), x.data(), y.data()];
        const expected = indicesOf(shape).map((i) =>
          t[placeOf(i, c)] === 0 ? q[placeOf(i, b)] : p[placeOf(i, a)],
        );
        expect(run().shape).toEqual(shape);
        expect(Array.from(run().data())).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('one shape', () => {
  it('is repeated to another if that is what the two broadcast to, and refused otherwise', () => {
    fc.assert(
      fc.property(shapes, shapes, (from, to) => {
        const shape = numpyShape(from, to);
        const fits = shape !== null && String(shape) === String(to) && shape.length === to.length;
        const run = () => broadcastTo(numbered(from, 1), to);
        if (!fits) {
          expect(run).toThrow(ShapeError);
          return;
        }
        const data = numbered(from, 1).data();
        const expected = indicesOf(to).map((index) => data[placeOf(index, from)]);
        expect(run().shape).toEqual(to);
        expect(Array.from(run().data())).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('batches of matrices', () => {
  it('broadcast their leading axes in matmul', () => {
    const leads = fc.array(size, { maxLength: 2 });
    fc.assert(
      fc.property(leads, leads, size, size, size, (p, q, m, k, n) => {
        const batch = numpyShape(p, q);
        const [a, b] = [numbered([...p, m, k], 1), numbered([...q, k, n], 2)];
        if (batch === null) {
          expect(() => matmul(a, b)).toThrow(ShapeError);
          return;
        }
        const [x, y] = [a.data(), b.data()];
        const expected = indicesOf([...batch, m, n]).map((index) => {
          const [i, j] = index.slice(-2);
          const lead = index.slice(0, -2);
          let sum = 0;
          for (let c = 0; c < k; c++) {
            sum += x[(placeOf(lead, p) * m + i) * k + c] * y[(placeOf(lead, q) * k + c) * n + j];
          }
          return sum;
        });
        const product = matmul(a, b);
        expect(product.shape).toEqual([...batch, m, n]);
        expect(Array.from(product.data())).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
