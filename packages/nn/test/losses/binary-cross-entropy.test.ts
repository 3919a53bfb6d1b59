// Binary cross-entropy from logits: values, stability, derivatives, what is refused.

import {
  DTypeError,
  grad,
  rng,
  ShapeError,
  sigmoid,
  type Tensor,
  tensor,
  zeros,
} from '@retrograd/autograd';
import { gradcheck } from '@retrograd/autograd/testing';
import { binaryCrossEntropy } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const float64 = { dtype: 'float64' } as const;
const logits = tensor([-2, 0, 0.5, 3], float64);
const targets = tensor([0, 1, 0.25, 1], float64);
const { POSITIVE_INFINITY: INF } = Number;

describe('binaryCrossEntropy', () => {
  it('has the value that one computes by hand', () => {
    expect(binaryCrossEntropy(tensor([0], float64), tensor([1], float64)).item()).toBeCloseTo(
      Math.LN2,
      15,
    );
    const p = sigmoid(logits);
    const written = targets
      .mul(p.log())
      .add(targets.neg().add(1).mul(p.neg().add(1).log()))
      .neg();
    const terms = binaryCrossEntropy(logits, targets, { reduction: 'none' });
    expect(terms.sub(written).abs().max().item()).toBeLessThan(1e-15);
    expect(binaryCrossEntropy(logits, targets).item()).toBeCloseTo(written.mean().item(), 15);
  });

  it('has the gradient σ(x) − y, at 0 too', () => {
    const slope = grad((x: Tensor) => binaryCrossEntropy(x, targets, { reduction: 'sum' }))(logits);
    expect(slope.sub(sigmoid(logits).sub(targets)).abs().max().item()).toBeLessThan(1e-15);
  });

  it.each(['float32', 'float64'] as const)(
    'is right to the last digits for sure answers in %s',
    (dtype) => {
      const x = tensor([20, -20], { dtype });
      const y = tensor([1, 0], { dtype });
      const terms = binaryCrossEntropy(x, y, { reduction: 'none' }).toArray() as number[];
      const slopes = grad((z: Tensor) => binaryCrossEntropy(z, y, { reduction: 'sum' }))(
        x,
      ).toArray() as number[];
      const tiny = Math.log1p(Math.exp(-20));
      const precision = dtype === 'float32' ? 1e-6 : 1e-14;
      for (const term of terms) expect(Math.abs(term / tiny - 1)).toBeLessThan(precision);
      expect(Math.abs(slopes[0] / -Math.exp(-20) - 1)).toBeLessThan(1e-6);
      expect(Math.abs(slopes[1] / Math.exp(-20) - 1)).toBeLessThan(1e-6);
    },
  );

  it('does not overflow in float32 with logits of ±10⁴', () => {
    const x = tensor([1e4, -1e4, 1e4, -1e4]);
    const y = tensor([1, 0, 0, 1]);
    expect(binaryCrossEntropy(x, y, { reduction: 'none' }).toArray()).toEqual([0, 0, 1e4, 1e4]);
    const slope = grad((z: Tensor) => binaryCrossEntropy(z, y, { reduction: 'sum' }))(x);
    expect(slope.add(0).toArray()).toEqual([0, 0, 1, -1]);
  });

  it('costs 0 where it is infinitely sure and right, ∞ where wrong', () => {
    const x = tensor([INF, -INF, INF, -INF]);
    const y = tensor([1, 0, 0, 1]);
    expect(binaryCrossEntropy(x, y, { reduction: 'none' }).toArray()).toEqual([0, 0, INF, INF]);
  });

  it('passes NaN on', () => {
    expect(binaryCrossEntropy(tensor([Number.NaN]), tensor([0])).item()).toBeNaN();
    expect(binaryCrossEntropy(tensor([0]), tensor([Number.NaN])).item()).toBeNaN();
  });

  it('is NaN as a mean of nothing, 0 as its sum', () => {
    expect(binaryCrossEntropy(zeros([0]), zeros([0])).item()).toBeNaN();
    expect(binaryCrossEntropy(zeros([0]), zeros([0]), { reduction: 'sum' }).item()).toBe(0);
  });

  it('agrees with finite differences in both operands, twice', () => {
    const x = rng(3).normal([2, 3], float64);
    const y = rng(4).uniform([2, 3], float64);
    for (const reduction of ['mean', 'sum', 'none'] as const) {
      gradcheck((a: Tensor, b: Tensor) => binaryCrossEntropy(a, b, { reduction }), [x, y]);
    }
  });

  it('agrees with finite differences for hard targets', () => {
    const y = tensor([0, 1, 0, 1], float64);
    gradcheck((x: Tensor) => binaryCrossEntropy(x, y), [logits]);
  });

  it('broadcasts where it is asked to, gradients included', () => {
    const x = rng(5).normal([3, 1], float64);
    gradcheck((a: Tensor) => binaryCrossEntropy(a, targets, { broadcast: true }), [x]);
    expect(binaryCrossEntropy(x, targets, { broadcast: true, reduction: 'none' }).shape).toEqual([
      3, 4,
    ]);
  });

  it.each(['bool', 'int32', 'float32', 'float64'] as const)('takes targets in %s', (dtype) => {
    const y = tensor([0, 1, 0, 1]).cast(dtype);
    const value = binaryCrossEntropy(logits.cast('float32'), y);
    const same = binaryCrossEntropy(logits.cast('float32'), tensor([0, 1, 0, 1]));
    expect(value.item()).toBeCloseTo(same.item(), 6);
  });

  it('refuses to broadcast in silence', () => {
    const call = () => binaryCrossEntropy(zeros([4, 1]), zeros([4]));
    expect(call).toThrow(ShapeError);
    expect(call).toThrow(
      'binaryCrossEntropy: prediction [4, 1] and target [4] would broadcast to [4, 4]. ' +
        'Reshape one of them, or pass { broadcast: true }.',
    );
  });

  it('refuses logits in integers', () => {
    const call = () => binaryCrossEntropy(zeros([2], { dtype: 'int32' }), zeros([2]));
    expect(call).toThrow(DTypeError);
    expect(call).toThrow('binaryCrossEntropy: logits are float32 or float64, got int32.');
  });
});
