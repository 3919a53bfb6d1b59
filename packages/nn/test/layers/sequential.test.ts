// Layers in a row: what they compute, how they are named, how weights fit what follows.

import {
  elu,
  gelu,
  leakyRelu,
  ones,
  relu,
  rng,
  sigmoid,
  silu,
  softmax,
  type Tensor,
  tanh,
  tensor,
} from '@retrograd/autograd';
import {
  dense,
  dropout,
  flatten,
  heUniform,
  sequential,
  xavierUniform,
  zerosInit,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const he = heUniform([3, 2], rng(4), 'float64');
const xavier = xavierUniform([3, 2], rng(4), 'float64');
const fresh = () => dense(2, 3, { rng: rng(4), dtype: 'float64' });
const differ = (a: Tensor, b: Tensor) => a.sub(b).abs().max().item();

describe('sequential', () => {
  it('passes what one layer gives to the next', () => {
    const [first, second] = [dense(4, 5), dense(5, 2)];
    const x = rng(0).normal([3, 4]);
    const y = sequential(first, tanh, (z) => z.mul(2), second).forward(x);
    expect(y.toArray()).toEqual(second.forward(first.forward(x).tanh().mul(2)).toArray());
  });

  it('gives back what it takes where there are no layers', () => {
    const x = ones([2, 2]);
    expect(sequential().forward(x)).toBe(x);
  });

  it('counts every item in its names, also within each other', () => {
    const model = sequential(tanh, sequential(relu, dense(1, 1)), dense(1, 2, { bias: false }));
    expect(Object.keys(model.stateDict())).toEqual(['1.1.weight', '1.1.bias', '2.weight']);
  });

  it('takes a layer of any length from an array', () => {
    const model = sequential(...[3, 3, 3].map((n) => dense(n, n)));
    expect(model.layers).toHaveLength(3);
    expect(model.forward(ones([2, 3])).shape).toEqual([2, 3]);
  });

  it('takes a variable for input', () => {
    expect(sequential(dense(2, 1)).forward(dense(2, 3).weight).shape).toEqual([3, 1]);
  });

  it('knows how many features it takes and gives, where its layers tell', () => {
    const model = sequential(relu, dense(4, 16), softmax, dropout(0.5), dense(16, 3), tanh);
    expect([model.inFeatures, model.outFeatures]).toEqual([4, 3]);
    const nested = sequential(sequential(dense(2, 8), tanh), dense(8, 1));
    expect([nested.inFeatures, nested.outFeatures]).toEqual([2, 1]);
    const unknown = sequential(flatten(), dense(16, 3), (x) => x);
    expect([unknown.inFeatures, unknown.outFeatures]).toEqual([Number.NaN, Number.NaN]);
    expect(sequential().inFeatures).toBeNaN();
  });
});

describe('the weights of a dense layer in a row', () => {
  it.each([
    ['relu', relu],
    ['leakyRelu', leakyRelu],
    ['elu', elu],
    ['gelu', gelu],
    ['silu', silu],
  ] as const)('begin as He has it in front of %s', (_name, activation) => {
    const layer = fresh();
    sequential(layer, activation as (x: Tensor) => Tensor);
    expect(differ(layer.weight.value, he)).toBeLessThan(1e-15);
  });

  it.each([
    ['tanh', tanh],
    ['sigmoid', sigmoid],
    ['a function', (x: Tensor) => x.relu()],
    ['a layer', dense(3, 3)],
  ] as const)('begin as Xavier has it in front of %s', (_name, next) => {
    const layer = fresh();
    sequential(layer, next as (x: Tensor) => Tensor);
    expect(differ(layer.weight.value, xavier)).toBe(0);
  });

  it('begin as Xavier has it at the end', () => {
    const layer = fresh();
    sequential(relu, layer);
    expect(differ(layer.weight.value, xavier)).toBe(0);
  });

  it('look through dropout at what follows', () => {
    const layer = fresh();
    sequential(layer, dropout(0.5), relu);
    expect(differ(layer.weight.value, he)).toBeLessThan(1e-15);
  });

  it('are left alone if an initialiser was given', () => {
    const layer = dense(2, 3, { init: xavierUniform, rng: rng(4), dtype: 'float64' });
    sequential(layer, relu);
    expect(differ(layer.weight.value, xavier)).toBe(0);
    expect(sequential(dense(1, 1, { init: zerosInit }), relu).layers[0].weight.value.item()).toBe(
      0,
    );
  });

  it('are left alone if they have changed since', () => {
    const layer = dense(1, 1);
    layer.weight.assign(tensor([[3]]));
    sequential(layer, relu);
    expect(layer.weight.value.item()).toBe(3);
  });

  it('are fitted once, in however many rows the layer stands', () => {
    const layer = fresh();
    sequential(sequential(layer, relu), relu);
    sequential(layer, relu);
    expect(differ(layer.weight.value, he)).toBeLessThan(1e-15);
  });
});
