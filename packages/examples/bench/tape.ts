// What a recorded operation costs: chains of scalars, forward and backward.
import { sin, type Tensor, tensor } from '@retrograd/autograd';
import type { Case } from './case.js';

/** y ← sin(1.0001 · y), over and over, then back again: two operations a round. */
function chain(operations: number): () => number {
  const x = tensor(1, { requiresGrad: true });
  return () => {
    let y: Tensor<[]> = x;
    for (let i = 0; i < operations; i += 2) y = sin(y.mul(1.0001));
    y.backward();
    const slope = x.grad?.item() ?? Number.NaN;
    x.clearGrad();
    return slope;
  };
}

function forwardOnly(operations: number): () => number {
  const x = tensor(1);
  return () => {
    let y: Tensor<[]> = x;
    for (let i = 0; i < operations; i += 2) y = sin(y.mul(1.0001));
    return y.item();
  };
}

export const tape: readonly Case[] = [
  {
    name: 'a recorded scalar operation, forward and backward (chain of 1,000)',
    operations: 1_000,
    run: chain(1_000),
    limit: 1e-6,
  },
  {
    name: 'the same in a chain of 10,000',
    operations: 10_000,
    run: chain(10_000),
  },
  {
    name: 'the same unrecorded, forward only',
    operations: 1_000,
    run: forwardOnly(1_000),
  },
];
