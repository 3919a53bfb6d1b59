// Minimisation: minimize(fn, x0), one door for all methods.

import {
  ArgumentError,
  type Feed,
  type Gradients,
  type Operand,
  type Shape,
  type Tensor,
} from '@retrograd/autograd';
import { clip, projectedGradient } from './box.js';
import { conjugateDescent, quasiNewton } from './descent.js';
import { type Layout, layoutOf } from './flatten.js';
import { leastSquaresOf, objectiveOf } from './functions.js';
import { dampedLeastSquares } from './levenberg-marquardt.js';
import { LimitedMemory } from './limited-memory.js';
import { trustRegionNewton } from './newton-cg.js';
import { Monitor, type Progress } from './objective.js';
import {
  boxOf,
  checkPositive,
  type LeastSquaresOptions,
  limitsOf,
  type MethodOptions,
  type MinimizeMethod,
  type MinimizeOptions,
  methodOf,
} from './options.js';
import { type LeastSquaresMinimum, Minimum } from './report.js';
import { leastSquaresMinimum } from './statistics.js';
import { maxAbs, type Vector } from './vectors.js';

/**
 * A local minimum of a function near x₀.
 *
 * ```ts
 * const rosenbrock = (x: Tensor) => …;
 * minimize(rosenbrock, tensor([-1.2, 1], { dtype: 'float64' }), { method: 'newton-cg' }).x;
 * ```
 *
 * | method | what it is | needs |
 * |---|---|---|
 * | `lbfgs` | limited-memory BFGS with a strong-Wolfe line search; L-BFGS-B with `bounds` | gradients |
 * | `newton-cg` | Newton's method in a trust region, by Steihaug's conjugate gradients | Hessian-vector products |
 * | `cg` | nonlinear conjugate gradients, Polak–Ribière+ with restarts | gradients |
 * | `levenberg-marquardt` | least squares in Moré's form: `fn` returns residuals r of any shape, ½‖r‖² is minimised | Jacobians |
 *
 * x₀ is a tensor of any shape, or nested arrays and objects of tensors, and `x` of the result is like it. All of them
 * are float64, which is right for this, or all float32. Derivatives are autograd's own.
 *
 * @throws ArgumentError, DTypeError or ShapeError for options, x₀ or bounds that don't fit; ShapeError if `fn` returns
 *   more than one number (but for least squares).
 */
export function minimize<S extends Shape>(
  fn: (x: Tensor<S>) => Tensor,
  x0: Operand<S>,
  options: LeastSquaresOptions<Tensor<S>>,
): LeastSquaresMinimum<Tensor<S>>;
export function minimize<S extends Shape>(
  fn: (x: Tensor<S>) => Tensor,
  x0: Operand<S>,
  options?: MinimizeOptions<Tensor<S>>,
): Minimum<Tensor<S>>;
export function minimize<P extends object>(
  fn: (x: P) => Tensor,
  x0: Feed<P>,
  options: LeastSquaresOptions<Gradients<P>>,
): LeastSquaresMinimum<Gradients<P>>;
export function minimize<P extends object>(
  fn: (x: P) => Tensor,
  x0: Feed<P>,
  options?: MinimizeOptions<Gradients<P>>,
): Minimum<Gradients<P>>;
export function minimize(fn: (x: never) => unknown, x0: unknown, options: object = {}): unknown {
  const method = methodOf('minimize', options);
  const layout = layoutOf('minimize', x0);
  const start = layout.flatten('minimize', 'x0', x0);
  refuseStrangers(method, options);
  if (method === 'levenberg-marquardt') return leastSquares(fn, start, layout, options);
  return smooth(fn, start, layout, { ...options, method } as MinimizeOptions<unknown>);
}

function leastSquares(
  fn: (x: never) => unknown,
  start: Vector,
  layout: Layout,
  options: MethodOptions<unknown>,
): Minimum<unknown> {
  const limits = limitsOf('minimize', options, layout, true);
  const problem = leastSquaresOf('minimize', fn, layout, options.compile === true);
  const monitor = new Monitor(problem, limits, listener(options, layout));
  const outcome = dampedLeastSquares(problem, start, monitor, limits, { radius: 0, scale: null });
  return leastSquaresMinimum(outcome, problem, layout);
}

function smooth(
  fn: (x: never) => unknown,
  start: Vector,
  layout: Layout,
  options: MinimizeOptions<unknown>,
): Minimum<unknown> {
  const { method = 'lbfgs', memory = 10, radius = 1 } = options;
  const limits = limitsOf('minimize', options, layout, false);
  const box = boxOf('minimize', options.bounds, layout);
  checkPositive('minimize', 'memory', memory, true);
  checkPositive('minimize', 'radius', radius);
  const objective = objectiveOf('minimize', fn, layout, options.compile === true);
  const monitor = new Monitor(objective, limits, listener(options, layout));
  const { point, iterations, reason } =
    method === 'lbfgs'
      ? quasiNewton(objective, start, monitor, new LimitedMemory(memory), box)
      : method === 'cg'
        ? conjugateDescent(objective, start, monitor)
        : trustRegionNewton(objective, start, monitor, { radius });
  const gradientNorm = maxAbs(box === null ? point.gradient : projectedGradient(point, box));
  const { value } = point;
  const { evaluations } = objective;
  return new Minimum(
    { method, value, gradientNorm, iterations, evaluations, reason },
    layout.unflatten(layout.toTensor(box === null ? point.x : clip(point.x, box))),
    layout.unflatten(layout.toTensor(point.gradient)),
  );
}

/** Options that belong to other methods would do nothing. @throws ArgumentError */
function refuseStrangers(method: MinimizeMethod, options: object): void {
  const owners: readonly [option: string, owner: MinimizeMethod][] = [
    ['bounds', 'lbfgs'],
    ['memory', 'lbfgs'],
    ['radius', 'newton-cg'],
  ];
  const given = options as Readonly<Record<string, unknown>>;
  for (const [option, owner] of owners) {
    if (method === owner || given[option] === undefined) continue;
    throw new ArgumentError(
      `minimize: ${option} belongs to the method '${owner}', got it with '${method}'. ` +
        `Leave it out, or pass method: '${owner}'.`,
    );
  }
}

function listener({ callback }: MethodOptions<unknown>, layout: Layout) {
  return ({ iteration, point, gradientNorm }: Progress): boolean => {
    if (callback === undefined) return false;
    const x = layout.unflatten(layout.toTensor(point.x));
    return callback({ iteration, x, value: point.value, gradientNorm }) === true;
  };
}
