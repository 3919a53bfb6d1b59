// Groups: options of their own, optimizers side by side, and their state as one.

import { inspect } from 'node:util';
import { tensor, type Variable, variable } from '@retrograd/autograd';
import { adamW, joinOptimizers, muon, type Optimizer, sgd, stepDecay } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const float64 = { dtype: 'float64' } as const;

function leave(cells: readonly Variable[], g = 1): void {
  for (const cell of cells) cell.mul(g).sum().backward();
}

const rates = (optimizer: Optimizer) => optimizer.groups.map(({ lr }) => lr.value.item());

describe('groups', () => {
  it('have options of their own, and the defaults where they have none', () => {
    const [a, b, c] = [variable(0, float64), variable(0, float64), variable([[1]], float64)];
    const optimizer = sgd(
      [{ parameters: [a] }, { parameters: [b], lr: 0.25 }, { parameters: [c], weightDecay: 1 }],
      { lr: 0.5 },
    );
    leave([a, b]);
    leave([c], 0);
    optimizer.step();
    expect([a, b, c].map((cell) => cell.value.item())).toEqual([-0.5, -0.25, 0.5]);
    expect(optimizer.parameters).toEqual([a, b, c]);
    expect(optimizer.name).toBe('sgd');
  });

  it('need no defaults where each says everything', () => {
    const cell = variable(0);
    expect(rates(sgd([{ parameters: [cell], lr: 2 }]))).toEqual([2]);
    expect(refusal(() => sgd([{ parameters: [cell] }]))).toBe(
      'ArgumentError: sgd: lr is a finite number of at least 0, got undefined. Check the option.',
    );
  });

  it('have a rate each, a cell that may change between steps', () => {
    const [a, b] = [variable(0, float64), variable(0, float64)];
    const optimizer = sgd([{ parameters: [a] }, { parameters: [b] }], { lr: 1 });
    optimizer.groups[1].lr.assign(0.5);
    leave([a, b]);
    optimizer.step();
    expect([a.value.item(), b.value.item()]).toEqual([-1, -0.5]);
    expect(optimizer.lr).toBe(optimizer.groups[0].lr);
    expect(optimizer.hyper).toBe(optimizer.groups[0].hyper);
  });

  it('may have schedules of their own', () => {
    const cells = [variable(0), variable(0)];
    const optimizer = sgd(
      [{ parameters: [cells[0]] }, { parameters: [cells[1]], schedule: stepDecay(1, 0.5) }],
      { lr: 1 },
    );
    optimizer.step();
    optimizer.step();
    expect(rates(optimizer)).toEqual([1, 0.5]);
    expect(optimizer.groups.map(({ baseLr }) => baseLr.value.item())).toEqual([1, 1]);
  });

  it('are one where there are none', () => {
    const cell = variable(0);
    const optimizer = sgd([cell], { lr: 1 });
    expect(optimizer.groups).toHaveLength(1);
    expect(optimizer.groups[0].parameters).toEqual([cell]);
    expect(optimizer.groups[0].baseLr).toBe(optimizer.lr);
  });

  it('refuse a cell that is in two of them', () => {
    const cell = variable([1, 2]);
    expect(refusal(() => adamW([{ parameters: [cell] }, { parameters: [cell] }]))).toBe(
      'ArgumentError: adamW: a parameter is in one group, got one of shape [2] in groups 0 and 1. ' +
        'Take it out of one of them.',
    );
  });

  it('refuse to be empty, or mixed with cells', () => {
    expect(refusal(() => adamW([{ parameters: [] }]))).toBe(
      'ArgumentError: adamW: takes at least one parameter, got none. Does the model have parameters yet?',
    );
    const mixed = [{ parameters: [variable(1)] }, variable(2)];
    expect(refusal(() => adamW(mixed as unknown as Variable[]))).toBe(
      'ArgumentError: adamW: parameters are variables, got Object at 0. ' +
        'Make cells with variable(…), or pass model.parameters().',
    );
  });

  it('print one line each', () => {
    const cells = [variable([1, 2]), variable(1)];
    const optimizer = sgd([{ parameters: [cells[0]] }, { parameters: [cells[1]], lr: 2 }], {
      lr: 1,
    });
    expect(inspect(optimizer)).toBe(
      'sgd of 2 groups\n' +
        '  0: sgd({ lr: 1 }) of 2 numbers in 1 cells\n' +
        '  1: sgd({ lr: 2 }) of 1 numbers in 1 cells',
    );
  });
});

describe('joinOptimizers', () => {
  it('steps with each of them', () => {
    const [hidden, head] = [variable([[0]], float64), variable([[0]], float64)];
    const optimizer = joinOptimizers(muon([hidden]), sgd([head], { lr: 1 }));
    expect(optimizer.name).toBe('muon + sgd');
    leave([hidden, head], 3);
    optimizer.step();
    expect(hidden.value.item()).toBeCloseTo(-0.014, 3);
    expect(head.value.item()).toBe(-3);
  });

  it('keeps and loads their states as one', () => {
    const make = () => {
      const cells = [variable(0, float64), variable(0, float64)];
      const optimizer = joinOptimizers(
        sgd([cells[0]], { lr: 1, momentum: 0.5 }),
        adamW([cells[1]], { schedule: stepDecay(2) }),
      );
      return { cells, optimizer };
    };
    const [first, second] = [make(), make()];
    for (let i = 0; i < 3; i++) {
      leave(first.cells);
      first.optimizer.step();
    }
    const state = first.optimizer.stateDict();
    expect(Object.keys(state)).toEqual([
      ...['groups.0.lr', 'groups.0.momentum', 'groups.0.steps', 'groups.0.momentum.0'],
      ...['lr', 'beta1', 'beta2', 'steps', 'mean.0', 'square.0'].map((key) => `groups.1.${key}`),
      ...['groups.1.schedule.step', 'groups.1.schedule.baseLr.0'],
    ]);
    second.optimizer.loadStateDict(state);
    second.cells.forEach((cell, i) => {
      cell.assign(first.cells[i].value);
    });
    for (const { cells, optimizer } of [first, second]) {
      leave(cells, 2);
      optimizer.step();
    }
    expect(second.cells.map((cell) => cell.value.item())).toEqual(
      first.cells.map((cell) => cell.value.item()),
    );
  });

  it('takes nothing of a state that one of them refuses', () => {
    const make = () =>
      joinOptimizers(sgd([variable(0)], { lr: 1 }), sgd([variable([0])], { lr: 1, momentum: 0.5 }));
    const optimizer = make();
    const state = make().stateDict();
    state['groups.0.lr'] = tensor(7, float64);
    expect(refusal(() => optimizer.loadStateDict({ ...state, extra: tensor(1) }))).toBe(
      'StateError: sgd + sgd: a state has one value for each cell, got unexpected extra. ' +
        'Load it where options and parameters are the same.',
    );
    state['groups.1.momentum.0'] = tensor([1, 2]);
    expect(refusal(() => optimizer.loadStateDict(state))).toBe(
      'ShapeError: sgd: momentum.0 has shape [1], got [2]. ' +
        'Load it where the parameters are the same, in the same order.',
    );
    expect(rates(optimizer)).toEqual([1, 1]);
  });

  it('refuses none', () => {
    expect(refusal(() => joinOptimizers())).toBe(
      'ArgumentError: joinOptimizers: joins at least one optimizer, got none. Pass some.',
    );
  });
});
