// What one step of training costs: forward, backward and update, with autograd alone.
import { noGrad, rng, type Tensor, type Variable, variable } from '@retrograd/autograd';
import type { Case } from './case.js';

/** Softmax cross-entropy of a network with one hidden layer of tanh, and a step of descent. */
function step(batch: number, features: number, hidden: number, classes: number): () => number {
  const random = rng(7);
  const x = random.normal([batch, features]);
  const rows = random.uniform([batch], { high: classes }).floor().cast('int32');
  const y = rows.oneHot(classes).cast('float32');
  const w1 = variable(random.normal([features, hidden], { std: features ** -0.5 }));
  const b1 = variable(random.normal([hidden], { std: 0.01 }));
  const w2 = variable(random.normal([hidden, classes], { std: hidden ** -0.5 }));
  const b2 = variable(random.normal([classes], { std: 0.01 }));
  const parameters: Variable[] = [w1, b1, w2, b2];
  return () => {
    const logits = x.matmul(w1).add(b1).tanh().matmul(w2).add(b2);
    const loss = logits.logSoftmax().mul(y).sum().div(-batch);
    loss.backward();
    noGrad(() => {
      for (const parameter of parameters) {
        parameter.assign(parameter.sub((parameter.grad as Tensor).mul(0.01)));
        parameter.clearGrad();
      }
    });
    return loss.item();
  };
}

export const training: readonly Case[] = [
  { name: 'training step, 2-16-2, batch 4', operations: 1, run: step(4, 2, 16, 2) },
  { name: 'training step, 4-32-3, batch 32', operations: 1, run: step(32, 4, 32, 3) },
  { name: 'training step, 784-128-10, batch 64', operations: 1, run: step(64, 784, 128, 10) },
];
