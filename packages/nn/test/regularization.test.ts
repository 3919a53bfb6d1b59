// Penalties: values and gradients by hand, what counts as a weight.

import { ArgumentError, grad, type Tensor, tensor, variable } from '@retrograd/autograd';
import { dense, l1, l2, sequential } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

function model() {
  const net = sequential(dense(2, 2), dense(2, 1)).to('float64');
  net.loadStateDict({
    '0.weight': tensor([
      [1, -2],
      [0, 3],
    ]),
    '0.bias': tensor([100, 100]),
    '1.weight': tensor([[-1, 0.5]]),
    '1.bias': tensor([100]),
  });
  return net;
}

describe('l2', () => {
  it('is (λ/2) Σ θ² over the weights, biases left out', () => {
    expect(l2(model(), 0.1).item()).toBeCloseTo(0.05 * (1 + 4 + 9 + 1 + 0.25), 14);
  });

  it('has the gradient λθ', () => {
    const net = model();
    l2(net, 0.5).backward();
    expect(net.layers[0].weight.grad?.toArray()).toEqual([
      [0.5, -1],
      [0, 1.5],
    ]);
    expect(net.layers[0].bias?.grad).toBeNull();
  });

  it('takes cells too', () => {
    const cells = [variable(tensor([[3]])), variable(tensor([5]))];
    expect(l2(cells, 2).item()).toBe(9);
  });
});

describe('l1', () => {
  it('is λ Σ |θ| over the weights, with gradient λ sign θ, 0 at 0', () => {
    const net = model();
    const penalty = l1(net, 0.5);
    penalty.backward();
    expect(penalty.item()).toBeCloseTo(0.5 * 7.5, 14);
    expect(net.layers[0].weight.grad?.toArray()).toEqual([
      [0.5, -0.5],
      [0, 0.5],
    ]);
  });
});

describe.each([
  ['l1', l1],
  ['l2', l2],
] as const)('%s', (name, penalty) => {
  it('is 0 where there is no weight', () => {
    expect(penalty([], 1).item()).toBe(0);
    expect(penalty(sequential(), 1).item()).toBe(0);
  });

  it('leaves out cells that are not trained', () => {
    const layer = dense(2, 2);
    layer.weight.requiresGrad = false;
    expect(penalty(layer, 1).item()).toBe(0);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses λ = %s', (lambda) => {
    expect(() => penalty(model(), lambda)).toThrow(ArgumentError);
    expect(() => penalty(model(), lambda)).toThrow(
      `${name}: lambda is finite and not negative, got ${lambda}.`,
    );
  });

  it('refuses what is neither a model nor cells', () => {
    const call = () => penalty(tensor([[1]]) as unknown as [], 1);
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(`${name}: takes a model or an array of variables, got object.`);
  });

  it('adds to a loss', () => {
    const weight = variable(tensor([[2]]));
    const cost = (x: Tensor) =>
      x
        .mul(weight)
        .sum()
        .add(penalty([weight], 1));
    expect(grad(cost)(tensor([[3]])).toArray()).toEqual([[2]]);
  });
});
