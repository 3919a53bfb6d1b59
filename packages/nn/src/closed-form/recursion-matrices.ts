// The recursion by matrices of all samples: the derivations' table, one layout at a time.

import { apply, throughActivation } from './activations.js';
import {
  columnSums,
  type Matrix,
  multiply,
  plusColumn,
  plusRow,
  rowSums,
  transpose,
} from './matrix.js';
import type { Backward, Formulas, Forward, Network } from './recursion.js';

export const byMatrices: Formulas = {
  forward: (network, x) =>
    network.layout === 'columns' ? forwardInColumns(network, x) : forwardInRows(network, x),
  backward: (network, forward, gradient) =>
    network.layout === 'columns'
      ? backwardInColumns(network, forward, gradient)
      : backwardInRows(network, forward, gradient),
};

// ── Columns: W is out × in, u = Wx + b ─────────────────────────────────────────────────────────────

function forwardInColumns({ L, W, b, sigma }: Network, x: Matrix): Forward {
  const [z, a]: Matrix[][] = [[], []];
  a[1] = x;
  for (let l = 2; l <= L; l++) {
    // zˡ = Wˡaˡ⁻¹ + bˡ, aˡ = σ(zˡ)
    z[l] = plusColumn(multiply(W[l], a[l - 1]), b[l]);
    a[l] = apply(sigma[l], z[l], 'columns');
  }
  return { z, a };
}

function backwardInColumns(
  { L, W, sigma }: Network,
  { z, a }: Forward,
  gradient: Matrix,
): Backward {
  const [delta, dW]: Matrix[][] = [[], []];
  const db: Float64Array[] = [];

  // δᴸ = ∇ₐJ ⊙ σ′(zᴸ)
  delta[L] = throughActivation(sigma[L], z[L], a[L], gradient, 'columns');
  for (let l = L - 1; l >= 2; l--) {
    // δˡ = (Wˡ⁺¹)ᵀδˡ⁺¹ ⊙ σ′(zˡ)
    const back = multiply(transpose(W[l + 1]), delta[l + 1]);
    delta[l] = throughActivation(sigma[l], z[l], a[l], back, 'columns');
  }
  for (let l = 2; l <= L; l++) {
    // ∂J/∂Wˡ = δˡ(aˡ⁻¹)ᵀ, ∂J/∂bˡ = δˡ, summed over the samples
    dW[l] = multiply(delta[l], transpose(a[l - 1]));
    db[l] = rowSums(delta[l]);
  }
  return { delta, dW, db };
}

// ── Rows: W is in × out, u = xW + b ────────────────────────────────────────────────────────────────

function forwardInRows({ L, W, b, sigma }: Network, x: Matrix): Forward {
  const [z, a]: Matrix[][] = [[], []];
  a[1] = x;
  for (let l = 2; l <= L; l++) {
    // uˡ = xˡ⁻¹Wˡ + bˡ, xˡ = f(uˡ)
    z[l] = plusRow(multiply(a[l - 1], W[l]), b[l]);
    a[l] = apply(sigma[l], z[l], 'rows');
  }
  return { z, a };
}

function backwardInRows({ L, W, sigma }: Network, { z, a }: Forward, gradient: Matrix): Backward {
  const [delta, dW]: Matrix[][] = [[], []];
  const db: Float64Array[] = [];

  // δᴸ = ∇ₐJ ⊙ f′(uᴸ)
  delta[L] = throughActivation(sigma[L], z[L], a[L], gradient, 'rows');
  for (let l = L - 1; l >= 2; l--) {
    // δˡ = δˡ⁺¹(Wˡ⁺¹)ᵀ ⊙ f′(uˡ)
    const back = multiply(delta[l + 1], transpose(W[l + 1]));
    delta[l] = throughActivation(sigma[l], z[l], a[l], back, 'rows');
  }
  for (let l = 2; l <= L; l++) {
    // ∇W = (xˡ⁻¹)ᵀδˡ, ∇b the column sums of δˡ
    dW[l] = multiply(transpose(a[l - 1]), delta[l]);
    db[l] = columnSums(delta[l]);
  }
  return { delta, dW, db };
}
