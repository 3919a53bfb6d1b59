// The closed form's own σ and σ′, written out: what the tape derives is not looked at.

import { diagonal, hadamard, Matrix, multiply } from './matrix.js';

/** An activation that acts on each number by itself: aⱼ = σ(zⱼ). */
export interface ElementwiseActivation {
  /** σ(z) */
  readonly f: (z: number) => number;
  /** σ′(z) */
  readonly df: (z: number) => number;
}

/** An activation that mixes the units of a layer, such as softmax. */
export interface LayerActivation {
  /** a = σ(z), for the z of one sample. */
  readonly f: (z: Float64Array) => Float64Array;
  /** ∂a/∂z of one sample: row i, column j is ∂aᵢ/∂zⱼ. */
  readonly jacobian: (z: Float64Array, a: Float64Array) => Matrix;
}

export type Activation = ElementwiseActivation | LayerActivation;

/** Where a matrix has its samples: one a row, or one a column. */
export type Layout = 'rows' | 'columns';

// ── Elementwise ────────────────────────────────────────────────────────────────────────────────────

/** 1/(1 + e⁻ᶻ); for z < 0 as eᶻ/(1 + eᶻ), so that the exponential never overflows. */
function s(z: number): number {
  return z < 0 ? Math.exp(z) / (1 + Math.exp(z)) : 1 / (1 + Math.exp(-z));
}

/** ln(1 + eᶻ) = max(z, 0) + ln(1 + e⁻|ᶻ|) */
function softplusOf(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}

/**
 * 2/√π ∫₀ᶻ e⁻ᵗ² dt = 2/√π e⁻ᶻ² Σₙ 2ⁿ z²ⁿ⁺¹ / (1·3·5 ⋯ (2n + 1)), whose terms are all of one sign, so that nothing
 * cancels. Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6. Beyond 6 it is ±1 in double precision.
 */
export function erf(z: number): number {
  if (Math.abs(z) >= 6) return Math.sign(z);
  let [sum, term] = [z, z];
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * z * z) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-z * z) * sum;
}

/** The normal distribution Φ and its density φ. */
const Phi = (z: number) => (1 + erf(z / Math.SQRT2)) / 2;
const phi = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** z for z > 0, slope · z otherwise. */
export function leakyReluOf(slope: number): ElementwiseActivation {
  return { f: (z) => (z > 0 ? z : slope * z), df: (z) => (z > 0 ? 1 : slope) };
}

/** z for z > 0, α(eᶻ − 1) otherwise. */
export function eluOf(alpha: number): ElementwiseActivation {
  return {
    f: (z) => (z > 0 ? z : alpha * Math.expm1(z)),
    df: (z) => (z > 0 ? 1 : alpha * Math.exp(z)),
  };
}

/** σ and σ′ by name; what `identity` names is a layer without an activation. At the kink of relu σ′ is 0. */
export const ELEMENTWISE = {
  identity: { f: (z) => z, df: () => 1 },
  sigmoid: { f: s, df: (z) => s(z) * (1 - s(z)) },
  tanh: { f: Math.tanh, df: (z) => 1 - Math.tanh(z) ** 2 },
  relu: { f: (z) => Math.max(z, 0), df: (z) => (z <= 0 ? 0 : 1) },
  leakyRelu: leakyReluOf(0.01),
  elu: eluOf(1),
  softplus: { f: softplusOf, df: s },
  logSigmoid: { f: (z) => -softplusOf(-z), df: (z) => s(-z) },
  silu: { f: (z) => z * s(z), df: (z) => s(z) + z * s(z) * (1 - s(z)) },
  gelu: { f: (z) => z * Phi(z), df: (z) => Phi(z) + z * phi(z) },
  sin: { f: Math.sin, df: Math.cos },
  exp: { f: Math.exp, df: Math.exp },
  square: { f: (z) => z * z, df: (z) => 2 * z },
} as const satisfies Record<string, ElementwiseActivation>;

// ── Softmax ────────────────────────────────────────────────────────────────────────────────────────

/** aⱼ = e^zⱼ / Σₖ e^zₖ, the largest z taken out first. */
export function softmaxOf(z: Float64Array): Float64Array {
  const most = z.reduce((m, zj) => Math.max(m, zj), Number.NEGATIVE_INFINITY);
  const powers = z.map((zj) => Math.exp(zj - most));
  const sum = powers.reduce((total, p) => total + p, 0);
  return powers.map((p) => p / sum);
}

/** ln aⱼ = zⱼ − ln Σₖ e^zₖ, the largest z taken out first. */
export function logSoftmaxOf(z: Float64Array): Float64Array {
  const most = z.reduce((m, zj) => Math.max(m, zj), Number.NEGATIVE_INFINITY);
  const sum = z.reduce((total, zj) => total + Math.exp(zj - most), 0);
  return z.map((zj) => zj - most - Math.log(sum));
}

export const BY_LAYER = {
  /** ∂a/∂z = diag(a) − aaᵀ */
  softmax: {
    f: softmaxOf,
    jacobian: (_, a) =>
      Matrix.build(a.length, a.length, (i, j) => (i === j ? a[i] : 0) - a[i] * a[j]),
  },
  /** ∂a/∂z = I − 1pᵀ, p = eᵃ */
  logSoftmax: {
    f: logSoftmaxOf,
    jacobian: (_, a) =>
      Matrix.build(a.length, a.length, (i, j) => (i === j ? 1 : 0) - Math.exp(a[j])),
  },
} as const satisfies Record<string, LayerActivation>;

/** σ₂ ∘ σ₁: σ′ = σ₂′(σ₁(z)) σ₁′(z), or the product of the Jacobians where one of the two mixes units. */
export function compose(first: Activation, second: Activation): Activation {
  if (isElementwise(first) && isElementwise(second)) {
    return {
      f: (z: number) => second.f(first.f(z)),
      df: (z: number) => second.df(first.f(z)) * first.df(z),
    };
  }
  return {
    f: (z: Float64Array) => valuesOf(second, valuesOf(first, z)),
    jacobian: (z: Float64Array, a: Float64Array) => {
      const h = valuesOf(first, z);
      return multiply(jacobianOf(second, h, a), jacobianOf(first, z, h));
    },
  };
}

// ── On one sample ──────────────────────────────────────────────────────────────────────────────────

export function isElementwise(sigma: Activation): sigma is ElementwiseActivation {
  return 'df' in sigma;
}

/** a = σ(z) of one sample. */
export function valuesOf(sigma: Activation, z: Float64Array): Float64Array {
  return isElementwise(sigma) ? z.map(sigma.f) : sigma.f(z);
}

/** ∂a/∂z of one sample: diag(σ′(z)) where σ acts on each number by itself. */
export function jacobianOf(sigma: Activation, z: Float64Array, a: Float64Array): Matrix {
  return isElementwise(sigma) ? diagonal(z.map(sigma.df)) : sigma.jacobian(z, a);
}

// ── On all samples ─────────────────────────────────────────────────────────────────────────────────

export function sampleCount(A: Matrix, layout: Layout): number {
  return layout === 'rows' ? A.rows : A.columns;
}

export function unitCount(A: Matrix, layout: Layout): number {
  return layout === 'rows' ? A.columns : A.rows;
}

/** What one sample has in A. */
export function sampleOf(A: Matrix, i: number, layout: Layout): Float64Array {
  if (layout === 'rows') return A.row(i);
  return Float64Array.from({ length: A.rows }, (_, j) => A.at(j, i));
}

/** The matrix that has at sample i, unit j what `at(i, j)` says. */
export function bySamples(
  samples: number,
  units: number,
  layout: Layout,
  at: (i: number, j: number) => number,
): Matrix {
  return layout === 'rows'
    ? Matrix.build(samples, units, at)
    : Matrix.build(units, samples, (j, i) => at(i, j));
}

/** A = σ(Z), sample by sample where σ mixes units. */
export function apply(sigma: Activation, Z: Matrix, layout: Layout): Matrix {
  if (isElementwise(sigma)) return Z.map(sigma.f);
  const samples = sampleCount(Z, layout);
  const a = Array.from({ length: samples }, (_, i) => valuesOf(sigma, sampleOf(Z, i, layout)));
  return bySamples(samples, unitCount(Z, layout), layout, (i, j) => a[i][j]);
}

/** From ∇ₐJ to δ: ∇ₐJ ⊙ σ′(z), or (∂a/∂z)ᵀ∇ₐJ sample by sample where σ mixes units. */
export function throughActivation(
  sigma: Activation,
  Z: Matrix,
  A: Matrix,
  gradient: Matrix,
  layout: Layout,
): Matrix {
  if (isElementwise(sigma)) return hadamard(gradient, Z.map(sigma.df));
  const samples = sampleCount(Z, layout);
  const delta = Array.from({ length: samples }, (_, i) => {
    const J = sigma.jacobian(sampleOf(Z, i, layout), sampleOf(A, i, layout));
    const g = sampleOf(gradient, i, layout);
    return g.map((_, j) => g.reduce((sum, gk, k) => sum + J.at(k, j) * gk, 0));
  });
  return bySamples(samples, unitCount(Z, layout), layout, (i, j) => delta[i][j]);
}
