// The options of every optimizer: what is refused, what weight decay acts on, and how they differ from each other.

import { tensor, type Variable, variable } from '@retrograd/autograd';
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  lion,
  muon,
  nadam,
  type Optimizer,
  radam,
  rmsprop,
  sgd,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const float64 = { dtype: 'float64' } as const;

type Make = (
  cells: Variable[],
  options: { weightDecay?: number; decayBiases?: boolean },
) => Optimizer;

const COUPLED: readonly [string, Make][] = [
  ['sgd', (cells, options) => sgd(cells, { lr: 0.1, ...options })],
  ['adam', (cells, options) => adam(cells, { lr: 0.1, ...options })],
  ['nadam', (cells, options) => nadam(cells, { lr: 0.1, ...options })],
  ['radam', (cells, options) => radam(cells, { lr: 0.1, ...options })],
  ['rmsprop', (cells, options) => rmsprop(cells, { lr: 0.1, ...options })],
  ['adagrad', (cells, options) => adagrad(cells, { lr: 0.1, ...options })],
  ['adadelta', (cells, options) => adadelta(cells, { lr: 0.1, ...options })],
];
const DECOUPLED: readonly [string, Make][] = [
  ['adamW', (cells, options) => adamW(cells, { lr: 0.1, ...options })],
  ['lion', (cells, options) => lion(cells, { lr: 0.1, ...options })],
  ['muon', (cells, options) => muon(cells, { lr: 0.1, adamW: { lr: 0.1 }, ...options })],
];

/** Where a weight and a bias of 2 stand after a step down a gradient of 0: moved by decay alone. */
function afterZeroGradient(make: Make, options: Parameters<Make>[1]): [number, number] {
  const cells = [variable([[2]], float64), variable([2], float64)];
  for (const cell of cells) cell.mul(0).sum().backward();
  make(cells, options).step();
  return [cells[0].value.item(), cells[1].value.item()];
}

describe('weight decay', () => {
  it.each([...COUPLED, ...DECOUPLED])('of %s acts on weights, and not on biases', (_name, make) => {
    const [weight, bias] = afterZeroGradient(make, { weightDecay: 0.5 });
    expect(weight).toBeLessThan(2);
    expect(bias).toBe(2);
  });

  it.each([...COUPLED, ...DECOUPLED.slice(0, 2)])(
    'of %s acts on biases if it is told to',
    (_name, make) => {
      const [weight, bias] = afterZeroGradient(make, { weightDecay: 0.5, decayBiases: true });
      expect(bias).toBe(weight);
      expect(bias).toBeLessThan(2);
    },
  );

  it.each(DECOUPLED)('of %s shrinks by 1 − ηλ beside the gradient', (_name, make) => {
    expect(afterZeroGradient(make, { weightDecay: 0.5 })[0]).toBeCloseTo(2 * (1 - 0.1 * 0.5), 14);
  });

  it.each([...COUPLED, ...DECOUPLED])('of %s is refused below 0', (name, make) => {
    expect(refusal(() => make([variable([[1]])], { weightDecay: -1 }))).toBe(
      `ArgumentError: ${name}: weightDecay is a finite number of at least 0, got -1. Check the option.`,
    );
  });
});

const cells = () => [variable([[1]])];
const atLeast0 = (name: string) =>
  `${name} is a finite number of at least 0, got -1. Check the option.`;
const below1 = (name: string) =>
  `${name} is a finite number of at least 0 and below 1, got 1. Check the option.`;

describe('options out of range', () => {
  it.each<[string, () => Optimizer, string]>([
    ['nadam', () => nadam(cells(), { lr: -1 }), atLeast0('lr')],
    ['nadam', () => nadam(cells(), { epsilon: -1 }), atLeast0('epsilon')],
    ['nadam', () => nadam(cells(), { betas: [1, 0] }), below1('betas[0]')],
    ['nadam', () => nadam(cells(), { momentumDecay: -1 }), atLeast0('momentumDecay')],
    ['radam', () => radam(cells(), { lr: -1 }), atLeast0('lr')],
    ['radam', () => radam(cells(), { epsilon: -1 }), atLeast0('epsilon')],
    ['radam', () => radam(cells(), { betas: [0, 1] }), below1('betas[1]')],
    ['rmsprop', () => rmsprop(cells(), { lr: -1 }), atLeast0('lr')],
    ['rmsprop', () => rmsprop(cells(), { alpha: 1 }), below1('alpha')],
    ['rmsprop', () => rmsprop(cells(), { epsilon: -1 }), atLeast0('epsilon')],
    ['rmsprop', () => rmsprop(cells(), { momentum: -1 }), atLeast0('momentum')],
    ['adagrad', () => adagrad(cells(), { lr: -1 }), atLeast0('lr')],
    ['adagrad', () => adagrad(cells(), { lrDecay: -1 }), atLeast0('lrDecay')],
    ['adagrad', () => adagrad(cells(), { epsilon: -1 }), atLeast0('epsilon')],
    ['adagrad', () => adagrad(cells(), { initialAccumulator: -1 }), atLeast0('initialAccumulator')],
    ['adadelta', () => adadelta(cells(), { lr: -1 }), atLeast0('lr')],
    ['adadelta', () => adadelta(cells(), { rho: 1 }), below1('rho')],
    ['adadelta', () => adadelta(cells(), { epsilon: -1 }), atLeast0('epsilon')],
    ['lion', () => lion(cells(), { lr: -1 }), atLeast0('lr')],
    ['lion', () => lion(cells(), { betas: [1, 0] }), below1('betas[0]')],
    ['muon', () => muon(cells(), { lr: -1 }), atLeast0('lr')],
    ['muon', () => muon(cells(), { momentum: 1 }), below1('momentum')],
    [
      'muon',
      () => muon(cells(), { iterations: 0 }),
      'iterations is a whole number of at least 1, got 0. Check the option.',
    ],
    [
      'muon',
      () => muon([]),
      'takes at least one parameter, got none. Does the model have parameters yet?',
    ],
    [
      'lion',
      () => lion(cells(), { schedule: 0.5 as never }),
      'schedule is a schedule, got number. Make one with cosineDecay(…), or defineSchedule(…).',
    ],
  ])('of %s are refused, case %#', (name, make, complaint) => {
    expect(refusal(make)).toBe(`ArgumentError: ${name}: ${complaint}`);
  });
});

describe('the first step', () => {
  /** Where a cell [4, −4] stands after one step down the gradient. */
  const first = (make: (cell: Variable) => Optimizer, gradient: number[]): number[] => {
    const cell = variable([4, -4], float64);
    cell.mul(tensor(gradient, float64)).sum().backward();
    make(cell).step();
    return cell.value.toArray() as number[];
  };

  it('of lion is of the same size whatever the gradient, and none where that is 0', () => {
    expect(first((cell) => lion([cell], { lr: 0.5 }), [1e-9, 1e9])).toEqual([3.5, -4.5]);
    expect(first((cell) => lion([cell], { lr: 0.5 }), [0, 1])).toEqual([4, -4.5]);
  });

  it('of radam is that of momentum, since there is no variance yet', () => {
    expect(first((cell) => radam([cell], { lr: 0.5 }), [2, -1])).toEqual([3, -3.5]);
  });

  it('of adagrad is η g/|g|, less if the sums begin above 0', () => {
    expect(first((cell) => adagrad([cell], { lr: 0.5, epsilon: 0 }), [2, -1])).toEqual([3.5, -3.5]);
    const options = { lr: 0.5, epsilon: 0, initialAccumulator: 3 };
    expect(first((cell) => adagrad([cell], options), [1, -1])).toEqual([3.75, -3.75]);
  });

  it('of a centered rmsprop stays a number where the variance is 0', () => {
    const moved = first(
      (cell) => rmsprop([cell], { lr: 0.5, alpha: 0, centered: true, epsilon: 1 }),
      [0.1, -0.7],
    );
    expect(moved[0]).toBeCloseTo(3.95, 14);
    expect(moved[1]).toBeCloseTo(-3.65, 14);
  });
});
