// Misprints of the recursion: how does an error travel from layer l + 1 to layer l, and where does it stop?

import { eye, grad, matmul, type Tensor } from '@retrograd/autograd';
import { exponential } from '../show.js';
import { type Finding, failureOf } from './finding.js';
import {
  difference,
  errors,
  forward,
  gradients,
  halfSquare,
  network,
  onTape,
  samples,
} from './network.js';

const net = network([4, 6, 5, 3]);
const { L, W, slope } = net;
const [{ x, y }] = samples(1, 4, 3);
const pass = forward(net, x);
const { z, a } = pass;
const deltaL = halfSquare.delta(net, pass, y);
const tape = onTape(net, (_, run) => halfSquare.loss(run(x).a[L], y));
const right = gradients(pass, errors(net, pass, deltaL));
const agreement = Math.max(
  difference(right.dW, tape.dW),
  difference(right.db, tape.db),
  difference(right.db, tape.delta[0]),
);

/** "for l = L, L − 1, …, 2: δˡ = (Wˡ⁺¹)ᵀδˡ⁺¹ ⊙ σ′(zˡ)": the first l asks for W^{L+1}. */
export function m1(): Finding {
  const asPrinted = (W: readonly Tensor[], delta: Tensor[]) => {
    for (let l = L; l >= 2; l--) {
      delta[l] = W[l + 1]
        .transpose()
        .matmul(delta[l + 1])
        .mul(slope(z[l]));
    }
    return delta;
  };
  const known: Tensor[] = [];
  known[L] = deltaL;
  const failure = failureOf(() => asPrinted(W, known));
  // Whoever pads the lists, W^{L+1} with I and δ^{L+1} with δᴸ, gets past the error, and loses δᴸ.
  const identity = eye(3, 3, { dtype: 'float64' });
  known[L + 1] = deltaL;
  const overwritten = difference(asPrinted([...W, identity], known)[L], tape.delta[0][L]);
  return {
    number: 'M1',
    printed: 'the hidden recursion, for l = L … 2',
    right: 'for l = L−1 … 2',
    shows: `index error: W[${L + 1}] is undefined; padded with I, δᴸ is overwritten, off by ${overwritten.toFixed(2)}`,
    caught: failure?.includes('undefined') === true && overwritten > 0.1,
    agreement,
  };
}

/** "δˡ = ((Wˡ⁺¹)ᵀσˡ⁺¹) ⊙ σ′(zˡ)": an activation where the error belongs. */
export function m2(): Finding {
  const delta: Tensor[] = [];
  delta[L] = deltaL;
  for (let l = L - 1; l >= 2; l--) {
    delta[l] = W[l + 1]
      .transpose()
      .matmul(a[l + 1])
      .mul(slope(z[l]));
  }
  const { dW } = gradients(pass, delta);
  const output = difference(dW[L], tape.dW[L]);
  const hidden = difference(dW.slice(0, L), tape.dW.slice(0, L));
  return {
    number: 'M2',
    printed: 'δˡ = ((Wˡ⁺¹)ᵀσˡ⁺¹) ⊙ σ′(zˡ)',
    right: 'δˡ⁺¹ in place of σˡ⁺¹',
    shows: `hidden ∂J/∂W off by ${hidden.toFixed(0)} times their size, the output's by ${exponential(output)}`,
    caught: hidden > 0.1 && output < 1e-12,
    agreement,
  };
}

/** "δˡ = ∇_W L": the derivative by the weights, where that by the pre-activation u is meant. */
export function m3(): Finding {
  const lossOf = (u: Tensor) => halfSquare.loss(net.sigma(u), y);
  const byW = grad((w: Tensor) => lossOf(w.matmul(a[L - 1]).add(net.b[L])))(W[L]);
  const byU = grad(lossOf)(z[L]);
  const used = failureOf(() => matmul(byW, a[L - 1].transpose()));
  return {
    number: 'M3',
    printed: 'δˡ = ∇_W L',
    right: 'δˡ = ∇_u L',
    shows: `shape [${byW.shape}] in place of [${z[L].shape}]; then δˡ(aˡ⁻¹)ᵀ has no shape`,
    caught: byW.shape.join() !== z[L].shape.join() && used?.startsWith('matmul') === true,
    agreement: Math.max(agreement, difference(byU, deltaL)),
  };
}

/** "for l = L−1 … 2", in a text whose weights are W⁽¹⁾ … W⁽ᴸ⁾, one for each step from xˡ⁻¹ to xˡ. */
export function m11(): Finding {
  // That text's layers count from 0: its W⁽ˡ⁾, u⁽ˡ⁾ and L are our Wˡ⁺¹, zˡ⁺¹ and L − 1.
  const weight = W.slice(1);
  const u = z.slice(1);
  const last = L - 1;
  const downTo = (end: number) => {
    const delta: Tensor[] = [];
    delta[last] = deltaL;
    for (let l = last - 1; l >= end; l--) {
      delta[l] = weight[l + 1]
        .transpose()
        .matmul(delta[l + 1])
        .mul(slope(u[l]));
    }
    return delta.map((d, l) => d.matmul(a[l].transpose()));
  };
  const [made, wanted] = [downTo(2), downTo(1)];
  const lost = tape.dW[2].abs().max().item();
  return {
    number: 'M11',
    printed: 'δˡ for l = L−1 … 2, with weights from W⁽¹⁾ on',
    right: 'for l = L−1 … 1',
    shows: `∇W⁽¹⁾ is never made; on the tape it reaches ${lost.toFixed(3)}`,
    caught: made[1] === undefined && made[2] !== undefined && lost > 0,
    agreement: difference(wanted, tape.dW),
  };
}

/** "δˡ = ∂J/∂zᴸ · ∂zᴸ/∂zᴸ⁻¹ ⋯ ∂zˡ⁺¹/∂zˡ", where the gradient is a column. */
export function m12(): Finding {
  // ∂zˡ⁺¹/∂zˡ = Wˡ⁺¹ diag(σ′(zˡ)), [s_{l+1}, s_l].
  const jacobian = (l: number) => W[l + 1].mul(slope(z[l]).transpose());
  const failure = failureOf(() => deltaL.matmul(jacobian(L - 1)).matmul(jacobian(L - 2)));
  const product = jacobian(L - 1).matmul(jacobian(L - 2));
  return {
    number: 'M12',
    printed: 'δˡ = ∂J/∂zᴸ · ∂zᴸ/∂zᴸ⁻¹ ⋯ ∂zˡ⁺¹/∂zˡ',
    right: 'δˡ = (∂zᴸ/∂zᴸ⁻¹ ⋯ ∂zˡ⁺¹/∂zˡ)ᵀ ∂J/∂zᴸ',
    shows: `[${deltaL.shape}] · [${jacobian(L - 1).shape}] don't conform`,
    caught: failure?.startsWith('matmul') === true,
    agreement: difference(product.transpose().matmul(deltaL), tape.delta[0][2]),
  };
}
