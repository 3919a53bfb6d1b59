// curveFit: what it takes, what it says of errors, what it refuses.

import { type Tensor, tensor } from '@retrograd/autograd';
import { curveFit } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';
import { vector } from './functions.js';

const line = (x: Tensor, p: Tensor): Tensor => x.mul(p.slice(0)).add(p.slice(1));
const x = [0, 1, 2, 3];
const y = [1, 3, 4, 8];

describe('curveFit', () => {
  it('fits plain numbers in float64, with the standard errors of linear regression', () => {
    const fit = curveFit(line, x, y, [0, 0]);
    expect(fit.parameters.toArray()).toEqual([expect.closeTo(2.2, 12), expect.closeTo(0.7, 12)]);
    expect(fit.standardErrors.data()[0]).toBeCloseTo(Math.sqrt(0.9 / 5), 12);
    expect(fit.residualSumOfSquares).toBeCloseTo(1.8, 12);
    expect([fit.degreesOfFreedom, fit.converged, fit.parameters.dtype]).toEqual([
      2,
      true,
      'float64',
    ]);
    expect(fit.covariance.shape).toEqual([2, 2]);
  });

  it('prints parameters with their errors', () => {
    expect(String(curveFit(line, x, y, [0, 0]))).toMatch(
      new RegExp(
        '^curveFit: converged after \\d iterations?, .*\\n' +
          ' {2}p\\[0\\] {2} 2\\.200000000 {2}± 0\\.4243\\n {2}p\\[1\\] {2}0\\.7000000000 {2}± 0\\.7937\\n' +
          ' {2}residual standard deviation 0\\.948683 on 2 degrees of freedom$',
      ),
    );
  });

  it('weighs observations by sigma, whose scale matters only if it is absolute', () => {
    const sigma = [1, 1, 1, 1000];
    const fit = curveFit(line, x, y, [0, 0], { sigma });
    // Without the last: slope 1.5, offset 7/6.
    expect(
      fit.parameters
        .sub(vector([1.5, 7 / 6]))
        .abs()
        .max()
        .item(),
    ).toBeLessThan(1e-5);
    const scaled = curveFit(line, x, y, [0, 0], { sigma: sigma.map((s) => 10 * s) });
    expect(scaled.standardErrors.sub(fit.standardErrors).abs().max().item()).toBeLessThan(1e-12);
    const absolute = curveFit(line, x, y, [0, 0], { sigma: [2, 2, 2, 2], absoluteSigma: true });
    expect(absolute.standardErrors.data()[0]).toBeCloseTo(Math.sqrt(4 / 5), 12);
    expect(absolute.covariance.data()[0]).toBeCloseTo(4 / 5, 12);
  });

  it('has sigma alone to tell of errors where the fit is exact', () => {
    const fit = curveFit(line, x, [1, 3, 5, 7], [0, 0], {
      sigma: [2, 2, 2, 2],
      absoluteSigma: true,
    });
    expect(fit.residualStandardDeviation).toBeLessThan(1e-12);
    expect(fit.standardErrors.data()[0]).toBeCloseTo(Math.sqrt(4 / 5), 9);
  });

  it('computes in float32 on float32 tensors, and takes x of several axes', () => {
    const plane = (at: Tensor, p: Tensor): Tensor => p.reshape([1, 2]).matmul(at).reshape([4]);
    const at = tensor([
      [1, 0, 1, 2],
      [0, 1, 1, -1],
    ]);
    const fit = curveFit(plane, at, tensor([2, 3, 5, 1]), tensor([0, 0]));
    expect(fit.parameters.dtype).toBe('float32');
    expect(
      fit.parameters
        .sub(tensor([2, 3]))
        .abs()
        .max()
        .item(),
    ).toBeLessThan(1e-5);
  });

  it('says that the observations do not determine the parameters', () => {
    const twice = (at: Tensor, p: Tensor): Tensor => at.mul(p.slice(0).add(p.slice(1)));
    expect(curveFit(twice, x, y, [0, 0]).standardErrors.toArray()).toEqual([Infinity, Infinity]);
    const few = curveFit(line, [1, 2], [3, 5], [0, 0]);
    expect(few.degreesOfFreedom).toBe(0);
    expect(few.residualStandardDeviation).toBeNaN();
    expect(few.standardErrors.data()[0]).toBeNaN();
  });

  it('stops by the options of minimize', () => {
    expect(curveFit(line, x, y, [0, 0], { maxIterations: 0 }).reason).toBe('iterations');
  });

  it.each<[string, () => unknown]>([
    [
      'ShapeError: curveFit: the model gives one value for each observation, [4], got [4, 4]. Take single parameters with p.slice(i), which have no axes.',
      () => curveFit((at) => at.reshape([4, 1]).mul(at), x, y, [0, 0]),
    ],
    [
      'ShapeError: curveFit: sigma has the shape of y, [4], got [1]. Give each observation its own.',
      () => curveFit(line, x, y, [0, 0], { sigma: [1] }),
    ],
    [
      'ArgumentError: curveFit: sigma is above 0, got 0. Leave out observations that are not to count.',
      () => curveFit(line, x, y, [0, 0], { sigma: [1, 1, 0, 1] }),
    ],
  ])('refuses with %s', (message, call) => {
    expect(refusal(call)).toBe(message);
  });
});
