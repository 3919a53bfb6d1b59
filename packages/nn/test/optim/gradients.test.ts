// Clipping and gathering of gradients.

import { tensor, type Variable, variable } from '@retrograd/autograd';
import {
  type AccumulateOptions,
  accumulate,
  clipGradNorm,
  clipGradValue,
  gradNorm,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const float64 = { dtype: 'float64' } as const;

/** Cells with these gradients; null for none. */
function withGradients(...gradients: readonly (number | number[] | null)[]): Variable[] {
  return gradients.map((g) => {
    const cell: Variable = variable(typeof g === 'number' ? 0 : (g ?? [0]).map(() => 0), float64);
    if (g !== null) cell.grad = tensor(g, float64);
    return cell;
  });
}

const gradientsOf = (cells: readonly Variable[]) =>
  cells.map(({ grad }) => grad?.toArray() ?? null);

describe('gradNorm', () => {
  it('takes all gradients as one vector, and changes nothing', () => {
    const cells = withGradients([3, 0], null, -4);
    expect(gradNorm(cells).item()).toBe(5);
    expect(gradNorm(cells, { norm: 1 }).item()).toBe(7);
    expect(gradNorm(cells, { norm: Number.POSITIVE_INFINITY }).item()).toBe(4);
    expect(gradientsOf(cells)).toEqual([[3, 0], null, -4]);
  });

  it('is 0 where there are no gradients, or no elements', () => {
    expect(gradNorm(withGradients(null)).item()).toBe(0);
    const norm = Number.POSITIVE_INFINITY;
    expect(gradNorm(withGradients([]), { norm }).item()).toBe(0);
  });

  it('refuses orders that are none', () => {
    expect(refusal(() => gradNorm(withGradients(1), { norm: 0 }))).toBe(
      'ArgumentError: gradNorm: norm is an order above 0, got 0. Pass 2, 1 or Infinity.',
    );
    expect(refusal(() => gradNorm([]))).toBe(
      'ArgumentError: gradNorm: takes at least one parameter, got none. Does the model have parameters yet?',
    );
  });
});

describe('clipGradNorm', () => {
  it('scales all gradients by one factor, and says what their norm was', () => {
    const cells = withGradients([3, 0], null, -4);
    expect(clipGradNorm(cells, 1).item()).toBe(5);
    expect(gradientsOf(cells)).toEqual([[3 * 0.2, 0], null, -4 * 0.2]);
  });

  it('leaves gradients that fit as they are, to the last bit', () => {
    const cells = withGradients([0.1, 0.7], 1e-300);
    clipGradNorm(cells, gradNorm(cells).item());
    expect(gradientsOf(cells)).toEqual([[0.1, 0.7], 1e-300]);
    clipGradNorm(withGradients(0), 0);
    expect(clipGradNorm(withGradients(null), 1).item()).toBe(0);
  });

  it('makes them 0 if nothing is allowed', () => {
    const cells = withGradients([3, -4]);
    clipGradNorm(cells, 0);
    expect(gradNorm(cells).item()).toBe(0);
  });

  it('does not hide what is not finite', () => {
    const [nan, infinite] = [withGradients([Number.NaN, 1]), withGradients([1, Infinity])];
    expect(clipGradNorm(nan, 1).item()).toBeNaN();
    expect(clipGradNorm(infinite, 1).item()).toBe(Infinity);
    expect(gradientsOf(nan)).toEqual([[Number.NaN, Number.NaN]]);
    expect(gradientsOf(infinite)).toEqual([[0, Number.NaN]]);
  });

  it('keeps the dtype of each gradient', () => {
    const cells: Variable[] = [variable([3]), variable([4], float64)];
    for (const cell of cells) cell.grad = cell.value.detach();
    expect(clipGradNorm(cells, 2.5).item()).toBe(5);
    expect(cells.map((cell) => cell.grad?.dtype)).toEqual(['float32', 'float64']);
    expect(gradientsOf(cells)).toEqual([[1.5], [2]]);
  });

  it('refuses norms that are none', () => {
    expect(refusal(() => clipGradNorm(withGradients(1), -1))).toBe(
      'ArgumentError: clipGradNorm: maxNorm is a finite number of at least 0, got -1. Check the option.',
    );
    expect(refusal(() => clipGradNorm(withGradients(1), 1, { norm: Number.NaN }))).toBe(
      'ArgumentError: clipGradNorm: norm is an order above 0, got NaN. Pass 2, 1 or Infinity.',
    );
  });
});

describe('clipGradValue', () => {
  it('brings every number within the limit', () => {
    const cells = withGradients([3, -0.5, Number.NaN], null, Number.NEGATIVE_INFINITY);
    clipGradValue(cells, 1);
    expect(gradientsOf(cells)).toEqual([[1, -0.5, Number.NaN], null, -1]);
  });

  it('refuses limits that are none', () => {
    expect(refusal(() => clipGradValue(withGradients(1), Number.NaN))).toBe(
      'ArgumentError: clipGradValue: limit is a finite number of at least 0, got NaN. Check the option.',
    );
  });
});

describe('accumulate', () => {
  it('leaves the gradient of the mean loss', () => {
    const cell = variable(1, float64);
    const loss = accumulate([1, 2, 6], (x) => cell.mul(x));
    expect(loss.item()).toBeCloseTo(3, 14);
    expect(loss.requiresGrad).toBe(false);
    expect(cell.grad?.item()).toBeCloseTo(3, 14);
  });

  it('weighs the batches', () => {
    const cell = variable(1, float64);
    const options: AccumulateOptions<number> = { weight: (_batch, i) => [3, 1][i] };
    expect(accumulate([1, 5], (x) => cell.mul(x), options).item()).toBe(2);
    expect(cell.grad?.item()).toBe(2);
  });

  it('adds to gradients that are there already', () => {
    const cell = variable(1, float64);
    cell.mul(10).backward();
    accumulate(new Set([1]), (x) => cell.mul(x));
    expect(cell.grad?.item()).toBe(11);
  });

  it('refuses batches, weights and losses that are none', () => {
    const cell = variable(1);
    expect(refusal(() => accumulate([], () => cell.mul(1)))).toBe(
      'ArgumentError: accumulate: takes at least one batch, got none. Pass some.',
    );
    expect(refusal(() => accumulate([1], () => cell.mul(1), { weight: () => 0 }))).toBe(
      'ArgumentError: accumulate: some weight is above 0, got only 0. Check the weights.',
    );
    expect(refusal(() => accumulate([1], () => cell.mul(1), { weight: () => -1 }))).toBe(
      'ArgumentError: accumulate: weight of batch 0 is a finite number of at least 0, got -1. Check the option.',
    );
    expect(refusal(() => accumulate([1], () => 3 as never))).toBe(
      'ArgumentError: accumulate: a loss is a scalar tensor, got number. Return it from the function.',
    );
  });
});
