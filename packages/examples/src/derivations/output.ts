// A misprint of the output: which loss goes with which activation?

import { grad, relu, sigmoid, softmax, type Tensor, tensor } from '@retrograd/autograd';
import type { Finding } from './finding.js';
import { crossEntropy, difference, random } from './network.js';

/** "J = −Σ t ln a + (1 − t) ln(1 − a)", printed for sigmoid, softmax and ReLU outputs alike. */
export function m16(): Finding {
  const z = random(11, 4);
  const t = tensor([[0], [1], [0], [0]], { dtype: 'float64' });
  const column = (value: number) => tensor([[value]], { dtype: 'float64' });

  const onSoftmax = grad((u: Tensor) => crossEntropy.loss(softmax(u, 0), t))(z);
  const off = onSoftmax.sub(softmax(z, 0).sub(t)).abs().max().item();

  // relu(−1) = 0 is sure of "no" and wrong: −ln 0. relu(2) is no probability: ln(1 − 2).
  const wrong = crossEntropy.loss(relu(column(-1)), column(1)).item();
  const beyond = crossEntropy.loss(relu(column(2)), column(0.5)).item();

  const onSigmoid = grad((u: Tensor) => crossEntropy.loss(sigmoid(u), t))(z);
  const ownLoss = grad((u: Tensor) => t.mul(softmax(u, 0).log()).sum().neg())(z);
  return {
    number: 'M16',
    printed: 'binary cross-entropy for softmax and ReLU outputs too',
    right: 'sigmoid with it, softmax with −Σ t ln a: δ = a − t',
    shows: `softmax: δ − (a − t) reaches ${off.toFixed(3)}; ReLU: J = ${wrong} at −1, ${beyond} at 2`,
    caught: off > 0.1 && wrong === Number.POSITIVE_INFINITY && Number.isNaN(beyond),
    agreement: Math.max(
      difference(onSigmoid, sigmoid(z).sub(t)),
      difference(ownLoss, softmax(z, 0).sub(t)),
    ),
  };
}
