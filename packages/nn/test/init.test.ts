// Initialisers: their ranges and variances, what they draw from.

import { eye, rng } from '@retrograd/autograd';
import {
  constantInit,
  heNormal,
  heUniform,
  type Initializer,
  orthogonal,
  xavierNormal,
  xavierUniform,
  zerosInit,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const [FAN_OUT, FAN_IN] = [200, 100];
const draw = (init: Initializer) => init([FAN_OUT, FAN_IN], rng(1), 'float64');

describe('initialisers', () => {
  it.each([
    ['xavierUniform', xavierUniform, 2 / (FAN_IN + FAN_OUT)],
    ['xavierNormal', xavierNormal, 2 / (FAN_IN + FAN_OUT)],
    ['heUniform', heUniform, 2 / FAN_IN],
    ['heNormal', heNormal, 2 / FAN_IN],
  ] as const)('%s has mean 0 and its variance', (_name, init, variance) => {
    const values = draw(init);
    expect(values.shape).toEqual([FAN_OUT, FAN_IN]);
    expect(Math.abs(values.mean().item())).toBeLessThan(4 * Math.sqrt(variance / values.size));
    expect(values.variance().item() / variance).toBeCloseTo(1, 1);
  });

  it.each([
    ['xavierUniform', xavierUniform, Math.sqrt(6 / (FAN_IN + FAN_OUT))],
    ['heUniform', heUniform, Math.sqrt(6 / FAN_IN)],
  ] as const)('%s stays within its bound and comes near it', (_name, init, bound) => {
    const values = draw(init).data();
    expect(Math.max(...values)).toBeLessThan(bound);
    expect(Math.max(...values)).toBeGreaterThan(0.99 * bound);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-bound);
    expect(Math.min(...values)).toBeLessThan(-0.99 * bound);
  });

  it('give a vector the fans of one unit', () => {
    const values = heNormal([50_000], rng(2), 'float64');
    expect(values.variance().item() * 50_000).toBeCloseTo(2, 1);
  });

  it('count the field of a kernel into both fans', () => {
    const variance = xavierNormal([8, 4, 30, 30], rng(3), 'float64').variance().item();
    expect(variance * (8 + 4) * 900).toBeCloseTo(2, 1);
  });

  it('give the same values for the same seed, and the dtype asked for', () => {
    for (const init of [xavierUniform, xavierNormal, heUniform, heNormal]) {
      expect(draw(init).toArray()).toEqual(draw(init).toArray());
      expect(init([2, 2], rng(0), 'float32').dtype).toBe('float32');
      expect(init([2, 2], rng(0), 'float64').dtype).toBe('float64');
    }
  });

  it('give constants without drawing', () => {
    const source = rng(5);
    expect(zerosInit([2], source, 'float32').toArray()).toEqual([0, 0]);
    expect(constantInit(0.5)([1, 2], source, 'float64').toArray()).toEqual([[0.5, 0.5]]);
    expect(source.bits()).toBe(rng(5).bits());
  });
});

describe('orthogonal', () => {
  it.each([[[4, 4]], [[3, 7]], [[7, 3]], [[4, 2, 3]], [[5]]])(
    'makes rows or columns at right angles for %j',
    (shape) => {
      const w = orthogonal(shape, rng(3), 'float64').reshape([shape[0] ?? 1, -1]);
      expect(w.size).toBe(shape.reduce((a, b) => a * b, 1));
      const [rows, columns] = w.shape;
      const gram = rows <= columns ? w.matmul(w.transpose()) : w.transpose().matmul(w);
      const off = gram.sub(eye(Math.min(rows, columns), undefined, { dtype: 'float64' }));
      expect(off.abs().max().item()).toBeLessThan(1e-14);
    },
  );

  it('follows its seed and dtype', () => {
    expect(orthogonal([2, 2], rng(1), 'float32').toArray()).toEqual(
      orthogonal([2, 2], rng(1), 'float32').toArray(),
    );
    expect(orthogonal([2, 2], rng(1), 'float32').dtype).toBe('float32');
    expect(orthogonal([0, 3], rng(1), 'float32').shape).toEqual([0, 3]);
  });
});
