// What single operations on arrays cost, forward.
import { rng, type Tensor } from '@retrograd/autograd';
import type { Case } from './case.js';

const random = rng(1);
const [a, b] = [random.normal([32_768]), random.normal([32_768])];
const [left, right] = [random.normal([128, 128]), random.normal([128, 128])];
const logits = random.normal([256, 1_000]);

/** An element of the result is enough: it is computed as a whole. */
const once = (name: string, run: () => Tensor): Case => ({
  name,
  operations: 1,
  run: () => {
    const result = run();
    return result.rank === 0 ? result.item() : (result.data().at(-1) as number);
  },
});

export const kernels: readonly Case[] = [
  once('add, 32,768 elements', () => a.add(b)),
  once('exp, 32,768 elements', () => a.exp()),
  once('sum, 32,768 elements', () => a.sum()),
  once('matmul, 128 × 128 · 128 × 128', () => left.matmul(right)),
  once('softmax, 256 × 1,000', () => logits.softmax()),
];
