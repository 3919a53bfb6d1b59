// Misprints of the gradient: what becomes of the sum over samples, of m, of λ, and of the bias?

import type { Tensor } from '@retrograd/autograd';
import { exponential } from '../show.js';
import type { Finding } from './finding.js';
import {
  crossEntropy,
  difference,
  errors,
  forward,
  type Gradients,
  gradients,
  halfSquare,
  type Network,
  network,
  onTape,
  type Sample,
  samples,
} from './network.js';

const net = network([4, 6, 3]);
const { L, W } = net;
const m = 8;
const lambda = 0.3;
const data = samples(m, 4, 3);

type Loss = typeof halfSquare;

/** ∂/∂W and ∂/∂b of every sample's own loss, by the recursion. */
function perSample(net: Network, data: readonly Sample[], { delta }: Loss): Gradients[] {
  return data.map(({ x, y }) => {
    const pass = forward(net, x);
    return gradients(pass, errors(net, pass, delta(net, pass, y)));
  });
}

const add = (p: readonly Tensor[], q: readonly Tensor[]) => p.map((value, l) => value.add(q[l]));
const scale = (p: readonly Tensor[], by: number) => p.map((value) => value.mul(by));
const summed = (all: readonly Gradients[]) => all.map(({ dW }) => dW).reduce(add);

/** (1/m) Σ loss + (λ/2m) Σ θ², on the tape. */
function onTapeMean(net: Network, data: readonly Sample[], loss: Loss['loss'], lambda = 0) {
  return onTape(net, ({ W }, run) => {
    const total = data.map(({ x, y }) => loss(run(x).a[net.L], y)).reduce((sum, j) => sum.add(j));
    const squares = W.flat().map((w) => w.square().sum());
    const penalty = squares.reduce((sum, s) => sum.add(s)).mul(lambda / 2);
    return total.add(penalty).mul(1 / data.length);
  });
}

/** "∂J/∂θᵢⱼˡ = (1/m) δᵢⱼˡ aⱼˡ⁻¹ (1 − aⱼˡ)(aᵢˡ − tᵢˡ) for all l", with cross-entropy. */
export function m5(): Finding {
  const square = network([3, 3, 3]); // elsewhere aⱼˡ need not even exist for a j of layer l − 1
  const [one] = samples(1, 3, 3);
  const pass = forward(square, one.x);
  const [a, before, t] = [pass.a[3], pass.a[2], one.y].map((column) => column.data());
  const delta = crossEntropy.delta(square, pass, one.y).data();
  const tape = onTapeMean(square, [one], crossEntropy.loss).dW[3];
  const ratios = [...tape.data()].map((truth, at) => {
    const [i, j] = [Math.floor(at / 3), at % 3];
    return (delta[i] * before[j] * (1 - a[j]) * (a[i] - t[i])) / truth;
  });
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  const right = add(scale(summed(perSample(net, data, crossEntropy)), 1 / m), scale(W, lambda / m));
  return {
    number: 'M5',
    printed: '∂J/∂θᵢⱼˡ = (1/m) δᵢⱼˡ aⱼˡ⁻¹(1 − aⱼˡ)(aᵢˡ − tᵢˡ), all l',
    right: '(1/m) Σₖ δᵢˡᵏ aⱼˡ⁻¹ᵏ + (λ/m)θᵢⱼ',
    shows: `printed / tape is no constant: ${least.toFixed(3)} … ${most.toFixed(3)}`,
    caught: most - least > 0.1 && Math.max(Math.abs(least), Math.abs(most)) < 1,
    agreement: difference(right, onTapeMean(net, data, crossEntropy.loss, lambda).dW),
  };
}

/** "b has no error term of its own": no gradient is printed for it, so it never moves. */
export function m6(): Finding {
  const [one] = data;
  const asPrinted = net.b.map((b) => b.mul(0));
  const [right] = perSample(net, [one], halfSquare);
  const tape = onTapeMean(net, [one], halfSquare.loss);
  const most = Math.max(...tape.db.flat().map((d) => d.abs().max().item()));
  return {
    number: 'M6',
    printed: 'b has no error term of its own',
    right: '∂J/∂bˡ = δˡ',
    shows: `∂J/∂b = 0 is printed; the tape has δ, up to ${most.toFixed(3)}`,
    caught: difference(asPrinted, tape.db) === 1 && most > 0.01,
    agreement: difference(right.db, tape.db),
  };
}

/** "J = Σ ½‖a − y‖²", and beside it "W ← W − (η/m) Σ δaᵀ": the step isn't down that J's gradient. */
export function m10(): Finding {
  const all = perSample(net, data, halfSquare);
  const asPrinted = scale(summed(all), 1 / m);
  const tape = onTape(net, (_, run) =>
    data.map(({ x, y }) => halfSquare.loss(run(x).a[L], y)).reduce((sum, j) => sum.add(j)),
  );
  const ratios = tape.dW.flatMap((truth, l) => [...truth.div(asPrinted[l]).data()]);
  const off = Math.max(...ratios.map((ratio) => Math.abs(ratio - m)));
  return {
    number: 'M10',
    printed: 'the cost sums over samples, the update divides by m',
    right: 'the sum in both (or 1/m in both)',
    shows: `∂J/∂W over the update is m = ${m} for every weight, to ${exponential(off)}`,
    caught: off < 1e-9,
    agreement: difference(summed(all), tape.dW),
  };
}

/** "J = … + (λ/2m) Σ θ²", and beside it "∂J/∂θ = (1/m) Σ δaᵀ". */
export function m13(): Finding {
  const asPrinted = scale(summed(perSample(net, data, halfSquare)), 1 / m);
  const decay = scale(W, lambda / m);
  const tape = onTapeMean(net, data, halfSquare.loss, lambda);
  const missing = tape.dW.map((truth, l) => truth.sub(asPrinted[l]));
  const off = difference(missing, decay);
  return {
    number: 'M13',
    printed: 'J has (λ/2m) Σ θ², ∂J/∂θ has no (λ/m)θ',
    right: '(1/m) Σ δaᵀ + (λ/m)θ',
    shows: `what is missing is (λ/m)θ, to ${exponential(off)}`,
    caught: off < 1e-12 && difference(asPrinted, tape.dW) > 0.01,
    agreement: difference(add(asPrinted, decay), tape.dW),
  };
}

/** "∂J/∂W = (1/m) δaᵀ", without Σ: in a loop over samples, the last one stays. */
export function m15(): Finding {
  const asPrinted = (data: readonly Sample[]) => {
    let dW: readonly Tensor[] = [];
    for (const sample of perSample(net, data, halfSquare)) dW = scale(sample.dW, 1 / m);
    return dW;
  };
  // Other samples in place of all but the last.
  const others = [...samples(m - 1, 4, 3, 8), data[m - 1]];
  const unmoved = difference(asPrinted(others), asPrinted(data));
  const tape = onTapeMean(net, data, halfSquare.loss).dW;
  const moved = difference(onTapeMean(net, others, halfSquare.loss).dW, tape);
  return {
    number: 'M15',
    printed: '∂J/∂W = (1/m) δaᵀ, without Σ over samples',
    right: '(1/m) Σ δaᵀ',
    shows: `${m - 1} of ${m} samples exchanged move it by ${unmoved}, the tape's by ${moved.toFixed(2)}`,
    caught: unmoved === 0 && moved > 0.1 && difference(asPrinted(data), tape) > 0.1,
    agreement: difference(scale(summed(perSample(net, data, halfSquare)), 1 / m), tape),
  };
}
