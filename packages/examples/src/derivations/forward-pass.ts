// Misprints of the forward pass: which bias, how many activations, how many nodes, and is a line bent?

import { jacobian, type Tensor, tanh, tensor } from '@retrograd/autograd';
import { exponential } from '../show.js';
import { type Finding, failureOf } from './finding.js';
import {
  difference,
  EQUAL,
  errors,
  forward,
  halfSquare,
  type Network,
  network,
  onTape,
  random,
  SIGMOID,
  samples,
} from './network.js';

/** aᴸ by components, on plain numbers: zᵢˡ = Σⱼ wᵢⱼˡ aⱼˡ⁻¹ + bᵢˡ. `nodes` says how far j runs. */
function byComponents({ L, W, b }: Network, x: Tensor, nodes: (l: number) => number): Tensor {
  let a = [...x.data()];
  for (let l = 2; l <= L; l++) {
    const weight = W[l].toArray() as number[][];
    const bias = b[l].data();
    a = weight.map((row, i) => {
      let z = bias[i];
      for (let j = 0; j < nodes(l); j++) z += row[j] * a[j];
      return 1 / (1 + Math.exp(-z));
    });
  }
  return tensor(a, { dtype: 'float64' }).reshape([-1, 1]);
}

/** "L(Wᴸ σ(Wᴸ⁻¹ σ(Wᴸ⁻² x + bᴸ⁻¹) + bᴸ⁻¹) + bᴸ)": the innermost bias is bᴸ⁻²'s. */
export function m4(): Finding {
  const even = network([4, 5, 5, 3]);
  // bᴸ⁻² = bᴸ⁻¹: the values are then the right ones, and only the gradients tell.
  const net = { ...even, b: even.b.map((b, l) => (l === 2 ? even.b[3] : b)) };
  const [{ x, y }] = samples(1, 4, 3);
  const asPrinted = ({ W, b, sigma }: Network) => {
    const inner = sigma(W[2].matmul(x).add(b[3]));
    return sigma(W[4].matmul(sigma(W[3].matmul(inner).add(b[3]))).add(b[4]));
  };
  const pass = forward(net, x);
  const printed = onTape(net, (leaves) => halfSquare.loss(asPrinted(leaves), y));
  const tape = onTape(net, (_, run) => halfSquare.loss(run(x).a[4], y));
  const both = difference(printed.db[3], tape.db[2].add(tape.db[3]));
  const lost = printed.db[2].abs().max().item();
  const uneven = network([4, 6, 5, 3]);
  const misfit = failureOf(() => asPrinted(uneven));
  return {
    number: 'M4',
    printed: 'L(… Wᴸ⁻¹σ(Wᴸ⁻²x + bᴸ⁻¹) + bᴸ⁻¹ …)',
    right: 'bᴸ⁻² in the inner place',
    shows: `∂J/∂bᴸ⁻² = ${lost}, ∂J/∂bᴸ⁻¹ is both, to ${exponential(both)}; widths 6, 5: no fit`,
    caught: lost === 0 && both < EQUAL && misfit !== null,
    agreement: difference(errors(net, pass, halfSquare.delta(net, pass, y)), tape.db),
  };
}

/** "z^{l+1} = g(Wa + b)", and then "a = σ(z)" once more. */
export function m7(): Finding {
  const net = network([4, 6, 3]);
  const { L, W, b, sigma } = net;
  const [{ x }] = samples(1, 4, 3);
  let a = x;
  for (let l = 2; l <= L; l++) a = sigma(sigma(W[l].matmul(a).add(b[l])));
  const truth = forward(net, x).a[L];
  const off = a.sub(truth).abs().max().item();
  return {
    number: 'M7',
    printed: 'zˡ⁺¹ = g(Wa + b), then a = σ(z)',
    right: 'one activation a layer',
    shows: `the network's values differ by up to ${off.toFixed(3)}`,
    caught: off > 0.1,
    agreement: difference(
      byComponents(net, x, (l) => W[l].shape[1]),
      truth,
    ),
  };
}

/** "i, j ∈ [1, s_l]": as many columns as rows, in every W. */
export function m14(): Finding {
  const net = network([4, 16, 3]);
  const { L, W } = net;
  const [{ x }] = samples(1, 4, 3);
  const printed = byComponents(net, x, (l) => W[l].shape[0]).data();
  const lost = printed.filter(Number.isNaN).length;
  return {
    number: 'M14',
    printed: 'every layer has s_l nodes, i, j ∈ [1, s_l]',
    right: 'Wˡ is s_l × s_{l−1}',
    shows: `at 4–16–3, ${lost} of ${printed.length} outputs are NaN: a₅ of four inputs doesn't exist`,
    caught: lost === printed.length,
    agreement: difference(
      byComponents(net, x, (l) => W[l].shape[1]),
      forward(net, x).a[L],
    ),
  };
}

/** "A linear activation is non-linear too." Then depth would buy something without σ. */
export function m17(): Finding {
  const line = { sigma: (z: Tensor) => z, slope: (z: Tensor) => z.mul(0).add(1) };
  const bend = { sigma: (z: Tensor) => tanh(z), slope: SIGMOID.slope };
  const sizes = [4, 16, 16, 3];
  const [p, q] = [random(5, 4), random(6, 4)];
  /** f(p + q) − f(p) − f(q) + f(0): 0 for whatever is linear. */
  const curvature = (activation: typeof line) => {
    const f = (x: Tensor) => forward(network(sizes, 1, activation), x).a[4];
    return f(p.add(q))
      .sub(f(p))
      .sub(f(q))
      .add(f(p.mul(0)))
      .div(f(p))
      .abs()
      .max()
      .item();
  };
  const net = network(sizes, 1, line);
  const single = net.W[4].matmul(net.W[3]).matmul(net.W[2]); // Wᴸ⋯W²
  const slopes = jacobian((x: Tensor) => forward(net, x).a[4].reshape([3]))(p).reshape([3, 4]);
  const [straight, bent] = [curvature(line), curvature(bend)];
  return {
    number: 'M17',
    printed: 'a linear activation is non-linear too',
    right: 'it is not: f(x) = Wᴸ⋯W²x + c',
    shows: `f(p+q)−f(p)−f(q)+f(0) is ${exponential(straight)} with identity, ${bent.toFixed(1)} with tanh`,
    caught: straight < 1e-12 && bent > 0.1,
    agreement: difference(slopes, single),
  };
}
