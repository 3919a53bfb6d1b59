// conjugateGradient: linear systems by products.

import { rng, type Tensor, tensor } from '@retrograd/autograd';
import { conjugateGradient } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';
import { vector } from './functions.js';

const n = 12;
const root = rng(3).normal([n, n], { dtype: 'float64' }) as Tensor;
const positive = root.matmul(root.transpose()).add(0);
const b = vector(Array.from({ length: n }, (_, i) => i - 3));

describe('conjugateGradient', () => {
  it('solves with a matrix, and with a function that makes its products', () => {
    const byMatrix = conjugateGradient(positive, b, { tolerance: 1e-12, maxIterations: 200 });
    expect(byMatrix.converged).toBe(true);
    expect(positive.matmul(byMatrix.x).sub(b).abs().max().item()).toBeLessThan(1e-9);
    const byProducts = conjugateGradient((v: Tensor) => positive.matmul(v), b, {
      tolerance: 1e-12,
      maxIterations: 200,
    });
    expect(byProducts).toEqual(byMatrix);
  });

  it('needs as many iterations as the matrix has different eigenvalues', () => {
    const scale = vector([1, 1, 1, 1, 5, 5, 5, 5, 9, 9, 9, 9]);
    const { iterations, reason } = conjugateGradient((v: Tensor) => v.mul(scale), b, {
      tolerance: 1e-12,
    });
    expect([iterations, reason]).toEqual([3, 'tolerance']);
  });

  it('needs fewer with a preconditioner, and none from the solution', () => {
    const scale = vector(Array.from({ length: n }, (_, i) => 10 ** i));
    const solved = conjugateGradient((v: Tensor) => v.mul(scale), b, {
      preconditioner: (r: Tensor) => r.div(scale),
    });
    expect(solved.iterations).toBe(1);
    expect(solved.x.sub(b.div(scale)).abs().max().item()).toBeLessThan(1e-12);
    const again = conjugateGradient((v: Tensor) => v.mul(scale), b, { x0: solved.x });
    expect([again.iterations, again.reason]).toEqual([0, 'tolerance']);
  });

  it('takes b of any shape', () => {
    const right = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: 'float64' },
    );
    const { x } = conjugateGradient((v: Tensor) => v.mul(2).add(v.transpose()), right);
    expect(x.mul(2).add(x.transpose()).sub(right).abs().max().item()).toBeLessThan(1e-7);
  });

  it('says that the matrix is not positive definite, or not finite, or that iterations are used up', () => {
    expect(conjugateGradient((v: Tensor) => v.neg(), b).reason).toBe('negativeCurvature');
    expect(conjugateGradient((v: Tensor) => v.mul(Number.NaN), b).reason).toBe('notFinite');
    const short = conjugateGradient(positive, b, { maxIterations: 2 });
    expect([short.reason, short.converged, short.iterations]).toEqual(['iterations', false, 2]);
    expect(short.residualNorm).toBeGreaterThan(1e-6);
  });

  it('solves for 0 at once', () => {
    expect(conjugateGradient(positive, b.mul(0)).x.toArray()).toEqual(
      Array.from({ length: n }, () => 0),
    );
  });

  it.each<[string, () => unknown]>([
    [
      'ShapeError: conjugateGradient: A is [n, n] and b [n], got [12, 12] and [2]. Pass a function for tensors of other shapes.',
      () => conjugateGradient(positive, vector([1, 2])),
    ],
    [
      "DTypeError: conjugateGradient: A has the dtype of b, float32, got float64. Cast it with .cast('float32').",
      () => conjugateGradient(positive, b.cast('float32')),
    ],
    [
      "ShapeError: conjugateGradient: A makes a tensor of b's shape, [12], got []. Return the product with the tensor that it is given.",
      () => conjugateGradient((v: Tensor) => v.sum(), b),
    ],
    [
      'ShapeError: conjugateGradient: x0 has the shape of b, [12], got [1]. Reshape it, or pass a number for all elements.',
      () => conjugateGradient(positive, b, { x0: vector([1]) }),
    ],
    [
      'ArgumentError: conjugateGradient: b is a tensor, got number. Wrap numbers with tensor(…).',
      () => conjugateGradient(positive, 3 as unknown as Tensor),
    ],
    [
      'ArgumentError: conjugateGradient: tolerance is a number of at least 0, got -1. Check the option.',
      () => conjugateGradient(positive, b, { tolerance: -1 }),
    ],
  ])('refuses with %s', (message, call) => {
    expect(refusal(call)).toBe(message);
  });
});
