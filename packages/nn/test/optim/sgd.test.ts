// Gradient descent against the formulas written out on plain numbers.

import { tensor, type Variable, variable } from '@retrograd/autograd';
import { type SgdOptions, sgd } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const float64 = { dtype: 'float64' } as const;
const gradients = [0.5, -1.25, 3, 0.125, -2, 0.75];

/** Where one number stands after the gradients, a matrix of one element and a bias. */
function paths(options: SgdOptions): { weight: number; bias: number } {
  const cells: Variable[] = [variable([[1]], float64), variable([1], float64)];
  const optimizer = sgd(cells, options);
  for (const g of gradients) {
    for (const cell of cells) cell.mul(tensor(g, float64)).sum().backward();
    optimizer.step();
  }
  const [weight, bias] = cells.map((cell) => cell.value.item());
  return { weight, bias };
}

function byHand(options: SgdOptions, decay: number): number {
  const { lr, momentum = 0, nesterov = false, dampening = 0 } = options;
  let [p, b] = [1, 0];
  gradients.forEach((raw, i) => {
    const g = raw + decay * p;
    b = momentum * b + (i === 0 ? 1 : 1 - dampening) * g;
    p -= lr * (momentum === 0 ? g : nesterov ? g + momentum * b : b);
  });
  return p;
}

describe('sgd', () => {
  it.each<SgdOptions>([
    { lr: 0.1 },
    { lr: 0.1, momentum: 0.9 },
    { lr: 0.1, momentum: 0.9, nesterov: true },
    { lr: 0.1, momentum: 0.9, dampening: 0.25 },
    { lr: 0.1, weightDecay: 0.5 },
    { lr: 0.1, momentum: 0.5, nesterov: true, weightDecay: 0.5 },
  ])('with %j takes the path of its formulas, and decays weights alone', (options) => {
    const { weight, bias } = paths(options);
    expect(weight).toBeCloseTo(byHand(options, options.weightDecay ?? 0), 14);
    expect(bias).toBeCloseTo(byHand(options, 0), 14);
  });

  it('keeps momentum as a hyper-parameter that may change, where there is any', () => {
    expect(Object.keys(sgd([variable(1)], { lr: 1 }).hyper)).toEqual(['lr']);
    const cell = variable(0, float64);
    const optimizer = sgd([cell], { lr: 1, momentum: 0.5 });
    for (const [momentum, p] of [
      [0.5, -1],
      [0, -2],
    ]) {
      optimizer.hyper.momentum.assign(momentum);
      cell.mul(tensor(1, float64)).backward();
      optimizer.step();
      expect(cell.value.item()).toBe(p);
    }
  });

  it.each<[SgdOptions, string]>([
    [{ lr: -1 }, 'lr is a finite number of at least 0, got -1. Check the option.'],
    [
      { lr: Number.POSITIVE_INFINITY },
      'lr is a finite number of at least 0, got Infinity. Check the option.',
    ],
    [{} as SgdOptions, 'lr is a finite number of at least 0, got undefined. Check the option.'],
    [
      { lr: 1, momentum: -0.1 },
      'momentum is a finite number of at least 0, got -0.1. Check the option.',
    ],
    [
      { lr: 1, weightDecay: Number.NaN },
      'weightDecay is a finite number of at least 0, got NaN. Check the option.',
    ],
    [
      { lr: 1, dampening: Number.NEGATIVE_INFINITY },
      'dampening is a finite number, got -Infinity. Check the option.',
    ],
    [
      { lr: 1, nesterov: true },
      'nesterov needs a momentum above 0 and no dampening, got momentum 0, dampening 0. ' +
        'Pass for example { momentum: 0.9, nesterov: true }.',
    ],
    [
      { lr: 1, nesterov: true, momentum: 0.9, dampening: 0.1 },
      'nesterov needs a momentum above 0 and no dampening, got momentum 0.9, dampening 0.1. ' +
        'Pass for example { momentum: 0.9, nesterov: true }.',
    ],
  ])('refuses %j', (options, complaint) => {
    expect(refusal(() => sgd([variable(1)], options))).toBe(`ArgumentError: sgd: ${complaint}`);
  });
});
