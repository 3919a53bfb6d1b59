// Adam and AdamW against the formulas written out on plain numbers.

import { tensor, type Variable, variable } from '@retrograd/autograd';
import { type AdamOptions, adam, adamW } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const float64 = { dtype: 'float64' } as const;
const gradients = [0.5, -1.25, 3, 0.125, -2, 0.75];

function paths(make: typeof adam, options: AdamOptions): [weight: number, bias: number] {
  const cells: Variable[] = [variable([[1]], float64), variable([1], float64)];
  const optimizer = make(cells, options);
  for (const g of gradients) {
    for (const cell of cells) cell.mul(tensor(g, float64)).sum().backward();
    optimizer.step();
  }
  const [weight, bias] = cells.map((cell) => cell.value.item());
  return [weight, bias];
}

function byHand(options: AdamOptions, decay: number, decoupled: boolean): number {
  const { lr = 1e-3, betas = [0.9, 0.999], epsilon = 1e-8 } = options;
  let [p, m, v] = [1, 0, 0];
  gradients.forEach((raw, i) => {
    const g = decoupled ? raw : raw + decay * p;
    if (decoupled) p *= 1 - lr * decay;
    m = betas[0] * m + (1 - betas[0]) * g;
    v = betas[1] * v + (1 - betas[1]) * g * g;
    const [mHat, vHat] = [m / (1 - betas[0] ** (i + 1)), v / (1 - betas[1] ** (i + 1))];
    p -= (lr * mHat) / (Math.sqrt(vHat) + epsilon);
  });
  return p;
}

describe.each([
  ['adam', adam, 0],
  ['adamW', adamW, 0.01],
] as const)('%s', (name, make, defaultDecay) => {
  it.each<AdamOptions>([
    {},
    { lr: 0.1, betas: [0.5, 0.8], epsilon: 0.01 },
    { lr: 0.1, weightDecay: 0.3 },
    { lr: 0.1, betas: [0, 0] },
  ])('with %j takes the path of its formulas, and decays weights alone', (options) => {
    const [weight, bias] = paths(make, options);
    const decay = options.weightDecay ?? defaultDecay;
    expect(weight).toBeCloseTo(byHand(options, decay, name === 'adamW'), 14);
    expect(bias).toBeCloseTo(byHand(options, 0, name === 'adamW'), 14);
  });

  it.each<[AdamOptions, string]>([
    [{ lr: Number.NaN }, 'lr is a finite number of at least 0, got NaN. Check the option.'],
    [
      { betas: [0.9, 1] },
      'betas[1] is a finite number of at least 0 and below 1, got 1. Check the option.',
    ],
    [
      { betas: [-0.1, 0.9] },
      'betas[0] is a finite number of at least 0 and below 1, got -0.1. Check the option.',
    ],
    [
      { betas: [0.9] as unknown as [number, number] },
      'betas are two numbers, got 0.9. Pass [β₁, β₂].',
    ],
    [{ epsilon: -1 }, 'epsilon is a finite number of at least 0, got -1. Check the option.'],
    [
      { weightDecay: -1 },
      'weightDecay is a finite number of at least 0, got -1. Check the option.',
    ],
  ])('refuses %j', (options, complaint) => {
    expect(refusal(() => make([variable(1)], options))).toBe(
      `ArgumentError: ${name}: ${complaint}`,
    );
  });
});

describe('adam and adamW', () => {
  it('are the same where nothing decays', () => {
    const options = { lr: 0.1, weightDecay: 0 };
    expect(paths(adamW, options)).toEqual(paths(adam, options));
  });

  it('keep the betas as hyper-parameters that may change', () => {
    const optimizer = adam([variable(1)], { betas: [0.8, 0.99] });
    expect(
      Object.entries(optimizer.hyper).map(([name, cell]) => [name, cell.value.item()]),
    ).toEqual([
      ['lr', 0.001],
      ['beta1', 0.8],
      ['beta2', 0.99],
    ]);
  });
});
