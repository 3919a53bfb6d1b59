// The recursion by components: every sum is written out, for sample i and units j and k.

import { apply, bySamples, isElementwise, sampleCount, sampleOf } from './activations.js';
import { Matrix } from './matrix.js';
import type { Backward, Formulas, Forward, Network } from './recursion.js';

/** term(0) + … + term(count − 1) */
function sum(count: number, term: (k: number) => number): number {
  let total = 0;
  for (let k = 0; k < count; k++) total += term(k);
  return total;
}

/** Numbers by their indices, wherever the layout has them. */
function indexing({ layout, W }: Network) {
  const columns = layout === 'columns';
  return {
    /** Unit j of sample i. */
    at: (A: Matrix, i: number, j: number) => (columns ? A.at(j, i) : A.at(i, j)),
    /** w_jkˡ, from unit k of layer l − 1 to unit j of layer l. */
    w: (l: number, j: number, k: number) => (columns ? W[l].at(j, k) : W[l].at(k, j)),
    /** s_l, the number of units of layer l ≥ 1. */
    s: (l: number) => {
      if (l === 1) return columns ? W[2].columns : W[2].rows;
      return columns ? W[l].rows : W[l].columns;
    },
    /** A matrix in the shape of Wˡ. */
    weights: (l: number, at: (j: number, k: number) => number) =>
      Matrix.build(W[l].rows, W[l].columns, columns ? at : (k, j) => at(j, k)),
  };
}

export const byComponents: Formulas = {
  forward(network, x): Forward {
    const { layout, L, b, sigma } = network;
    const { at, w, s } = indexing(network);
    const m = sampleCount(x, layout);
    const [z, a]: Matrix[][] = [[], []];
    a[1] = x;
    for (let l = 2; l <= L; l++) {
      // zⱼˡ = Σ_k w_jkˡ a_kˡ⁻¹ + bⱼˡ
      z[l] = bySamples(
        m,
        s(l),
        layout,
        (i, j) => sum(s(l - 1), (k) => w(l, j, k) * at(a[l - 1], i, k)) + (b[l]?.[j] ?? 0),
      );
      // aⱼˡ = σ(zⱼˡ)
      a[l] = apply(sigma[l], z[l], layout);
    }
    return { z, a };
  },

  backward(network, { z, a }, gradient): Backward {
    const { layout, L, sigma } = network;
    const { at, w, s, weights } = indexing(network);
    const m = sampleCount(gradient, layout);
    const [delta, dW]: Matrix[][] = [[], []];
    const db: Float64Array[] = [];

    /** δˡ from g = ∂J/∂aˡ. */
    const through = (l: number, g: (i: number, j: number) => number): Matrix => {
      const f = sigma[l];
      if (isElementwise(f)) {
        return bySamples(m, s(l), layout, (i, j) => g(i, j) * f.df(at(z[l], i, j)));
      }
      const J = Array.from({ length: m }, (_, i) =>
        f.jacobian(sampleOf(z[l], i, layout), sampleOf(a[l], i, layout)),
      );
      // δⱼ = Σ_k ∂a_k/∂zⱼ g_k
      return bySamples(m, s(l), layout, (i, j) => sum(s(l), (k) => J[i].at(k, j) * g(i, k)));
    };

    // δⱼᴸ = ∂J/∂aⱼ σ′(zⱼᴸ)
    delta[L] = through(L, (i, j) => at(gradient, i, j));
    for (let l = L - 1; l >= 2; l--) {
      // δⱼˡ = Σ_k δ_kˡ⁺¹ w_kjˡ⁺¹ σ′(zⱼˡ)
      delta[l] = through(l, (i, j) =>
        sum(s(l + 1), (k) => at(delta[l + 1], i, k) * w(l + 1, k, j)),
      );
    }
    for (let l = 2; l <= L; l++) {
      // ∂J/∂w_jkˡ = Σᵢ δⱼˡ a_kˡ⁻¹, ∂J/∂bⱼˡ = Σᵢ δⱼˡ
      dW[l] = weights(l, (j, k) => sum(m, (i) => at(delta[l], i, j) * at(a[l - 1], i, k)));
      db[l] = Float64Array.from({ length: s(l) }, (_, j) => sum(m, (i) => at(delta[l], i, j)));
    }
    return { delta, dW, db };
  },
};
