// Positions: sinusoidal, learnt and rotary, against their published formulas.

import { compile, ones, rng, type Tensor, zeros } from '@retrograd/autograd';
import { learnedPositions, rotary, sinusoidal, sinusoidalPositions } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const draw = (seed: number, shape: number[]): Tensor =>
  rng(seed).normal(shape, { dtype: 'float64' });

describe('sinusoidal positions', () => {
  it('are sines and cosines of growing wavelengths', () => {
    const table = sinusoidal(6, 5, { dtype: 'float64' }).toArray() as number[][];
    for (let p = 0; p < 6; p++) {
      for (let i = 0; i < 3; i++) {
        const angle = p / 10_000 ** ((2 * i) / 5);
        expect(table[p][2 * i]).toBeCloseTo(Math.sin(angle), 14);
        if (2 * i + 1 < 5) expect(table[p][2 * i + 1]).toBeCloseTo(Math.cos(angle), 14);
      }
    }
  });

  it('are added to sequences of any length, in their dtype', () => {
    const layer = sinusoidalPositions({ base: 100 });
    const x = draw(1, [2, 3, 4]);
    const table = sinusoidal(3, 4, { base: 100, dtype: 'float64' });
    expect(layer.forward(x).toArray()).toEqual(x.add(table).toArray());
    expect(layer.forward(zeros([7, 4])).dtype).toBe('float32');
    expect(layer.forward(zeros([2, 0, 4])).shape).toEqual([2, 0, 4]);
    expect(compile((a: Tensor) => layer.forward(a))(x).toArray()).toEqual(
      layer.forward(x).toArray(),
    );
  });

  it('are made anew when many sizes take turns', () => {
    const tables = Array.from({ length: 20 }, (_, i) => sinusoidal(i + 1, 2).toArray());
    expect(sinusoidal(3, 2).toArray()).toEqual(tables[2]);
  });

  it('need a sequence, and sizes', () => {
    expect(refusal(() => sinusoidalPositions().forward(zeros([4])))).toBe(
      'ShapeError: sinusoidalPositions: takes sequences, [..., length, dim], got shape [4]. ' +
        'Give a single position an axis of size 1 first.',
    );
    expect(refusal(() => sinusoidal(0, 2))).toContain('sinusoidal: length is a whole number');
  });
});

describe('learned positions', () => {
  it('are the first rows of a table', () => {
    const layer = learnedPositions(5, 2, { rng: rng(1) });
    const x = zeros([3, 4, 2]);
    const y = layer.forward(x);
    expect(y.slice(1).toArray()).toEqual(layer.weight.read().slice([0, 4]).toArray());
    y.sum().backward();
    expect(layer.weight.grad?.toArray()).toEqual([
      [3, 3],
      [3, 3],
      [3, 3],
      [3, 3],
      [0, 0],
    ]);
  });

  it('refuse longer and wider sequences', () => {
    expect(refusal(() => learnedPositions(5, 2).forward(zeros([6, 2])))).toBe(
      'ShapeError: learnedPositions: takes up to 5 positions of 2 features, got shape [6, 2]. ' +
        'Make the layer for the longest sequence, or cut it.',
    );
    expect(refusal(() => learnedPositions(5, 2).forward(zeros([5, 3])))).toContain(
      'got shape [5, 3]',
    );
  });
});

describe('rotary positions', () => {
  it('turn each pair by its position times its frequency', () => {
    const x = draw(2, [3, 4]);
    const [rows, turned] = [x, rotary(x, { base: 100 })].map((t) => t.toArray() as number[][]);
    for (let p = 0; p < 3; p++) {
      for (let i = 0; i < 2; i++) {
        const angle = p * 100 ** (-(2 * i) / 4);
        const [a, b] = [rows[p][2 * i], rows[p][2 * i + 1]];
        expect(turned[p][2 * i]).toBeCloseTo(a * Math.cos(angle) - b * Math.sin(angle), 13);
        expect(turned[p][2 * i + 1]).toBeCloseTo(a * Math.sin(angle) + b * Math.cos(angle), 13);
      }
    }
  });

  it('make products depend on distances alone', () => {
    const [q, k] = [draw(3, [1, 6]), draw(4, [1, 6])];
    const product = (m: number, n: number) =>
      rotary(q, { offset: m })
        .mul(rotary(k, { offset: n }))
        .sum()
        .item();
    expect(product(7, 3)).toBeCloseTo(product(104, 100), 10);
    expect(product(7, 3)).not.toBeCloseTo(product(3, 7), 3);
  });

  it('go on where others ended, and compile', () => {
    const x = draw(5, [2, 6, 4]);
    const tail = rotary(x.slice(null, [4]), { offset: 4 });
    expect(tail.toArray()).toEqual(rotary(x).slice(null, [4]).toArray());
    expect(compile((a: Tensor) => rotary(a))(x).toArray()).toEqual(rotary(x).toArray());
    expect(rotary(zeros([0, 4])).shape).toEqual([0, 4]);
  });

  it('need pairs', () => {
    expect(refusal(() => rotary(ones([2, 3])))).toBe(
      'ShapeError: rotary: takes sequences [..., length, dim] of pairs, got shape [2, 3]. ' +
        'Choose an even number of features for each head.',
    );
    expect(refusal(() => rotary(ones([4])))).toContain('got shape [4]');
  });
});
