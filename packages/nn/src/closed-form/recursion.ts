// The recursion: forward to J, back to δ, ∂J/∂W and ∂J/∂b of every layer, without a tape.
//
// Layers count as in the derivations: layer 1 is the input, l = 2 … L have Wˡ, bˡ and σ, and every list here is
// indexed by l. In the layout `columns` Wˡ is s_l × s_{l−1} and a sample is a column; in `rows` Wˡ is s_{l−1} × s_l and
// a sample is a row.

import type { Activation, Layout } from './activations.js';
import type { ClosedLoss } from './losses.js';
import { add, type Matrix, transpose } from './matrix.js';
import { byComponents } from './recursion-components.js';
import { byJacobians } from './recursion-jacobians.js';
import { byMatrices } from './recursion-matrices.js';

/** How the same recursion is written: by components, by Jacobians of single samples, by matrices of all samples. */
export type Form = 'components' | 'jacobians' | 'matrices';

export interface Network {
  readonly layout: Layout;
  /** The number of layers, the input being the first. */
  readonly L: number;
  /** Wˡ */
  readonly W: readonly Matrix[];
  /** bˡ; null where a layer has none. */
  readonly b: readonly (Float64Array | null)[];
  /** σ of layer l */
  readonly sigma: readonly Activation[];
}

/** zˡ and aˡ, with a¹ = x. */
export interface Forward {
  readonly z: readonly Matrix[];
  readonly a: readonly Matrix[];
}

/** δˡ, ∂J/∂Wˡ and ∂J/∂bˡ. */
export interface Backward {
  readonly delta: readonly Matrix[];
  readonly dW: readonly Matrix[];
  readonly db: readonly Float64Array[];
}

/** One way to write the recursion. */
export interface Formulas {
  readonly forward: (network: Network, x: Matrix) => Forward;
  /** From ∇ₐJ at the output back to the first weight. */
  readonly backward: (network: Network, forward: Forward, gradient: Matrix) => Backward;
}

/** R of J = loss + λ Σ R(θ), over the weights, not the biases. */
export interface Penalty {
  readonly lambda: number;
  /** R(θ) */
  readonly value: (theta: number) => number;
  /** R′(θ) */
  readonly gradient: (theta: number) => number;
}

export interface Pass extends Forward, Backward {
  readonly J: number;
}

const FORMULAS: Readonly<Record<Form, Formulas>> = {
  components: byComponents,
  jacobians: byJacobians,
  matrices: byMatrices,
};

/**
 * One pass forward and back. `x` and `y` have their samples where the layout has them.
 * @param penalized the layers whose weights are penalized: each weight once, however many layers share it.
 */
export function pass(
  form: Form,
  network: Network,
  x: Matrix,
  y: Matrix,
  loss: ClosedLoss,
  penalty: Penalty | null,
  penalized: readonly number[],
): Pass {
  const { forward, backward } = FORMULAS[form];
  const { layout, L, W } = network;
  // A loss reads one sample a row.
  const rows = (A: Matrix) => (layout === 'rows' ? A : transpose(A));

  const values = forward(network, x);
  const output = rows(values.a[L]);
  const gradient = rows(loss.gradient(output, rows(y)));
  const { delta, dW, db } = backward(network, values, gradient);
  let J = loss.value(output, rows(y));
  if (penalty === null) return { ...values, delta, dW, db, J };

  // J = loss + λ Σ R(θ), ∂J/∂W = Σ δaᵀ + λ R′(W)
  const { lambda, value } = penalty;
  const withPenalty = [...dW];
  for (const l of penalized) {
    J += lambda * W[l].data.reduce((sum, theta) => sum + value(theta), 0);
    withPenalty[l] = add(
      dW[l],
      W[l].map((theta) => lambda * penalty.gradient(theta)),
    );
  }
  return { ...values, delta, dW: withPenalty, db, J };
}
