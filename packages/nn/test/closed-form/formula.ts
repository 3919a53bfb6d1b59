// A network of three layers as a function of its parameters, and its gradients as one writes them down oneself.
import { matmul, type Tensor } from '@retrograd/autograd';
import { inputs, network, targets } from './support.js';

export const SAMPLES = 7;
export const x = inputs(SAMPLES);
export const y: Tensor = targets(SAMPLES);
export const f64 = { dtype: 'float64' } as const;

export const model = network(3, 'tanh');
const cells = model.parameters();
export const [W1, b1, W2, b2, W3, b3] = cells.map(({ value }): Tensor => value.detach());
export const params = { W1, b1, W2, b2, W3, b3 };
export type Params = typeof params;

export const forward = (p: Params) => {
  const layer = (a: Tensor, W: Tensor, b: Tensor): Tensor =>
    matmul(a, W, { transposeB: true }).add(b);
  const z1 = layer(x, p.W1, p.b1);
  const z2 = layer(z1.tanh(), p.W2, p.b2);
  const z3 = layer(z2.tanh(), p.W3, p.b3);
  return { z1, z2, z3 };
};

/** J = (1/m) Σ ½‖a − y‖² + (λ/2m) Σθ² */
export const LAMBDA = 0.35;
export const loss = (p: Params): Tensor => {
  const { z3 } = forward(p);
  const weights = [p.W1, p.W2, p.W3].map((W): Tensor => W.square().sum());
  const squares: Tensor = z3
    .sub(y)
    .square()
    .sum()
    .div(2 * SAMPLES);
  return weights.reduce((J, own): Tensor => J.add(own.mul(LAMBDA / (2 * SAMPLES))), squares);
};

interface Slips {
  readonly slope?: (a: Tensor, layer: number) => Tensor;
  readonly samples?: (delta: Tensor) => Tensor;
  readonly lambda?: number;
  readonly m?: number;
}

export const primeOfTanh = (a: Tensor): Tensor => a.square().neg().add(1);

/** The closed form in tensors, with the slips that one makes. */
export function formula(p: Params, slips: Slips = {}) {
  const { slope = primeOfTanh, samples = (d) => d, lambda = LAMBDA, m = SAMPLES } = slips;
  const { z1, z2, z3 } = forward(p);
  const [a1, a2]: Tensor[] = [z1.tanh(), z2.tanh()];
  const d3: Tensor = samples(z3.sub(y));
  const d2: Tensor = d3.matmul(p.W3).mul(slope(a2, 2));
  const d1: Tensor = d2.matmul(p.W2).mul(slope(a1, 1));
  const dW = (d: Tensor, a: Tensor, W: Tensor): Tensor =>
    matmul(d, a, { transposeA: true })
      .div(m)
      .add(W.mul(lambda / SAMPLES));
  const db = (d: Tensor): Tensor => d.sum(0).div(m);
  return {
    W1: dW(d1, x, p.W1),
    b1: db(d1),
    W2: dW(d2, a1, p.W2),
    b2: db(d2),
    W3: dW(d3, a2, p.W3),
    b3: db(d3),
  };
}
