// What single operations on arrays cost, forward.
import { compile, rng, type Tensor } from '@retrograd/autograd';
import { dropout } from '@retrograd/nn';
import type { Case } from './case.js';

const random = rng(1);
const [a, b] = [random.normal([32_768]), random.normal([32_768])];
const logits = random.normal([1_024, 1_000]);

const activations = random.normal([512, 1_024]);

const drop = dropout(0.1, { rng: rng(2) });
const dropped = compile((x: Tensor) => drop.forward(x));

const chain = compile((x: Tensor, y: Tensor) => x.mul(y).add(x).tanh().mul(0.5).exp());

function product(size: number): Case {
  const [left, right] = [random.normal([size, size]), random.normal([size, size])];
  return once(`matmul, ${size} × ${size}`, () => left.matmul(right));
}

/** An element of the result is enough: it is computed as a whole. */
const once = (name: string, run: () => Tensor): Case => ({
  name,
  operations: 1,
  run: () => {
    const result = run();
    return result.reshape([-1]).slice(-1).item();
  },
});

export const kernels: readonly Case[] = [
  once('add, 32,768 elements', () => a.add(b)),
  once('exp, 32,768 elements', () => a.exp()),
  once('sum, 32,768 elements', () => a.sum()),
  once('a chain of five, 32,768 elements', () => a.mul(b).add(a).tanh().mul(0.5).exp()),
  once('the same compiled', () => chain(a, b)),
  once('uniform, 32,768 elements', () => random.uniform([32_768])),
  once('normal, 32,768 elements', () => random.normal([32_768])),
  once('dropout compiled, 512 × 1,024', () => dropped(activations)),
  once('softmax, 1,024 × 1,000', () => logits.softmax()),
  ...[16, 32, 64, 127, 128, 256, 257, 512, 1_024].map(product),
];
