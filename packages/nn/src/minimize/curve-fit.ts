// Minimisation: curveFit(model, x, y, p0), what people come to least squares for.

import {
  ArgumentError,
  Operand,
  type Shape,
  ShapeError,
  type Tensor,
  tensor,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { minimize } from './minimize.js';
import type { LeastSquaresOptions } from './options.js';
import type { LeastSquaresMinimum, MinimizeReason } from './report.js';

export interface CurveFitOptions extends Omit<LeastSquaresOptions<Tensor>, 'method'> {
  /** The standard deviation of each observation, in the shape of y: residuals are divided by it. Default: all alike. */
  sigma?: Operand | readonly number[];
  /**
   * Whether `sigma` is in the units of y, so that errors follow from it alone; otherwise it only weighs the
   * observations against each other, and errors follow from the residuals. Default: false.
   */
  absoluteSigma?: boolean;
}

/** What a curve was fitted with. Prints as a table. */
export class CurveFit<P extends Shape = Shape> {
  /** The parameters, in the shape of p₀. */
  readonly parameters: Tensor<P>;
  /** Their standard errors; ∞ if the observations do not determine all of them, NaN if there are too few. */
  readonly standardErrors: Tensor<P>;
  /** [n, n], over all parameters in order. */
  readonly covariance: Tensor<[number, number]>;
  /** √(Σ residuals² / degrees of freedom); NaN without degrees of freedom. */
  readonly residualStandardDeviation: number;
  /** Σ residuals², each divided by its sigma. */
  readonly residualSumOfSquares: number;
  /** Observations more than parameters. */
  readonly degreesOfFreedom: number;
  /** How minimisation went. */
  readonly minimum: LeastSquaresMinimum<Tensor<P>>;

  /** @internal */
  constructor(minimum: LeastSquaresMinimum<Tensor<P>>, absolute: boolean) {
    // s²(JᵀJ)⁻¹ is what the residuals tell; (JᵀJ)⁻¹ is what sigma says.
    const covariance = absolute ? minimum.inverseGram : minimum.covariance;
    this.minimum = minimum;
    this.parameters = minimum.x;
    this.standardErrors = covariance
      .diag()
      .sqrt()
      .reshape([...minimum.x.shape]) as unknown as Tensor<P>;
    this.covariance = covariance;
    this.residualStandardDeviation = minimum.residualStandardDeviation;
    this.residualSumOfSquares = 2 * minimum.value;
    this.degreesOfFreedom = minimum.degreesOfFreedom;
  }

  get converged(): boolean {
    return this.minimum.converged;
  }

  get reason(): MinimizeReason {
    return this.minimum.reason;
  }

  toString(): string {
    const { minimum, degreesOfFreedom: freedom } = this;
    const errors = this.standardErrors.data();
    const rows = Array.from(this.parameters.data(), (value, i) => [
      `  p[${i}]`,
      value.toPrecision(10),
      `± ${errors[i].toPrecision(4)}`,
    ]);
    const widths = [0, 1].map((c) => Math.max(0, ...rows.map((row) => row[c].length)));
    return [
      `curveFit: ${minimum.converged ? 'converged' : 'stopped'} after ${minimum.iterations} iterations, ${minimum.message}`,
      ...rows.map(([name, value, error]) =>
        [name.padEnd(widths[0]), value.padStart(widths[1]), error].join('  '),
      ),
      `  residual standard deviation ${this.residualStandardDeviation.toPrecision(6)} on ${freedom} degrees of freedom`,
    ].join('\n');
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/**
 * Fits a curve: the parameters p with the least Σ (model(x, p) − y)², by Levenberg–Marquardt, and their standard errors.
 *
 * ```ts
 * const decay = (x: Tensor, p: Tensor) => x.mul(p.slice(1)).neg().exp().mul(p.slice(0));
 * curveFit(decay, [0, 1, 2, 3], [5, 3.1, 1.8, 1.1], [4, 0.3]).parameters;
 * ```
 *
 * @param model the curve: of x and p, in the shape of y. A sum over x is up to it.
 * @param x what the model is given, as it is; plain numbers become a float64 tensor.
 * @param y the observations, of any shape; plain numbers become float64.
 * @param p0 where to begin; plain numbers become float64.
 * @throws ShapeError if the model's result has not the shape of y; ArgumentError for sigma that is not above 0; and what
 *   `minimize` throws.
 */
export function curveFit<P extends Shape>(
  model: (x: Tensor, p: Tensor<P>) => Tensor,
  x: Operand | readonly number[],
  y: Operand | readonly number[],
  p0: Operand<P>,
  options?: CurveFitOptions,
): CurveFit<P>;
export function curveFit(
  model: (x: Tensor, p: Tensor<[number]>) => Tensor,
  x: Operand | readonly number[],
  y: Operand | readonly number[],
  p0: readonly number[],
  options?: CurveFitOptions,
): CurveFit<[number]>;
export function curveFit(
  model: (x: Tensor, p: never) => Tensor,
  x: Operand | readonly number[],
  y: Operand | readonly number[],
  p0: Operand | readonly number[],
  options: CurveFitOptions = {},
): CurveFit {
  const { sigma, absoluteSigma = false, ...rest } = options;
  const [at, observed] = [observations(x), observations(y)];
  const deviations = sigma === undefined ? null : checkSigma(observations(sigma), observed);
  const residuals = (p: Tensor): Tensor => {
    const fitted = model(at, p as never);
    if (fitted.shape.join() !== observed.shape.join()) {
      throw new ShapeError(
        `curveFit: the model gives one value for each observation, ${formatShape(observed.shape)}, ` +
          `got ${formatShape(fitted.shape)}. Take single parameters with p.slice(i), which have no axes.`,
      );
    }
    const difference = fitted.sub(observed);
    return deviations === null ? difference : difference.div(deviations);
  };
  const method = 'levenberg-marquardt';
  return new CurveFit(minimize(residuals, observations(p0), { ...rest, method }), absoluteSigma);
}

function observations(values: Operand | readonly number[]): Tensor {
  if (values instanceof Operand) return values.read().detach();
  return tensor([...values], { dtype: 'float64' });
}

function checkSigma(sigma: Tensor, y: Tensor): Tensor {
  if (sigma.shape.join() !== y.shape.join()) {
    throw new ShapeError(
      `curveFit: sigma has the shape of y, ${formatShape(y.shape)}, got ${formatShape(sigma.shape)}. ` +
        'Give each observation its own.',
    );
  }
  const wrong = sigma.data().find((value) => !(value > 0));
  if (wrong === undefined) return sigma;
  throw new ArgumentError(
    `curveFit: sigma is above 0, got ${wrong}. Leave out observations that are not to count.`,
  );
}
