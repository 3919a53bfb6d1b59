// curveFit on NIST's nonlinear regression sets of all levels, from both starts.

import { type Tensor, tensor } from '@retrograd/autograd';
import { curveFit } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { models, type NistSet, nist } from './nist-models.js';

/** The digits in which two numbers agree: −log₁₀ of the relative error, up to the 11 that are certified. */
function digits(got: number, certified: number): number {
  return Math.min(11, -Math.log10(Math.abs(got / certified - 1)));
}

function least(got: ArrayLike<number>, certified: readonly number[]): number {
  return Math.min(...certified.map((value, i) => digits(got[i], value)));
}

function fit(name: string, set: NistSet, start: readonly number[]) {
  const columns = set.x.map((column) => [...column]);
  const x = tensor(columns.length === 1 ? columns[0] : columns, { dtype: 'float64' }) as Tensor;
  const y = name === 'Nelson' ? set.y.map(Math.log) : set.y;
  const model = (at: Tensor, p: Tensor): Tensor =>
    models[name](
      at,
      start.map((_, i) => p.slice(i)),
    );
  return curveFit(model, x, y, start);
}

describe.each(Object.entries(nist))('%s', (name, set) => {
  it.each([0, 1])('has six certified digits in every parameter from start %i', (which) => {
    const result = fit(name, set, set.starts[which]);
    expect(result.converged).toBe(true);
    expect(least(result.parameters.data(), set.certified)).toBeGreaterThan(6);
    expect(result.degreesOfFreedom).toBe(set.degreesOfFreedom);
    // Lanczos1 is exact but for the rounding of its data, which leaves residuals of 1e-13.
    if (name === 'Lanczos1') return;
    expect(least(result.standardErrors.data(), set.deviations)).toBeGreaterThan(6);
    expect(digits(result.residualSumOfSquares, set.residualSumOfSquares)).toBeGreaterThan(8);
    expect(digits(result.residualStandardDeviation, set.residualStandardDeviation)).toBeGreaterThan(
      8,
    );
  });
});
