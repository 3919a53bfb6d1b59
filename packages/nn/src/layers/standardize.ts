// What the normalisation layers share: deviations from a mean, divided by their own size.

import { defineElementwise, type Tensor } from '@retrograd/autograd';
import { checkNumber } from '../optim/checks.js';

/** 1 / √(v + ε). */
export const inverseRoot = defineElementwise('inverseRoot', (v, epsilon) => v.add(epsilon).rsqrt());

/** x r w + b: scaled by the statistic r, then as the layer has learnt. */
export const scaleShift = defineElementwise('scaleShift', (x, r, w, b) => x.mul(r).mul(w).add(b));

/** x r w. */
export const scale = defineElementwise('scale', (x, r, w) => x.mul(r).mul(w));

/** The mean over some axes, the deviations from it, and their mean square. */
export interface Moments {
  readonly mean: Tensor;
  readonly deviations: Tensor;
  /** Σ (x − mean)² / n. */
  readonly variance: Tensor;
}

/** The moments over some axes, which stay with size 1. */
export function momentsOf(x: Tensor, axes: readonly number[]): Moments {
  const mean: Tensor = x.mean(axes as number[], { keepDims: true });
  const deviations: Tensor = x.sub(mean);
  const variance: Tensor = deviations.square().mean(axes as number[], { keepDims: true });
  return { mean, deviations, variance };
}

/** x r, then times the weight plus the bias, where there are any. */
export function affine(x: Tensor, r: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor {
  if (weight === null) return x.mul(r);
  return bias === null ? scale(x, r, weight) : scaleShift(x, r, weight, bias);
}

/** ε, a number that isn't negative. @throws ArgumentError */
export function checkEpsilon(op: string, epsilon: number): number {
  return checkNumber(op, 'epsilon', epsilon, 0);
}
