// lbfgs, newtonCG and levenbergMarquardt on the parameters of models.

import {
  concat,
  rng,
  type Tensor,
  tanh,
  tensor,
  type Variable,
  variable,
} from '@retrograd/autograd';
import {
  ClosureOptimizer,
  crossEntropy,
  dense,
  lbfgs,
  levenbergMarquardt,
  minimize,
  mse,
  newtonCG,
  type Optimizer,
  sequential,
  train,
  trainer,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal, rejection } from '../refusal.js';
import { rosenbrock, vector } from './functions.js';

const float64 = { dtype: 'float64' } as const;
const x = rng(1).normal([24, 3], float64) as Tensor;
const y = x.slice(null, 0).mul(x.slice(null, 1)).add(x.slice(null, 2).sin()).reshape([24, 1]);
const network = () =>
  sequential(dense(3, 5, { rng: rng(2) }), tanh, dense(5, 1, { rng: rng(3) })).to('float64');
const values = (cells: readonly Variable[]) => cells.map((cell) => Array.from(cell.value.data()));
/** Rosenbrock's function of two cells. */
const valley = () => {
  const a = variable([-1.2], float64);
  const b = variable(1, float64);
  const far = (): Tensor => b.sub(a.square()).mul(10);
  const near = (): Tensor => a.sub(1);
  return {
    cells: [a, b] as readonly Variable[],
    loss: (): Tensor => far().square().add(near().square()).sum(),
    residuals: (): Tensor => concat([far(), near()]),
  };
};

describe.each([
  ['lbfgs', lbfgs, 'lbfgs'],
  ['newtonCG', newtonCG, 'newton-cg'],
] as const)('%s', (name, make, method) => {
  it('takes the steps of minimize', () => {
    const { cells, loss } = valley();
    const report = make(cells, { maxIterations: 1000 }).step(loss);
    const other = minimize(rosenbrock, vector([-1.2, 1]), { method });
    expect([report.method, report.reason, report.iterations]).toEqual([
      name,
      'gradient',
      other.iterations,
    ]);
    expect(report.evaluations).toEqual(other.evaluations);
    expect(values(cells)).toEqual([[expect.closeTo(1, 7)], [expect.closeTo(1, 7)]]);
    expect(report.value).toBe(loss().item());
    expect(cells.map(({ grad }) => grad)).toEqual([null, null]);
  });

  it('goes on in the next step with what it knows of the curvature', () => {
    const { cells, loss } = valley();
    const optimizer = make(cells, { maxIterations: 4 });
    let steps = 0;
    while (!optimizer.step(loss).converged && steps < 30) steps++;
    const whole = minimize(rosenbrock, vector([-1.2, 1]), { method }).iterations;
    expect(4 * steps).toBeLessThan(1.5 * whole);
  });

  it('takes up where a kept state was', () => {
    const [one, two] = [valley(), valley()];
    const optimizer = make(one.cells, { maxIterations: 5 });
    optimizer.step(one.loss);
    const state = optimizer.stateDict();
    two.cells.forEach((cell, i) => {
      cell.assign(one.cells[i].value);
    });
    optimizer.step(one.loss);
    make(two.cells, { maxIterations: 5 }).loadStateDict(state).step(two.loss);
    expect(values(two.cells)).toEqual(values(one.cells));
  });

  it('fits a network better in 10 steps than it was', () => {
    const model = network();
    const loss = () => mse(model.forward(x) as Tensor, y);
    const optimizer = make(model.parameters(), { maxIterations: 15 });
    const before = loss().item();
    const reports = Array.from({ length: 5 }, () => optimizer.step(loss).value);
    expect(reports).toEqual([...reports].sort((a, b) => b - a));
    expect(reports[4]).toBeLessThan(0.05 * before);
  });
});

describe('lbfgs', () => {
  it('trains a classifier in float32 to where its gradient is small', () => {
    const model = sequential(dense(3, 2, { rng: rng(5) }));
    const labels = x.slice(null, 0).add(x.slice(null, 1)).greater(0.4).cast('int32');
    const inputs = x.cast('float32').mul(0.3);
    const penalty = () =>
      model.parameters().reduce<Tensor>((sum, cell) => sum.add(cell.square().sum()), tensor(0));
    const report = lbfgs(model.parameters(), { maxIterations: 100 }).step(() =>
      crossEntropy(model.forward(inputs) as Tensor, labels).add(penalty().mul(0.01)),
    );
    expect(report.converged).toBe(true);
    expect(report.gradientNorm).toBeLessThan(4e-4);
  });

  it('leaves frozen and unreached parameters where they are', () => {
    const [a, b, c] = [variable(3, float64), variable(4, float64), variable(5, float64)];
    b.requiresGrad = false;
    lbfgs([a, b, c]).step(() => a.mul(b).sub(8).square());
    expect([a.value.item(), b.value.item(), c.value.item()]).toEqual([expect.closeTo(2, 8), 4, 5]);
  });
});

describe('levenbergMarquardt', () => {
  it('solves Rosenbrock by residuals', () => {
    const { cells, residuals } = valley();
    const report = levenbergMarquardt(cells, { maxIterations: 100 }).step(residuals);
    expect([report.value, report.converged]).toEqual([0, true]);
    expect(values(cells)).toEqual([[1], [1]]);
    expect(report.evaluations.gradient).toBe(0);
  });

  it('makes the same Jacobian by columns as by rows', () => {
    // 24 residuals for 26 parameters go by rows, 96 by columns.
    const parameters = [1, 4].map((copies) => {
      const model = network();
      const inputs = x.tile([copies, 1]);
      const targets = y.tile([copies, 1]);
      const optimizer = levenbergMarquardt(model.parameters(), { maxIterations: 3 });
      optimizer.step(() => model.forward(inputs).sub(targets));
      return values(model.parameters()).flat();
    });
    // The steps differ by rounding alone: four copies of each residual have the same minimum and the same scale.
    const difference = parameters[0].map((value, i) => Math.abs(value - parameters[1][i]));
    expect(Math.max(...difference)).toBeLessThan(1e-6);
  });

  it('goes on with its radius, and takes up a kept one', () => {
    const [one, two] = [valley(), valley()];
    const optimizer = levenbergMarquardt(one.cells, { maxIterations: 3 });
    const empty = levenbergMarquardt(two.cells).stateDict();
    expect(empty.scale.shape).toEqual([0]);
    optimizer.step(one.residuals);
    const state = optimizer.stateDict();
    two.cells.forEach((cell, i) => {
      cell.assign(one.cells[i].value);
    });
    optimizer.step(one.residuals);
    levenbergMarquardt(two.cells, { maxIterations: 3 }).loadStateDict(state).step(two.residuals);
    expect(values(two.cells)).toEqual(values(one.cells));
  });
});

describe('Optimizers that take a closure', () => {
  const cells = () => [variable([1, 2], float64)];

  it.each<[string, () => unknown]>([
    [
      'ArgumentError: lbfgs: step takes a function that computes the loss, got undefined. Call step(() => loss(model.forward(x), y)), without backward().',
      () => lbfgs(cells()).step(undefined as unknown as () => Tensor),
    ],
    [
      'ArgumentError: lbfgs: takes at least one parameter, got none. Does the model have parameters yet?',
      () => lbfgs([]),
    ],
    [
      'ArgumentError: lbfgs: memory is a whole number above 0, got 0.5. Check the option.',
      () => lbfgs(cells(), { memory: 0.5 }),
    ],
    [
      'ArgumentError: newtonCG: radius is a finite number above 0, got 0. Check the option.',
      () => newtonCG(cells(), { radius: 0 }),
    ],
    [
      'ArgumentError: levenbergMarquardt: maxIterations is a whole number of at least 0, got -1. Check the option.',
      () => levenbergMarquardt(cells(), { maxIterations: -1 }),
    ],
    [
      "DTypeError: lbfgs: parameters are float32 or float64 throughout, got float32 at [1]. Cast it with .cast('float64').",
      () => lbfgs([...cells(), variable([1])]),
    ],
    [
      "ShapeError: lbfgs: the function returns a single number, got shape [2]. Reduce it with .sum() or .mean(), or minimise residuals with 'levenberg-marquardt'.",
      () => {
        const own = cells();
        return lbfgs(own).step(() => own[0].mul(2));
      },
    ],
    [
      'StateError: newtonCG: a state has one value for each cell, got missing radius; unexpected s, y. Load it where options and parameters are the same.',
      () => newtonCG(cells()).loadStateDict(lbfgs(cells()).stateDict()),
    ],
    [
      'ShapeError: lbfgs: s is for 2 parameters, got shape [1, 3]. Load it into an optimizer for the same parameters, in the same order.',
      () =>
        lbfgs(cells()).loadStateDict({
          s: vector([1, 2, 3]).reshape([1, 3]),
          y: vector([1, 2]).reshape([1, 2]),
        }),
    ],
  ])('refuse with %s', (message, call) => {
    expect(refusal(call)).toBe(message);
  });

  it('say which path is missing', () => {
    expect(refusal(() => lbfgs(cells()).step(() => tensor(1, float64)))).toMatch(
      /^NoPathError: backward: the value depends on a tensor/,
    );
  });

  it('are refused by train and trainer', async () => {
    const model = network();
    const optimizer = lbfgs(model.parameters());
    expect(optimizer).toBeInstanceOf(ClosureOptimizer);
    const learning = { loss: mse, optimizer: optimizer as unknown as Optimizer };
    const told =
      'takes one gradient step for each batch, got lbfgs, which evaluates the loss where it likes. ' +
      'Call optimizer.step(() => loss(model.forward(x), y)) on all samples instead.';
    expect(await rejection(train(model, { x, y }, { ...learning, mode: 'batch' }))).toBe(
      `ArgumentError: train: ${told}`,
    );
    expect(refusal(() => trainer(model, learning).step(x, y))).toBe(
      `ArgumentError: trainer: ${told}`,
    );
  });
});
