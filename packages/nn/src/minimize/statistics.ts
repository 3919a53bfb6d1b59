// Minimisation: what least squares says of the unknowns' errors.

import { type Tensor, tensor } from '@retrograd/autograd';
import type { Layout } from './flatten.js';
import type { Fit } from './levenberg-marquardt.js';
import { columnNorms, factorize, inverseGram, type Matrix } from './linear-algebra.js';
import type { LeastSquares, Outcome } from './objective.js';
import { LeastSquaresMinimum } from './report.js';
import { maxAbs, scaled, type Vector } from './vectors.js';

export function leastSquaresMinimum(
  { point, iterations, reason }: Outcome<Fit>,
  problem: LeastSquares & { readonly shape: () => readonly number[] },
  layout: Layout,
): LeastSquaresMinimum<unknown> {
  const { value, gradient, jacobian, residuals } = point;
  const degreesOfFreedom = residuals.length - layout.size;
  const variance = degreesOfFreedom > 0 ? (2 * value) / degreesOfFreedom : Number.NaN;
  const inverse = gramInverse(jacobian, residuals);
  const covariance = scaled(variance, inverse);
  const n = layout.size;
  const errors = Float64Array.from({ length: n }, (_, i) => Math.sqrt(covariance[i * n + i]));
  const { dtype } = layout;
  const square = (values: Vector) =>
    tensor(values, { dtype }).reshape([n, n]) as Tensor<[number, number]>;
  return new LeastSquaresMinimum<unknown>(
    {
      method: 'levenberg-marquardt',
      value,
      gradientNorm: maxAbs(gradient),
      iterations,
      evaluations: problem.evaluations,
      reason,
    },
    layout.unflatten(layout.toTensor(point.x)),
    layout.unflatten(layout.toTensor(gradient)),
    {
      residuals: tensor(residuals, { dtype }).reshape([...problem.shape()]),
      degreesOfFreedom,
      residualStandardDeviation: Math.sqrt(variance),
      inverseGram: square(inverse),
      covariance: square(covariance),
      standardErrors: layout.unflatten(layout.toTensor(errors)),
    },
  );
}

/**
 * (JᵀJ)⁻¹. The columns are brought to one length before they are decomposed, so that unknowns of very different units
 * don't pass for dependent.
 */
function gramInverse(jacobian: Matrix, residuals: Vector): Vector {
  const { rows, columns, data } = jacobian;
  const norms = columnNorms(jacobian);
  const unit: Matrix = {
    rows,
    columns,
    data: data.map((value, i) => value / (norms[i % columns] || 1)),
  };
  const inverse = inverseGram(factorize(unit, residuals, true)).data;
  return inverse.map(
    (value, i) => value / (norms[i % columns] || 1) / (norms[Math.floor(i / columns)] || 1),
  );
}
