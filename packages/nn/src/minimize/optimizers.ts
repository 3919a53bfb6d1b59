// Minimisation: the methods as optimizers of a model.

import { type Tensor, tensor, type Variable } from '@retrograd/autograd';
import { lossOf, residualsOf } from './cells.js';
import { ClosureOptimizer, type ClosureOptimizerOptions } from './closure-optimizer.js';
import { quasiNewton } from './descent.js';
import { vectorOf } from './functions.js';
import { type Damping, dampedLeastSquares } from './levenberg-marquardt.js';
import { LimitedMemory } from './limited-memory.js';
import { type TrustRegion, trustRegionNewton } from './newton-cg.js';
import { Monitor } from './objective.js';
import { checkPositive } from './options.js';
import type { Vector } from './vectors.js';

const never = (): boolean => false;

/** Rows of one length as [rows, size]. */
function matrixOf(rows: readonly Vector[], size: number): Tensor {
  const flat = new Float64Array(rows.length * size);
  rows.forEach((row, i) => {
    flat.set(row, i * size);
  });
  return tensor(flat).reshape([rows.length, size]);
}

export interface LbfgsOptions extends ClosureOptimizerOptions {
  /** How many steps are remembered. Default: 10. */
  memory?: number;
}

/**
 * L-BFGS with a strong-Wolfe line search, on a model's parameters (Nocedal and Wright, section 7.2).
 * State: the remembered steps `s` and changes of the gradient `y`, [remembered, parameters] each.
 * @throws ArgumentError for options out of range, DTypeError unless all parameters are float32, or all float64.
 */
export function lbfgs(
  parameters: Iterable<Variable>,
  options: LbfgsOptions = {},
): ClosureOptimizer {
  const { memory: capacity = 10, ...rest } = options;
  checkPositive('lbfgs', 'memory', capacity, true);
  const memory = new LimitedMemory(capacity);
  return new ClosureOptimizer(parameters, rest, {
    name: 'lbfgs',
    leastSquares: false,
    run(cells, closure, limits) {
      const loss = lossOf('lbfgs', cells, closure);
      const monitor = new Monitor(loss, limits, never);
      const outcome = quasiNewton(loss, cells.read('lbfgs'), monitor, memory, null);
      return [outcome, loss.evaluations];
    },
    save: (size) => ({
      s: matrixOf(
        memory.pairs.map(({ s }) => s),
        size,
      ),
      y: matrixOf(
        memory.pairs.map(({ y }) => y),
        size,
      ),
    }),
    load: ({ s, y }) => {
      memory.clear();
      const [steps, changes] = [vectorOf(s), vectorOf(y)];
      const [count, size] = s.shape;
      for (let i = 0; i < count; i++) {
        const row = (rows: Vector) => rows.slice(i * size, (i + 1) * size);
        memory.add({ s: row(steps), y: row(changes) });
      }
    },
  });
}

export interface NewtonCGOptions extends ClosureOptimizerOptions {
  /** The first radius of the trust region. Default: 1. */
  radius?: number;
}

/**
 * Newton's method in a trust region, on a model's parameters; its steps are found by conjugate gradients from products
 * of the Hessian with vectors. The closure must be twice differentiable.
 * State: the `radius`.
 * @throws ArgumentError for options out of range, DTypeError unless all parameters are float32, or all float64.
 */
export function newtonCG(
  parameters: Iterable<Variable>,
  options: NewtonCGOptions = {},
): ClosureOptimizer {
  const { radius = 1, ...rest } = options;
  const trust: TrustRegion = { radius: checkPositive('newtonCG', 'radius', radius) };
  return new ClosureOptimizer(parameters, rest, {
    name: 'newtonCG',
    leastSquares: false,
    run(cells, closure, limits) {
      const loss = lossOf('newtonCG', cells, closure);
      const monitor = new Monitor(loss, limits, never);
      const outcome = trustRegionNewton(loss, cells.read('newtonCG'), monitor, trust);
      return [outcome, loss.evaluations];
    },
    save: () => ({ radius: tensor(trust.radius, { dtype: 'float64' }) }),
    load: (state) => {
      trust.radius = state.radius.item();
    },
  });
}

/**
 * Levenberg–Marquardt in Moré's form, on a model's parameters: the closure returns residuals r of any shape, such as
 * `model.forward(x).sub(y)`, and ½‖r‖² is minimised. It decomposes the Jacobian, [residuals, parameters]: for models of
 * up to some hundreds of parameters.
 * State: the `radius` of the region, and the `scale` of each parameter, none before the first step.
 * @throws ArgumentError for options out of range, DTypeError unless all parameters are float32, or all float64.
 */
export function levenbergMarquardt(
  parameters: Iterable<Variable>,
  options: ClosureOptimizerOptions = {},
): ClosureOptimizer {
  const damping: Damping = { radius: 0, scale: null };
  const name = 'levenbergMarquardt';
  return new ClosureOptimizer(parameters, options, {
    name,
    leastSquares: true,
    run(cells, closure, limits) {
      const problem = residualsOf(name, cells, closure);
      const monitor = new Monitor(problem, limits, never);
      const outcome = dampedLeastSquares(problem, cells.read(name), monitor, limits, damping);
      return [outcome, problem.evaluations];
    },
    save: () => ({
      radius: tensor(damping.radius, { dtype: 'float64' }),
      scale: tensor(damping.scale ?? new Float64Array(0)),
    }),
    load: ({ radius, scale }) => {
      damping.radius = radius.item();
      damping.scale = scale.size === 0 ? null : vectorOf(scale);
    },
  });
}
