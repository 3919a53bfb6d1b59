// Minimisation: conjugateGradient(A, b), linear systems of which only products are needed.

import {
  ArgumentError,
  DTypeError,
  noGrad,
  Operand,
  type Shape,
  ShapeError,
  type Tensor,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { type ConjugateReason, conjugateGradients } from './conjugate.js';
import { type Layout, layoutOf, resultOf } from './flatten.js';
import { epsilonOf, vectorOf } from './functions.js';
import { checkLimit } from './objective.js';
import { minus, norm, plus, type Vector } from './vectors.js';

/** A symmetric matrix [n, n], or what it makes of a tensor in the shape of b. */
export type LinearMap<S extends Shape = Shape> = Operand | ((v: Tensor<S>) => Tensor);

export interface ConjugateGradientOptions<S extends Shape = Shape> {
  /** An approximation of A⁻¹, symmetric and positive definite; such as `(r) => r.div(diagonal)`. */
  preconditioner?: LinearMap<S>;
  /** Where to begin. Default: zeros. */
  x0?: Operand<S>;
  /** Stops when ‖b − Ax‖ ≤ tolerance ‖b‖. Default: √ε, 1.5e-8 in float64 and 3.5e-4 in float32. */
  tolerance?: number;
  /** Products with A at most. Default: 10 for each unknown. */
  maxIterations?: number;
}

export interface ConjugateGradientResult<S extends Shape = Shape> {
  readonly x: Tensor<S>;
  /** ‖b − Ax‖, computed from x at the end. */
  readonly residualNorm: number;
  readonly iterations: number;
  readonly converged: boolean;
  /**
   * `tolerance`; `iterations`; `negativeCurvature`: A is not positive definite, and x is what was found until that
   * showed; `notFinite`.
   */
  readonly reason: Exclude<ConjugateReason, 'boundary'>;
}

/**
 * Solves A x = b for a symmetric positive definite A by conjugate gradients (Hestenes and Stiefel).
 * @param a a matrix [n, n] for b [n], or a function of a tensor in the shape of b.
 * @throws ShapeError or DTypeError if A, x₀ or the preconditioner do not fit b, ArgumentError for options out of range.
 */
export function conjugateGradient<S extends Shape>(
  a: LinearMap<S>,
  b: Operand<S>,
  options: ConjugateGradientOptions<S> = {},
): ConjugateGradientResult<S> {
  const op = 'conjugateGradient';
  if (!(b instanceof Operand)) {
    throw new ArgumentError(`${op}: b is a tensor, got ${typeof b}. Wrap numbers with tensor(…).`);
  }
  const layout = layoutOf(op, b, 'b');
  const { size, dtype } = layout;
  const { tolerance = Math.sqrt(epsilonOf(dtype)), maxIterations = 10 * size } = options;
  checkLimit(op, 'tolerance', tolerance);
  checkLimit(op, 'maxIterations', maxIterations, true);
  return noGrad(() => {
    const apply = mapOf(op, 'A', a, b, layout);
    const { preconditioner } = options;
    const right = vectorOf(b);
    const start = options.x0 === undefined ? null : layout.flatten(op, 'x0', options.x0);
    const solved = conjugateGradients(apply, start === null ? right : minus(right, apply(start)), {
      tolerance: tolerance * norm(right),
      maxIterations,
      precondition: preconditioner && mapOf(op, 'preconditioner', preconditioner, b, layout),
    });
    const x = layout.toTensor(start === null ? solved.x : plus(start, 1, solved.x));
    return {
      x: layout.unflatten(x) as Tensor<S>,
      residualNorm: norm(minus(right, apply(vectorOf(x)))),
      iterations: solved.iterations,
      converged: solved.reason === 'tolerance',
      reason: solved.reason as ConjugateGradientResult['reason'],
    };
  });
}

function mapOf<S extends Shape>(
  op: string,
  what: string,
  map: LinearMap<S>,
  b: Operand<S>,
  layout: Layout,
): (v: Vector) => Vector {
  if (map instanceof Operand) checkMatrix(op, what, map, b);
  const fn = map instanceof Operand ? (v: Tensor<S>) => map.read().matmul(v as Tensor) : map;
  return (v) => {
    const product = resultOf(op, fn(layout.unflatten(layout.toTensor(v)) as Tensor<S>));
    if (product.shape.join() === b.shape.join()) return vectorOf(product);
    throw new ShapeError(
      `${op}: ${what} makes a tensor of b's shape, ${formatShape(b.shape)}, got ${formatShape(product.shape)}. ` +
        'Return the product with the tensor that it is given.',
    );
  };
}

function checkMatrix(op: string, what: string, matrix: Operand, b: Operand): void {
  const n = b.shape[0];
  if (b.rank !== 1 || matrix.rank !== 2 || matrix.shape[0] !== n || matrix.shape[1] !== n) {
    throw new ShapeError(
      `${op}: ${what} is [n, n] and b [n], got ${formatShape(matrix.shape)} and ${formatShape(b.shape)}. ` +
        'Pass a function for tensors of other shapes.',
    );
  }
  if (matrix.dtype === b.dtype) return;
  throw new DTypeError(
    `${op}: ${what} has the dtype of b, ${b.dtype}, got ${matrix.dtype}. Cast it with .cast('${b.dtype}').`,
  );
}
