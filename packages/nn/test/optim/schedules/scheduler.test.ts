// What drives rates: an optimizer's own schedule, one at another pace, and a plateau.

import { inspect } from 'node:util';
import { tensor, type Variable, variable } from '@retrograd/autograd';
import {
  cosineDecay,
  linearWarmup,
  type Optimizer,
  type PlateauOptions,
  reduceOnPlateau,
  scheduler,
  sgd,
  stepDecay,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../refusal.js';

const float64 = { dtype: 'float64' } as const;
const rate = (optimizer: Optimizer) => optimizer.lr.value.item();

function stepDown(cell: Variable, optimizer: Optimizer): number {
  cell.mul(1).backward();
  optimizer.step();
  return rate(optimizer);
}

describe("an optimizer's schedule", () => {
  it('sets the rate before every step, the first one included', () => {
    const cell = variable(0, float64);
    const optimizer = sgd([cell], { lr: 8, schedule: stepDecay(1, 0.5) });
    expect([0, 1, 2].map(() => stepDown(cell, optimizer))).toEqual([8, 4, 2]);
    expect(cell.value.item()).toBe(-14);
  });

  it('counts calls, with gradients or without', () => {
    const optimizer = sgd([variable(0)], { lr: 8, schedule: stepDecay(1, 0.5) });
    for (let i = 0; i < 3; i++) optimizer.step();
    expect(rate(optimizer)).toBe(2);
  });

  it('multiplies a rate that may be assigned', () => {
    const cell = variable(0, float64);
    const optimizer = sgd([cell], { lr: 8, schedule: stepDecay(1, 0.5) });
    stepDown(cell, optimizer);
    optimizer.groups[0].baseLr.assign(100);
    expect(stepDown(cell, optimizer)).toBe(50);
  });

  it('goes on from a loaded state with the same bits', () => {
    const make = (cell: Variable, lr: number) =>
      sgd([cell], { lr, momentum: 0.9, schedule: cosineDecay(9) });
    const straight = variable(0, float64);
    const whole = make(straight, 0.3);
    for (let i = 0; i < 4; i++) stepDown(straight, whole);
    const resumed = variable(straight.value.detach());
    // The base rate is part of the state: it doesn't matter that this one was made with another.
    const second = make(resumed, 0.7).loadStateDict(whole.stateDict());
    expect(rate(second)).toBe(rate(whole));
    for (let i = 0; i < 6; i++) {
      expect(stepDown(resumed, second)).toBe(stepDown(straight, whole));
    }
    expect(resumed.value.item()).toBe(straight.value.item());
  });

  it('takes nothing of a state that does not fit', () => {
    const make = () => sgd([variable([0])], { lr: 1, momentum: 0.5, schedule: cosineDecay(9) });
    const other = make();
    other.step();
    const state = { ...other.stateDict(), 'momentum.0': tensor([1, 2]) };
    const optimizer = make();
    expect(refusal(() => optimizer.loadStateDict(state))).toContain('ShapeError: sgd: momentum.0');
    expect(optimizer.stateDict()['schedule.step'].item()).toBe(0);
    const { 'schedule.step': _step, ...rest } = other.stateDict();
    expect(refusal(() => optimizer.loadStateDict(rest))).toContain('missing schedule.step');
  });

  it('prints beside the optimizer', () => {
    const optimizer = sgd([variable(1)], { lr: 2, schedule: cosineDecay(3) });
    expect(inspect(optimizer)).toBe(
      'sgd({ lr: 2 }) of 1 numbers in 1 cells, cosineDecay: 1 at 0, 0 from 3 on',
    );
    expect(inspect(cosineDecay(3))).toBe('cosineDecay: 1 at 0, 0 from 3 on');
  });
});

describe('scheduler', () => {
  it('goes on when it is told to, in every group by its own rate', () => {
    const optimizer = sgd([{ parameters: [variable(0)] }, { parameters: [variable(0)], lr: 4 }], {
      lr: 1,
    });
    const rates = scheduler(optimizer, linearWarmup(3));
    const seen = [0, 1, 2, 3, 4].map(() => {
      const now = optimizer.groups.map(({ lr }) => lr.value.item());
      rates.step();
      return now;
    });
    expect(seen).toEqual([
      [0.25, 1],
      [0.5, 2],
      [0.75, 3],
      [1, 4],
      [1, 4],
    ]);
    expect(rates.count.value.item()).toBe(5);
  });

  it("multiplies what an optimizer's own schedule multiplies", () => {
    const cell = variable(0, float64);
    const optimizer = sgd([cell], { lr: 8, schedule: stepDecay(1, 0.5) });
    const epochs = scheduler(optimizer, stepDecay(1, 0.1));
    stepDown(cell, optimizer);
    epochs.step();
    expect(stepDown(cell, optimizer)).toBeCloseTo(0.4, 14);
  });

  it('takes up where its state was kept, and sets the rates', () => {
    const first = scheduler(sgd([variable(0)], { lr: 8 }), stepDecay(1, 0.5));
    first.step();
    const optimizer = sgd([variable(0)], { lr: 3 });
    const second = scheduler(optimizer, stepDecay(1, 0.5)).loadStateDict(first.stateDict());
    expect(rate(optimizer)).toBe(4);
    second.step();
    expect(rate(optimizer)).toBe(2);
    expect(refusal(() => second.loadStateDict({}))).toContain(
      'StateError: scheduler: a state has one value for each cell, got missing schedule.step',
    );
    const wrong = { ...first.stateDict(), 'schedule.step': tensor([1]) };
    expect(refusal(() => second.loadStateDict(wrong))).toContain(
      'ShapeError: scheduler: schedule.step has shape [], got [1].',
    );
  });

  it('refuses what is no schedule', () => {
    expect(
      refusal(() => scheduler(sgd([variable(0)], { lr: 1 }), ((t: number) => t) as never)),
    ).toBe(
      'ArgumentError: scheduler: schedule is a schedule, got function. ' +
        'Make one with cosineDecay(…), or defineSchedule(…).',
    );
  });
});

describe('reduceOnPlateau', () => {
  const watch = (options: PlateauOptions, lr = 1) => {
    const optimizer = sgd([variable(0)], { lr });
    return { optimizer, plateau: reduceOnPlateau(optimizer, options) };
  };

  it('falls after more metrics without progress than its patience', () => {
    const { optimizer, plateau } = watch({ patience: 1, factor: 0.5 });
    expect([5, 4, 4, 4, 4, 4].map((metric) => plateau.step(metric))).toEqual([
      ...[false, false, false, true, false, true],
    ]);
    expect(rate(optimizer)).toBe(0.25);
    expect(plateau.best).toBe(4);
  });

  it('takes tensors, and does not take NaN for progress', () => {
    const { plateau } = watch({ patience: 0 });
    expect(plateau.step(tensor(3, float64))).toBe(false);
    expect(plateau.step(Number.NaN)).toBe(true);
    expect(plateau.best).toBe(3);
  });

  it('never lets a rate rise to the least one', () => {
    const { optimizer, plateau } = watch({ patience: 0, minLr: 0.5 }, 0.25);
    plateau.step(1);
    expect(plateau.step(1)).toBe(true);
    expect(rate(optimizer)).toBe(0.25);
  });

  it('lowers what a schedule multiplies', () => {
    const cell = variable(0, float64);
    const optimizer = sgd([cell], { lr: 8, schedule: stepDecay(1, 0.5) });
    const plateau = reduceOnPlateau(optimizer, { patience: 0 });
    stepDown(cell, optimizer);
    plateau.step(1);
    plateau.step(1);
    expect(stepDown(cell, optimizer)).toBeCloseTo(0.4, 14);
  });

  it('takes up where its state was kept', () => {
    const [first, second] = [watch({ patience: 1 }), watch({ patience: 1 })];
    for (const metric of [2, 2]) first.plateau.step(metric);
    second.plateau.loadStateDict(first.plateau.stateDict());
    expect(second.plateau.best).toBe(2);
    expect(second.plateau.step(2)).toBe(true);
    expect(refusal(() => second.plateau.loadStateDict({}))).toContain(
      'StateError: reduceOnPlateau: a state has one value for each cell, got missing best, waited, cooling.',
    );
  });

  it('refuses options and metrics that are none', () => {
    const refused = (options: unknown) => refusal(() => watch(options as PlateauOptions));
    const op = 'ArgumentError: reduceOnPlateau';
    expect(refused({ mode: 'up' })).toBe(
      `${op}: mode is 'min' or 'max', got up. Check the option.`,
    );
    expect(refused({ thresholdMode: 'rel' })).toBe(
      `${op}: thresholdMode is 'relative' or 'absolute', got rel. Check the option.`,
    );
    expect(refused({ factor: 1 })).toContain(
      `${op}: factor is a finite number of at least 0 and below 1`,
    );
    expect(refused({ patience: -1 })).toContain(`${op}: patience is a whole number of at least 0`);
    expect(refused({ threshold: -1 })).toContain(
      `${op}: threshold is a finite number of at least 0`,
    );
    expect(refused({ cooldown: 0.5 })).toContain(`${op}: cooldown is a whole number of at least 0`);
    expect(refused({ minLr: -1 })).toContain(`${op}: minLr is a finite number of at least 0`);
    expect(refusal(() => watch({}).plateau.step('3' as never))).toBe(
      `${op}: a metric is a number or a scalar tensor, got string. Pass the loss of the validation.`,
    );
  });
});
