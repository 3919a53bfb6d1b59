// Dropout: what it drops, what it keeps, when it does nothing.

import { ArgumentError, ones, rng, tensor, zeros } from '@retrograd/autograd';
import { dropout, sequential } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

describe('dropout', () => {
  it('drops the share p, and makes up for it', () => {
    const y = dropout(0.25, { rng: rng(1) }).forward(ones([100, 200], { dtype: 'float64' }));
    const kept = y.data().filter((value) => value !== 0);
    expect(kept.length / y.size).toBeCloseTo(0.75, 2);
    expect(new Set(kept)).toEqual(new Set([1 / 0.75]));
    expect(y.dtype).toBe('float64');
  });

  it('drops the same gradients', () => {
    const layer = dropout(0.5, { rng: rng(2) });
    const x = tensor(new Float32Array(50).fill(3), { requiresGrad: true });
    const z = layer.forward(x);
    z.sum().backward();
    expect(x.grad?.toArray()).toEqual(z.div(3).toArray());
  });

  it('draws anew each time, and the same from the same seed', () => {
    const [a, b] = [dropout(0.5, { rng: rng(3) }), dropout(0.5, { rng: rng(3) })];
    const x = ones([64]);
    const [first, second] = [a.forward(x).toArray(), a.forward(x).toArray()];
    expect(first).not.toEqual(second);
    expect(b.forward(x).toArray()).toEqual(first);
    expect(dropout(0.5).forward(x).toArray()).not.toEqual(dropout(0.5).forward(x).toArray());
  });

  it('gives back what it takes in evaluation, and for p = 0', () => {
    const x = ones([4]);
    expect(dropout(0.9).eval().forward(x)).toBe(x);
    expect(sequential(dropout(0.9)).eval().forward(x)).toBe(x);
    expect(dropout(0).forward(x)).toBe(x);
  });

  it('takes scalars, nothing, and integers', () => {
    expect(dropout(0.5).forward(tensor(1)).shape).toEqual([]);
    expect(dropout(0.5).forward(zeros([0, 3])).shape).toEqual([0, 3]);
    expect(dropout(0.5).forward(ones([3], { dtype: 'int32' })).dtype).toBe('float32');
  });

  it.each([1, -0.1, Number.NaN])('refuses p = %s', (p) => {
    expect(() => dropout(p)).toThrow(ArgumentError);
    expect(() => dropout(p)).toThrow(`dropout: p is a probability in [0, 1), got ${p}.`);
  });
});
