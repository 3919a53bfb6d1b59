// The recursion by Jacobians, one sample at a time: δˡ = (∂zᴸ/∂zᴸ⁻¹ ⋯ ∂zˡ⁺¹/∂zˡ)ᵀ ∂J/∂zᴸ.

import { apply, bySamples, jacobianOf, type Layout, sampleCount, sampleOf } from './activations.js';
import { add, diagonal, Matrix, multiply, plusColumn, plusRow, transpose } from './matrix.js';
import type { Backward, Formulas, Forward, Network } from './recursion.js';

/** One sample as the layout has it: a column, or a row. */
function sample(A: Matrix, i: number, layout: Layout): Matrix {
  const values = sampleOf(A, i, layout);
  return layout === 'columns'
    ? new Matrix(values.length, 1, values)
    : new Matrix(1, values.length, values);
}

/** The samples side by side, as the layout has them. */
function together(samples: readonly Matrix[], units: number, layout: Layout): Matrix {
  return bySamples(samples.length, units, layout, (i, j) => samples[i].data[j]);
}

export const byJacobians: Formulas = {
  forward({ layout, L, W, b, sigma }, x): Forward {
    const [z, a]: Matrix[][] = [[], []];
    a[1] = x;
    for (let l = 2; l <= L; l++) {
      const units = layout === 'columns' ? W[l].rows : W[l].columns;
      const samples = Array.from({ length: sampleCount(x, layout) }, (_, i) => {
        const before = sample(a[l - 1], i, layout);
        return layout === 'columns'
          ? plusColumn(multiply(W[l], before), b[l])
          : plusRow(multiply(before, W[l]), b[l]);
      });
      z[l] = together(samples, units, layout);
      a[l] = apply(sigma[l], z[l], layout);
    }
    return { z, a };
  },

  backward(network, forward, gradient): Backward {
    const { layout, L, W } = network;
    const m = sampleCount(gradient, layout);
    const samples = Array.from({ length: m }, (_, i) => errorsOf(network, forward, gradient, i));
    const [delta, dW]: Matrix[][] = [[], []];
    const db: Float64Array[] = [];
    for (let l = 2; l <= L; l++) {
      const units = layout === 'columns' ? W[l].rows : W[l].columns;
      const own = samples.map((errors) => errors[l]);
      delta[l] = together(own, units, layout);
      // ∂J/∂Wˡ = Σ δˡ(aˡ⁻¹)ᵀ, in rows Σ (xˡ⁻¹)ᵀδˡ; ∂J/∂bˡ = Σ δˡ
      dW[l] = own
        .map((error, i) => {
          const before = transpose(sample(forward.a[l - 1], i, layout));
          return layout === 'columns' ? multiply(error, before) : multiply(before, error);
        })
        .reduce(add, new Matrix(W[l].rows, W[l].columns));
      db[l] = Float64Array.from({ length: units }, (_, j) =>
        own.reduce((sum, error) => sum + error.data[j], 0),
      );
    }
    return { delta, dW, db };
  },
};

/** δˡ of sample i for l = 2 … L, each from the product of all Jacobians between it and the output. */
function errorsOf(
  { layout, L, W, sigma }: Network,
  { z, a }: Forward,
  gradient: Matrix,
  i: number,
): Matrix[] {
  /** ∂aˡ/∂zˡ: diag(σ′(zˡ)), or diag(a) − aaᵀ for softmax. */
  const D = (l: number) =>
    jacobianOf(sigma[l], sampleOf(z[l], i, layout), sampleOf(a[l], i, layout));
  const delta: Matrix[] = [];

  if (layout === 'columns') {
    // δᴸ = (∂aᴸ/∂zᴸ)ᵀ∇ₐJ
    delta[L] = multiply(transpose(D(L)), sample(gradient, i, layout));
    let chain = diagonal(delta[L].data.map(() => 1));
    for (let l = L - 1; l >= 2; l--) {
      // ∂zᴸ/∂zˡ = ∂zᴸ/∂zˡ⁺¹ · Wˡ⁺¹ diag(σ′(zˡ))
      chain = multiply(chain, multiply(W[l + 1], D(l)));
      delta[l] = multiply(transpose(chain), delta[L]);
    }
    return delta;
  }

  // A row is multiplied from the right, so nothing but W is transposed: δˡ = δᴸ ∂uᴸ/∂uᴸ⁻¹ ⋯ ∂uˡ⁺¹/∂uˡ
  delta[L] = multiply(sample(gradient, i, layout), D(L));
  let chain = diagonal(delta[L].data.map(() => 1));
  for (let l = L - 1; l >= 2; l--) {
    // ∂uˡ⁺¹/∂uˡ = (Wˡ⁺¹)ᵀ diag(f′(uˡ))
    chain = multiply(chain, multiply(transpose(W[l + 1]), D(l)));
    delta[l] = multiply(delta[L], chain);
  }
  return delta;
}
