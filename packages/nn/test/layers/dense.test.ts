// The dense layer: what it computes, how it begins, what it refuses.

import {
  ArgumentError,
  DTypeError,
  grad,
  ones,
  rng,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from '@retrograd/autograd';
import { constantInit, dense, heNormal, xavierUniform } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

function layer() {
  const made = dense(2, 3, { dtype: 'float64' });
  return made.loadStateDict({
    weight: tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
    bias: tensor([0.5, 0, -1]),
  });
}

describe('dense', () => {
  it('computes x Wᵀ + b for each row', () => {
    const x = tensor(
      [
        [1, 0],
        [0, 1],
        [1, -1],
      ],
      { dtype: 'float64' },
    );
    expect(layer().forward(x).toArray()).toEqual([
      [1.5, 3, 4],
      [2.5, 4, 5],
      [-0.5, -1, -2],
    ]);
  });

  it('takes a single sample, no sample, and more leading axes', () => {
    expect(
      layer()
        .forward(tensor([1, 1]))
        .toArray(),
    ).toEqual([3.5, 7, 10]);
    expect(layer().forward(zeros([0, 2])).shape).toEqual([0, 3]);
    expect(layer().forward(zeros([4, 5, 2])).shape).toEqual([4, 5, 3]);
  });

  it('has the gradients of an affine map, by its input and by its cells', () => {
    const made = layer();
    const x = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: 'float64' },
    );
    made.forward(x).sum().backward();
    expect(made.weight.grad?.toArray()).toEqual([
      [4, 6],
      [4, 6],
      [4, 6],
    ]);
    expect(made.bias?.grad?.toArray()).toEqual([2, 2, 2]);
    expect(grad((a: Tensor) => made.forward(a).sum())(x).toArray()).toEqual([
      [9, 12],
      [9, 12],
    ]);
  });

  it('keeps W as [units, features], and says its sizes', () => {
    const made = dense(4, 16);
    expect([made.weight.shape, made.bias?.shape]).toEqual([[16, 4], [16]]);
    expect([made.inFeatures, made.outFeatures]).toEqual([4, 16]);
  });

  it('begins with xavierUniform weights and zeros, in float32', () => {
    const made = dense(5, 4, { rng: rng(9) });
    expect(made.weight.value.toArray()).toEqual(xavierUniform([4, 5], rng(9), 'float32').toArray());
    expect(made.bias?.value.toArray()).toEqual([0, 0, 0, 0]);
    expect(made.weight.dtype).toBe('float32');
  });

  it('begins as it is told to, and draws from the generator that it is given', () => {
    const options = { init: heNormal, biasInit: constantInit(0.1), dtype: 'float64' } as const;
    const [a, b, c] = [1, 1, 2].map((seed) => dense(3, 2, { ...options, rng: rng(seed) }));
    expect(a.weight.value.toArray()).toEqual(b.weight.value.toArray());
    expect(a.weight.value.toArray()).not.toEqual(c.weight.value.toArray());
    expect(a.weight.value.toArray()).toEqual(heNormal([2, 3], rng(1), 'float64').toArray());
    expect(a.bias?.value.toArray()).toEqual([0.1, 0.1]);
  });

  it('draws other weights for every layer without a generator', () => {
    expect(dense(3, 3).weight.value.toArray()).not.toEqual(dense(3, 3).weight.value.toArray());
  });

  it('has no bias where none is wanted', () => {
    const made = dense(2, 1, { bias: false });
    expect(made.bias).toBeNull();
    expect(made.parameters()).toEqual([made.weight]);
    expect(made.forward(zeros([1, 2])).toArray()).toEqual([[0]]);
  });

  it.each([[[32, 5]], [[]], [[4, 1]]] as [number[]][])('refuses an input of shape %j', (shape) => {
    const call = () => dense(4, 2).forward(ones(shape) as Tensor);
    expect(call).toThrow(ShapeError);
    expect(call).toThrow(
      `dense: takes 4 features on the last axis, got shape [${shape.join(', ')}]. ` +
        'Check the number of features, or flatten the input first.',
    );
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses sizes of %s', (size) => {
    expect(() => dense(size, 1)).toThrow(ArgumentError);
    expect(() => dense(size, 1)).toThrow(
      `dense: features is a whole number of at least 1, got ${size}.`,
    );
    expect(() => dense(1, size)).toThrow(
      `dense: units is a whole number of at least 1, got ${size}.`,
    );
  });

  it('refuses other dtypes', () => {
    const call = () => dense(1, 1, { dtype: 'int32' as 'float32' });
    expect(call).toThrow(DTypeError);
    expect(call).toThrow('dense: parameters are float32 or float64, got int32.');
  });

  it('refuses what an initialiser returns in another shape or dtype', () => {
    const call = () => dense(2, 3, { init: () => zeros([2, 3]) });
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow('dense: an initialiser returns float32 [3, 2], got float32 [2, 3].');
    expect(() =>
      dense(2, 3, { biasInit: (shape) => zeros([...shape], { dtype: 'float64' }) }),
    ).toThrow('dense: an initialiser returns float32 [3], got float64 [3].');
  });
});
