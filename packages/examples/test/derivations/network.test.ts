import { grad, type Tensor, tensor } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';
import {
  crossEntropy,
  difference,
  EQUAL,
  errors,
  forward,
  gradients,
  halfSquare,
  network,
  onTape,
  SIGMOID,
  samples,
} from '../../src/derivations/network.js';

const net = network([3, 5, 4, 2]);
const [{ x, y }] = samples(1, 3, 2);

describe('the network of the derivations', () => {
  it('has no W and b for the input, and s_l × s_{l−1} weights from layer 2 on', () => {
    expect(net.W[1]).toBeUndefined();
    expect(net.W.slice(2).map(({ shape }) => shape.join('×'))).toEqual(['5×3', '4×5', '2×4']);
  });

  it('has the slope that the tape finds for its activation', () => {
    const z = tensor([[-2], [0], [1.5]], { dtype: 'float64' });
    const tape = grad((z: Tensor) => SIGMOID.sigma(z).sum())(z);
    expect(difference(SIGMOID.slope(z), tape)).toBeLessThan(EQUAL);
  });

  it.each([
    ['½‖a − y‖²', halfSquare],
    ['cross-entropy', crossEntropy],
  ])('has the gradients of the tape under %s', (_, { loss, delta }) => {
    const tape = onTape(net, (_, pass) => loss(pass(x).a[4], y));
    const pass = forward(net, x);
    const found = errors(net, pass, delta(net, pass, y));
    expect(difference(found, tape.delta[0])).toBeLessThan(EQUAL);
    expect(difference(gradients(pass, found).dW, tape.dW)).toBeLessThan(EQUAL);
    expect(difference(gradients(pass, found).db, tape.db)).toBeLessThan(EQUAL);
    expect(tape.J).toBe(loss(pass.a[4], y).item());
  });
});

describe('the difference of tensors', () => {
  it('is relative to the largest element of the second', () => {
    expect(difference(tensor([1, 2]), tensor([1, 4]))).toBe(0.5);
  });

  it('is infinite where shapes differ, also where they would broadcast', () => {
    expect(difference(tensor([1, 2]), tensor([[1, 2]]))).toBe(Number.POSITIVE_INFINITY);
    expect(difference([tensor(1)], [tensor(1), tensor(1)])).toBe(Number.POSITIVE_INFINITY);
  });
});
