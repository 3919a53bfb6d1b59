// Medians, ratios, and whether the losses of all agree.
import { describe, expect, it } from 'vitest';
import {
  best,
  type Comparison,
  disagreements,
  median,
  type Row,
  ratio,
  shares,
} from '../../../bench/peers/figures.js';

const row = (lib: string, variant: string, time: number, loss = 2, config = 'a'): Row => ({
  config,
  lib,
  variant,
  medianMicroseconds: time,
  loss,
});

describe('the median', () => {
  it('is the middle one, whatever the order', () => {
    expect(median([30, 1, 2])).toBe(2);
  });

  it('is the mean of the two in the middle of an even number', () => {
    expect(median([4, 1, 2, 100])).toBe(3);
  });

  it('of one number is that number, of none NaN', () => {
    expect(median([7])).toBe(7);
    expect(median([])).toBeNaN();
  });

  it('leaves its argument as it is, and sorts by size instead of by digits', () => {
    const numbers = [10, 9, 1];
    expect(median(numbers)).toBe(9);
    expect(numbers).toEqual([10, 9, 1]);
  });
});

describe('losses', () => {
  it('agree within the tolerance, relative to the first of their net', () => {
    const rows = [
      row('retrograd', 'x', 1, 200),
      row('p', 'y', 1, 200.19),
      row('q', 'z', 1, 0.5, 'b'),
    ];
    expect(disagreements(rows)).toEqual([]);
  });

  it('disagree beyond it, on either side', () => {
    const [first, above, below] = [
      row('retrograd', 'x', 1, 2),
      row('p', 'y', 1, 2.003),
      row('q', 'z', 1, 1.997),
    ];
    expect(disagreements([first, above, below])).toEqual([above, below]);
  });

  it('that are NaN agree with none, not even with themselves', () => {
    const rows = [row('retrograd', 'x', 1, Number.NaN), row('p', 'y', 1, Number.NaN)];
    expect(disagreements(rows)).toEqual(rows);
  });
});

describe('a ratio', () => {
  const rows = [
    row('retrograd', 'compiled blas', 10),
    row('retrograd', 'eager blas', 20),
    row('retrograd', 'compiled wasm', 5),
    row('PyTorch', '2.0 eager, 1 thread', 400),
    row('PyTorch', '2.0 eager, 2 threads', 300),
    row('PyTorch', '2.0 torch.compile, 2 threads', 100),
  ];
  const eager: Comparison = {
    title: 'PyTorch eager',
    lib: 'PyTorch',
    matches: (variant) => variant.includes('eager'),
    against: 'blas',
  };

  it('is the time of the fastest matching variant over ours', () => {
    expect(best(rows, 'a', 'PyTorch', eager.matches)?.medianMicroseconds).toBe(300);
    expect(ratio(rows, 'a', eager, 'compiled')).toBe(30);
    expect(ratio(rows, 'a', eager, 'eager')).toBe(15);
  });

  it('is null where one of the two was not measured', () => {
    expect(ratio(rows, 'b', eager, 'compiled')).toBeNull();
    expect(ratio(rows, 'a', { ...eager, against: 'wasm' }, 'eager')).toBeNull();
    expect(ratio(rows, 'a', { ...eager, lib: 'JAX' }, 'compiled')).toBeNull();
  });
});

describe('a share', () => {
  it('is the time of a part alone over that of the step, for each variant that did both', () => {
    const rows = [
      row('retrograd', 'compiled blas', 100, 2, 'step'),
      row('retrograd', 'compiled blas', 80, 2, 'part'),
      row('retrograd', 'eager blas', 160, 2, 'step'),
      row('PyTorch', 'eager', 200, 2, 'step'),
    ];
    expect(shares(rows, 'step', 'part')).toEqual([{ row: rows[0], share: 0.8 }]);
  });
});
