// The network of the derivations, column by column: what every formula here is read on, and what the tape says of it.

import { rng, sigmoid, sub, type Tensor, variable } from '@retrograd/autograd';

/**
 * Layer 1 is the input. zˡ = Wˡaˡ⁻¹ + bˡ and aˡ = σ(zˡ) for l = 2 … L, where Wˡ is [s_l, s_{l−1}]
 * and the others are columns [s_l, 1]. All lists are indexed by l, so that a formula's indices can be
 * typed as they are printed.
 */
export interface Network {
  readonly L: number;
  readonly W: readonly Tensor[];
  readonly b: readonly Tensor[];
  readonly sigma: (z: Tensor) => Tensor;
  /** σ′ */
  readonly slope: (z: Tensor) => Tensor;
}

/** The values of one forward pass: z[2 … L], and a[1 … L] with a[1] = x. */
export interface Pass {
  readonly z: readonly Tensor[];
  readonly a: readonly Tensor[];
}

/** What backpropagation is for. */
export interface Gradients {
  readonly dW: readonly Tensor[];
  readonly db: readonly Tensor[];
}

export interface Sample {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** Equal, for numbers of 16 digits that were added up in another order. */
export const EQUAL = 1e-12;

/** σ(z) = 1/(1 + e⁻ᶻ), and σ′ = σ(1 − σ). */
export const SIGMOID = {
  sigma: (z: Tensor): Tensor => sigmoid(z),
  slope: (z: Tensor): Tensor => sigmoid(z).mul(sub(1, sigmoid(z))),
};

/** A column [size, 1] of random numbers; a matrix where `columns` are given. */
export function random(seed: number, size: number, columns = 1): Tensor {
  return rng(seed).normal([size, columns], { dtype: 'float64' });
}

/** A network of these sizes, with random weights and biases. */
export function network(sizes: readonly number[], seed = 1, activation = SIGMOID): Network {
  const W: Tensor[] = [];
  const b: Tensor[] = [];
  for (let l = 2; l <= sizes.length; l++) {
    W[l] = random(100 * seed + l, sizes[l - 1], sizes[l - 2]);
    b[l] = random(200 * seed + l, sizes[l - 1]);
  }
  return { L: sizes.length, W, b, ...activation };
}

/** m random samples, with targets in (0, 1). */
export function samples(m: number, inputs: number, outputs: number, seed = 7): Sample[] {
  return Array.from({ length: m }, (_, k) => ({
    x: random(300 * seed + k, inputs),
    y: sigmoid(random(400 * seed + k, outputs)),
  }));
}

export function forward({ L, W, b, sigma }: Network, x: Tensor): Pass {
  const z: Tensor[] = [];
  const a: Tensor[] = [];
  a[1] = x;
  for (let l = 2; l <= L; l++) {
    z[l] = W[l].matmul(a[l - 1]).add(b[l]);
    a[l] = sigma(z[l]);
  }
  return { z, a };
}

/** δˡ = (Wˡ⁺¹)ᵀδˡ⁺¹ ⊙ σ′(zˡ) for l = L−1 … 2, from the δᴸ that the loss gives. The right one. */
export function errors({ L, W, slope }: Network, { z }: Pass, output: Tensor): Tensor[] {
  const delta: Tensor[] = [];
  delta[L] = output;
  for (let l = L - 1; l >= 2; l--) {
    delta[l] = W[l + 1]
      .transpose()
      .matmul(delta[l + 1])
      .mul(slope(z[l]));
  }
  return delta;
}

/** ∂J/∂Wˡ = δˡ(aˡ⁻¹)ᵀ and ∂J/∂bˡ = δˡ, for every δˡ that there is. */
export function gradients({ a }: Pass, delta: readonly Tensor[]): Gradients {
  return { dW: delta.map((d, l) => d.matmul(a[l - 1].transpose())), db: delta };
}

/** ½‖a − y‖², and its δᴸ = (a − y) ⊙ σ′(zᴸ). */
export const halfSquare = {
  loss: (a: Tensor, y: Tensor): Tensor => a.sub(y).square().sum().mul(0.5),
  delta: ({ L, slope }: Network, { z, a }: Pass, y: Tensor): Tensor => a[L].sub(y).mul(slope(z[L])),
};

/** −Σ y ln a + (1 − y) ln(1 − a), and its δᴸ = a − y where a is a sigmoid: its σ′ cancels. */
export const crossEntropy = {
  loss: (a: Tensor, y: Tensor): Tensor =>
    y
      .mul(a.log())
      .add(sub(1, y).mul(sub(1, a).log()))
      .sum()
      .neg(),
  delta: ({ L }: Network, { a }: Pass, y: Tensor): Tensor => a[L].sub(y),
};

/**
 * What the tape says of a cost J(W, b), by W, by b, and by zˡ in every forward pass that J makes.
 * The formulas above know nothing of it: they only ever compute forward.
 */
export function onTape(
  net: Network,
  cost: (net: Network, pass: (x: Tensor) => Pass) => Tensor,
): Gradients & { readonly J: number; readonly delta: readonly (readonly Tensor[])[] } {
  const [W, b] = [net.W.map((w) => variable(w)), net.b.map((v) => variable(v))];
  const leaves = { ...net, W: W.map(({ value }) => value), b: b.map(({ value }) => value) };
  const delta: Tensor[][] = [];
  const J = cost(leaves, (x) => {
    const pass = forward(leaves, x);
    const own: Tensor[] = [];
    delta.push(own);
    pass.z.forEach((z, l) => {
      z.registerHook((g) => {
        own[l] = g;
        return undefined;
      });
    });
    return pass;
  });
  J.backward();
  const gradient = ({ value }: { value: Tensor }) => value.grad ?? value.mul(0);
  return { J: J.item(), dW: W.map(gradient), db: b.map(gradient), delta };
}

/** max|a − b| / max|b|, over one tensor or lists of them; infinite where they don't have the same shapes. */
export function difference(a: Tensor | readonly Tensor[], b: Tensor | readonly Tensor[]): number {
  const [left, right] = [[a].flat() as Tensor[], [b].flat() as Tensor[]];
  if (
    left.map(({ shape }) => shape.join()).join(';') !==
    right.map(({ shape }) => shape.join()).join(';')
  ) {
    return Number.POSITIVE_INFINITY;
  }
  const most = (values: Tensor[]) => Math.max(...values.map((value) => value.abs().max().item()));
  return most(left.map((value, i) => value.sub(right[i]))) / most(right);
}
