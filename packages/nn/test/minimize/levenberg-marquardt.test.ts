// Least squares by Levenberg–Marquardt: values, standard errors, residuals of any shape, and those that are no good.

import { stack, type Tensor, tensor } from '@retrograd/autograd';
import { minimize } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { vector } from './functions.js';

describe('levenberg-marquardt', () => {
  const method = 'levenberg-marquardt';
  const residuals = (x: Tensor): Tensor => {
    const [a, b] = [x.slice(0), x.slice(1)];
    return stack([b.sub(a.square()).mul(10), a.neg().add(1)]);
  };

  it('solves Rosenbrock exactly', () => {
    const result = minimize(residuals, vector([-1.2, 1]), { method });
    expect(result.x.toArray()).toEqual([1, 1]);
    expect([result.value, result.converged, result.evaluations.gradient]).toEqual([0, true, 0]);
    expect(result.residuals.toArray()).toEqual([0, 0]);
  });

  it('fits a line in one step, with the standard errors of linear regression', () => {
    const x = vector([0, 1, 2, 3]);
    const y = vector([1, 3, 4, 8]);
    const line = ({ slope, offset }: { slope: Tensor; offset: Tensor }): Tensor =>
      x.mul(slope).add(offset).sub(y);
    const start = {
      slope: tensor(0, { dtype: 'float64' }),
      offset: tensor(0, { dtype: 'float64' }),
    };
    const result = minimize(line, start, { method });
    // Σ(x − x̄)² = 5, Σ(x − x̄)(y − ȳ) = 11, Σ residuals² = 1.8 on 2 degrees of freedom.
    expect(result.x.slope.item()).toBeCloseTo(2.2, 12);
    expect(result.x.offset.item()).toBeCloseTo(0.7, 12);
    expect(result.residualStandardDeviation ** 2).toBeCloseTo(0.9, 12);
    expect(result.standardErrors.slope.item()).toBeCloseTo(Math.sqrt(0.9 / 5), 12);
    expect(result.standardErrors.offset.item()).toBeCloseTo(
      Math.sqrt(0.9 * (1 / 4 + 1.5 ** 2 / 5)),
      12,
    );
    const [[, covariance], [same]] = result.covariance.toArray() as number[][];
    expect([covariance, same]).toEqual([expect.closeTo((-1.5 * 0.9) / 5, 12), covariance]);
    expect(result.degreesOfFreedom).toBe(2);
  });

  it('keeps the shape of the residuals, and computes in float32', () => {
    const target = tensor([
      [1, 2],
      [3, 4],
    ]);
    const result = minimize((x: Tensor) => x.mul(target).sub(target), tensor([[3]]), { method });
    expect([result.residuals.shape, result.x.shape, result.x.dtype]).toEqual([
      [2, 2],
      [1, 1],
      'float32',
    ]);
    expect(result.x.item()).toBeCloseTo(1, 5);
  });

  it('solves with fewer residuals than unknowns, and with columns of zeros', () => {
    const circle = minimize(
      (x: Tensor) => x.square().sum().sub(4).reshape([1]),
      vector([3, 1, 2]),
      { method },
    );
    expect(circle.x.square().sum().item()).toBeCloseTo(4, 10);
    expect([circle.degreesOfFreedom, circle.residualStandardDeviation]).toEqual([-2, Number.NaN]);
    const idle = minimize((x: Tensor) => x.slice([0, 1]).sub(vector([1, 2, 3])), vector([9, 9]), {
      method,
    });
    expect(idle.x.toArray()).toEqual([expect.closeTo(2, 9), 9]);
    expect(idle.standardErrors.toArray()).toEqual([Infinity, Infinity]);
  });

  it('backs off from residuals that are not finite', () => {
    const fn = (x: Tensor): Tensor => x.sqrt().sub(vector([0.1, 0.1]));
    expect(
      minimize(fn, vector([4, 9]), { method })
        .x.sub(0.01)
        .abs()
        .max()
        .item(),
    ).toBeLessThan(1e-9);
    expect(minimize(fn, vector([-1, 1]), { method }).reason).toBe('notFinite');
  });

  it('keeps to its limits, and to its callback', () => {
    const start = vector([-1.2, 1]);
    const short = minimize(residuals, start, { method, maxIterations: 2 });
    expect([short.reason, short.iterations]).toEqual(['iterations', 2]);
    expect(minimize(residuals, start, { method, maxEvaluations: 4 }).reason).toBe('evaluations');
    expect(minimize(residuals, start, { method, callback: () => true }).reason).toBe('callback');
    expect(minimize(residuals, start, { method, gradientTolerance: 0.99999 }).reason).toBe(
      'gradient',
    );
    expect(minimize(residuals, vector([1, 1]), { method }).iterations).toBe(0);
  });

  it('takes the same steps when compiled', () => {
    const [eager, compiled] = [false, true].map((compile) =>
      minimize(residuals, vector([-1.2, 1]), { method, compile }),
    );
    expect([compiled.iterations, compiled.value]).toEqual([eager.iterations, eager.value]);
  });
});
