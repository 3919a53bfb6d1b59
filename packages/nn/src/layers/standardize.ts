// What the normalisation layers share: deviations divided by their own size, and how gradients pass through that.

import {
  type Adjoint,
  defineElementwise,
  defineMultiOp,
  type OpFunction,
  type RuleContext,
  type Tensor,
} from '@retrograd/autograd';
import { checkNumber } from '../optim/checks.js';

interface StandardizeAttrs {
  /** The axes over which the statistics are taken. */
  readonly axes: readonly number[];
  readonly epsilon: number;
}

/** 1 / √(v + ε). */
export const inverseRoot = defineElementwise('inverseRoot', (v, epsilon) => v.add(epsilon).rsqrt());

/** r (g − y m): what passes, less the part along y. */
const across = defineElementwise('across', (g, y, r, m) => g.sub(y.mul(m)).mul(r));

/** r (g − c − y m), c the mean of g. */
const acrossCentred = defineElementwise('acrossCentred', (g, y, r, m, c) =>
  g.sub(c).sub(y.mul(m)).mul(r),
);

/** −h r² y / n: by r itself, where something depends on it (second derivatives do). */
const throughScale = defineElementwise('throughScale', (h, r, y, share) =>
  h.mul(r).mul(r).mul(y).mul(share).neg(),
);

function meanOf(x: Tensor, axes: readonly number[]): Tensor {
  return x.mean(axes as number[], { keepDims: true });
}

/**
 * y = x r with r = 1 / √(mean x² + ε), or y = (x − mean) r with r = 1 / √(variance + ε). Both Jacobians are symmetric:
 * J g = r (g − y · mean(g y)), less the mean of g where x is centred; and ∂r/∂xᵢ = −r² yᵢ / n. The results are y, r and, if
 * centred, mean and variance, which are meant to be read and have no gradient.
 */
function standardizeOp(name: string, centred: boolean): OpFunction<StandardizeAttrs, Tensor[]> {
  const through = (
    g: Tensor,
    { ys: [y, r], attrs: { axes } }: RuleContext<StandardizeAttrs>,
  ): Tensor => {
    const m = meanOf(g.mul(y), axes);
    return centred ? acrossCentred(g, y, r, m, meanOf(g, axes)) : across(g, y, r, m);
  };
  return defineMultiOp<StandardizeAttrs>({
    name,
    forward: ([x], { axes, epsilon }) => {
      const mean = centred ? meanOf(x, axes) : null;
      const deviations: Tensor = mean === null ? x : x.sub(mean);
      const variance = meanOf(deviations.square(), axes);
      const r = inverseRoot(variance, epsilon);
      const y: Tensor = deviations.mul(r);
      return mean === null ? [y, r] : [y, r, mean, variance];
    },
    saves: { outputs: true },
    vjp: ([g, h]: readonly Adjoint[], node) => {
      const [y, r] = node.ys;
      const direct = g && through(g, node);
      if (h === null) return [direct];
      const share = r.size / y.size;
      const indirect = throughScale(h, r, y, share);
      return [direct === null ? indirect : direct.add(indirect)];
    },
    jvp: ([t], node) => {
      if (t === null) return node.ys.map(() => null);
      const [y, r] = node.ys;
      const dr = meanOf(t.mul(y), node.attrs.axes).mul(r).mul(r).neg();
      return [through(t, node), dr, null, null].slice(0, node.ys.length) as Adjoint[];
    },
  });
}

const centredOp = standardizeOp('standardize', true);
const plainOp = standardizeOp('divideByRms', false);

/** What a layer needs of a tensor that has been standardised. */
export interface Standardized {
  /** (x − mean) / √(variance + ε). */
  readonly y: Tensor;
  /** The mean over the axes, which stay with size 1. Without a gradient. */
  readonly mean: Tensor;
  /** Σ (x − mean)² / n over the axes. Without a gradient. */
  readonly variance: Tensor;
}

/** x with mean 0 and variance 1 over some axes. */
export function standardize(x: Tensor, axes: readonly number[], epsilon: number): Standardized {
  const [y, , mean, variance] = centredOp(floating(x), { axes, epsilon });
  return { y, mean, variance };
}

/** x / √(mean x² + ε), the mean over some axes. */
export function divideByRms(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  return plainOp(floating(x), { axes, epsilon })[0];
}

function floating(x: Tensor): Tensor {
  return x.dtype === 'float64' || x.dtype === 'float32' ? x : x.cast('float32');
}

/** y w + b. */
const scaleShift = defineElementwise('scaleShift', (y, w, b) => y.mul(w).add(b));

/** y times the weight plus the bias, where there are any. */
export function affine(y: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor {
  if (weight === null) return y;
  return bias === null ? y.mul(weight) : scaleShift(y, weight, bias);
}

/** ε, a number that isn't negative. @throws ArgumentError */
export function checkEpsilon(op: string, epsilon: number): number {
  return checkNumber(op, 'epsilon', epsilon, 0);
}
