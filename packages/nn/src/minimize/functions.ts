// Minimisation: functions of tensors as functions of flat vectors, differentiated by autograd's transforms.

import {
  compile,
  grad,
  hvp,
  jacobian,
  noGrad,
  type Operand,
  ShapeError,
  type Tensor,
  type TypedArray,
  valueAndGrad,
  vjp,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { type Layout, resultOf } from './flatten.js';
import { type LeastSquares, noEvaluations, type Objective } from './objective.js';
import { dot, type Vector } from './vectors.js';

/** ε: the distance from 1 to the next number. */
export function epsilonOf(dtype: 'float32' | 'float64'): number {
  return dtype === 'float64' ? Number.EPSILON : 2 ** -23;
}

/** The elements of a tensor in float64. */
export function vectorOf(x: Operand): Vector {
  return Float64Array.from(x.read().data());
}

/** A value that is one number. @throws ShapeError */
export function scalarResult(op: string, result: unknown): Tensor {
  const value = resultOf(op, result);
  if (value.size === 1) return value;
  throw new ShapeError(
    `${op}: the function returns a single number, got shape ${formatShape(value.shape)}. ` +
      "Reduce it with .sum() or .mean(), or minimise residuals with 'levenberg-marquardt'.",
  );
}

/** As a program, if wanted: the derivatives are traced with the function. */
function maybeCompiled<A extends unknown[], R>(
  fn: (...args: A) => R,
  wanted: boolean,
): (...args: A) => R {
  return wanted ? compile(fn) : fn;
}

/** A scalar function by its gradient and Hessian-vector products. */
export function objectiveOf(
  op: string,
  fn: (x: never) => unknown,
  layout: Layout,
  compiled: boolean,
): Objective {
  const flat = (x: Tensor) => scalarResult(op, fn(layout.unflatten(x) as never));
  const both = maybeCompiled((x: Tensor) => valueAndGrad(flat)(x), compiled);
  const product = compiled
    ? compile((x: Tensor, v: Tensor) => hvp(flat, x, v) as Tensor)
    : recordedProduct(flat);
  const evaluations = noEvaluations();
  return {
    size: layout.size,
    epsilon: epsilonOf(layout.dtype),
    evaluations,
    evaluate(x) {
      evaluations.function++;
      evaluations.gradient++;
      const at = layout.toTensor(x);
      const [value, gradient] = both(at);
      return { x: vectorOf(at), value: value.item(), gradient: vectorOf(gradient) };
    },
    hessianVector(x, v) {
      evaluations.hessianVector++;
      return vectorOf(product(layout.toTensor(x), layout.toTensor(v)));
    },
  };
}

/**
 * Products with the Hessian as gradients of gᵀv, which is the same since it is symmetric: so g is recorded once for
 * each x, and every further v costs a replay of it.
 */
function recordedProduct(fn: (x: Tensor) => Tensor): (x: Tensor, v: Tensor) => Tensor {
  let last: { at: TypedArray; pullback: (v: Tensor) => readonly Tensor[] } | null = null;
  return (x, v) => {
    const at = x.data();
    if (last === null || last.at.some((value, i) => !Object.is(value, at[i]))) {
      const [, pullback] = vjp(grad(fn) as (z: Tensor) => Tensor, x);
      last = { at, pullback };
    }
    return last.pullback(v)[0];
  };
}

/** A function to residuals of any shape, by its Jacobian; and the residuals as they were returned last. */
export function leastSquaresOf(
  op: string,
  fn: (x: never) => unknown,
  layout: Layout,
  compiled: boolean,
): LeastSquares & { readonly shape: () => readonly number[] } {
  let shape: readonly number[] = [];
  const values = (x: Tensor) => resultOf(op, fn(layout.unflatten(x) as never));
  const run = maybeCompiled((x: Tensor) => values(x), compiled);
  const rows = maybeCompiled((x: Tensor) => jacobian((z) => values(z).reshape([-1]))(x), compiled);
  const evaluations = noEvaluations();
  return {
    size: layout.size,
    epsilon: epsilonOf(layout.dtype),
    evaluations,
    shape: () => shape,
    evaluate(x) {
      evaluations.function++;
      const at = layout.toTensor(x);
      const result = noGrad(() => run(at));
      shape = result.shape;
      const residuals = vectorOf(result);
      return { x: vectorOf(at), value: dot(residuals, residuals) / 2, residuals };
    },
    jacobian(x) {
      evaluations.jacobian++;
      return vectorOf(rows(layout.toTensor(x)));
    },
  };
}
