// What all optimizers share: cells, gradients consumed, counts, state kept and loaded, and what is refused.

import { inspect } from 'node:util';
import { type Tensor, tensor, type Variable, variable } from '@retrograd/autograd';
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  lion,
  makeOptimizer,
  nadam,
  type Optimizer,
  radam,
  rmsprop,
  sgd,
  stepDecay,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const float64 = { dtype: 'float64' } as const;

/** Leaves the gradient g in a cell. */
function leave(cell: Variable, g: Tensor): void {
  cell.mul(g).sum().backward();
}

const MAKERS: readonly [string, (cells: Iterable<Variable>) => Optimizer][] = [
  ['sgd', (cells) => sgd(cells, { lr: 0.1 })],
  ['sgd with momentum', (cells) => sgd(cells, { lr: 0.1, momentum: 0.9, dampening: 0.5 })],
  ['adam', (cells) => adam(cells, { lr: 0.1 })],
  ['adam with amsgrad', (cells) => adam(cells, { lr: 0.1, amsgrad: true })],
  ['adamW', (cells) => adamW(cells, { lr: 0.1 })],
  ['nadam', (cells) => nadam(cells, { lr: 0.1 })],
  ['radam', (cells) => radam(cells, { lr: 0.1, betas: [0.9, 0.8] })],
  ['rmsprop', (cells) => rmsprop(cells, { lr: 0.1 })],
  [
    'rmsprop, centered and with momentum',
    (cells) => rmsprop(cells, { lr: 0.1, centered: true, momentum: 0.9 }),
  ],
  ['adagrad', (cells) => adagrad(cells, { lr: 0.1, lrDecay: 0.1, initialAccumulator: 0.1 })],
  ['adadelta', (cells) => adadelta(cells, { lr: 10 })],
  ['lion', (cells) => lion(cells, { lr: 0.1 })],
  ['sgd on a schedule', (cells) => sgd(cells, { lr: 0.1, schedule: stepDecay(4, 0.5) })],
  ['sgd in a group', (cells) => sgd([{ parameters: cells, momentum: 0.5 }], { lr: 0.1 })],
];

/** In an optimizer of groups, every name begins with that of the group. */
const stepsOf = (optimizer: Optimizer): Tensor => {
  const state = optimizer.stateDict();
  return state.steps ?? state['groups.0.steps'];
};

describe.each(MAKERS)('%s', (_name, make) => {
  it('consumes the gradients that it takes', () => {
    const cell = variable([1, 2], float64);
    leave(cell, tensor([3, 4], float64));
    make([cell]).step();
    expect(cell.grad).toBeNull();
    expect(cell.value.requiresGrad).toBe(true);
  });

  it('takes the sum of several backward passes as one gradient', () => {
    const [once, twice] = [variable([1, 2], float64), variable([1, 2], float64)];
    leave(once, tensor([4, 6], float64));
    leave(twice, tensor([3, 5], float64));
    leave(twice, tensor([1, 1], float64));
    make([once]).step();
    make([twice]).step();
    expect(twice.value.toArray()).toEqual(once.value.toArray());
  });

  it('leaves a cell without a gradient as it is, and counts its steps from its first gradient on', () => {
    const [early, late, alone] = [variable(1, float64), variable(1, float64), variable(1, float64)];
    const both = make([early, late]);
    leave(early, tensor(2, float64));
    both.step();
    expect(late.value.item()).toBe(1);
    const single = make([alone]);
    for (const g of [0.5, -3, 7]) {
      leave(early, tensor(g, float64));
      leave(late, tensor(g, float64));
      leave(alone, tensor(g, float64));
      both.step();
      single.step();
      expect(late.value.item()).toBe(alone.value.item());
    }
    expect(early.value.item()).not.toBe(late.value.item());
  });

  it('does nothing when there are no gradients', () => {
    const cell = variable([1, 2]);
    const optimizer = make([cell]);
    optimizer.step();
    expect(cell.value.toArray()).toEqual([1, 2]);
    expect(stepsOf(optimizer).toArray()).toEqual([0]);
  });

  it('goes on from a loaded state as if it had never stopped', () => {
    const run = (steps: number, cell: Variable, optimizer: Optimizer) => {
      for (let i = 0; i < steps; i++) {
        leave(cell, tensor([0.3, -1.7], float64));
        optimizer.step();
      }
    };
    const straight = variable([1, 2], float64);
    run(7, straight, make([straight]));

    const first = variable([1, 2], float64);
    const optimizer = make([first]);
    run(3, first, optimizer);
    const [value, state] = [first.value.detach(), optimizer.stateDict()];
    run(5, first, optimizer);
    const second = variable(value);
    const resumed = make([second]).loadStateDict(state);
    run(4, second, resumed);
    expect(second.value.toArray()).toEqual(straight.value.toArray());
    expect(stepsOf(resumed).toArray()).toEqual([7]);
  });

  it('moves cells of a scalar, no elements and one element alike', () => {
    const cells = [variable(1), variable(tensor([]).reshape([0, 3])), variable([[1]])];
    const optimizer = make(cells);
    for (const cell of cells) leave(cell, tensor(1));
    optimizer.step();
    expect(cells.map((cell) => cell.shape)).toEqual([[], [0, 3], [1, 1]]);
    expect(cells[0].value.item()).toBeLessThan(1);
    expect(cells[2].value.item()).toBeCloseTo(cells[0].value.item(), 2);
  });

  it('follows a cell that is converted to another dtype', () => {
    const cell = variable([1, 2]);
    const optimizer = make([cell]);
    leave(cell, tensor([1, 1]));
    optimizer.step();
    cell.convert('float64');
    leave(cell, tensor([1, 1], float64));
    optimizer.step();
    expect(cell.dtype).toBe('float64');
    expect(cell.value.toArray()[0]).toBeLessThan(1);
  });

  it('passes NaN on instead of hiding it', () => {
    const cell = variable([1, 2]);
    const optimizer = make([cell]);
    leave(cell, tensor([Number.NaN, 1]));
    optimizer.step();
    expect(cell.value.toArray()[0]).toBeNaN();
    expect(cell.value.toArray()[1]).toBeLessThan(2);
  });
});

describe('an optimizer', () => {
  it('takes another learning rate from the next step on', () => {
    const cell = variable(1, float64);
    const optimizer = sgd([cell], { lr: 0.5 });
    optimizer.lr.assign(0.25);
    leave(cell, tensor(2, float64));
    optimizer.step();
    expect(cell.value.item()).toBe(0.5);
    expect(optimizer.lr.dtype).toBe('float64');
  });

  it('moves a cell once that is listed twice', () => {
    const cell = variable(1, float64);
    const optimizer = sgd([cell, cell], { lr: 0.5 });
    leave(cell, tensor(1, float64));
    optimizer.step();
    expect(optimizer.parameters).toHaveLength(1);
    expect(cell.value.item()).toBe(0.5);
  });

  it("keeps Adam's corrections exact in float32: they are computed in float64", () => {
    const cell = variable(0);
    const optimizer = adam([cell], { lr: 1 });
    leave(cell, tensor(1e-3));
    optimizer.step();
    expect(cell.value.item()).toBeCloseTo(-1 / (1 + 1e-5), 6);
  });

  it('is made from a rule by whoever wants another', () => {
    const cells = [variable([3, -2], float64)];
    const signs = makeOptimizer(cells, {
      name: 'signs',
      hyper: { lr: 0.5 },
      state: ['last'],
      scalars: ({ lr }, t) => ({ lr: lr.div(t) }),
      update: (p, g, _state, { lr }) => ({ p: p.sub(g.sign().mul(lr)), last: g }),
    });
    for (let i = 0; i < 2; i++) {
      leave(cells[0], tensor([10, -10], float64));
      signs.step();
    }
    expect(cells[0].value.toArray()).toEqual([2.25, -1.25]);
    expect(signs.stateDict()['last.0'].toArray()).toEqual([10, -10]);
  });

  it('prints its hyper-parameters and how much it moves', () => {
    const optimizer = sgd([variable([[1, 2]]), variable(3)], { lr: 0.5, momentum: 0.9 });
    expect(inspect(optimizer)).toBe('sgd({ lr: 0.5, momentum: 0.9 }) of 3 numbers in 2 cells');
  });

  it('refuses parameters that are none', () => {
    expect(refusal(() => sgd([], { lr: 1 }))).toBe(
      'ArgumentError: sgd: takes at least one parameter, got none. Does the model have parameters yet?',
    );
    expect(refusal(() => adam([variable(1), tensor(1) as unknown as Variable]))).toBe(
      'ArgumentError: adam: parameters are variables, got Tensor at 1. ' +
        'Make cells with variable(…), or pass model.parameters().',
    );
    expect(refusal(() => adam(variable(1) as unknown as Variable[]))).toBe(
      'ArgumentError: adam: parameters are a list of variables, got object. Pass model.parameters().',
    );
  });

  it('refuses a state of other names or shapes, and takes nothing of it', () => {
    const optimizer = sgd([variable([1, 2])], { lr: 1, momentum: 0.5 });
    const state = optimizer.stateDict();
    const { lr, steps, ...rest } = state;
    expect(refusal(() => optimizer.loadStateDict({ ...rest, steps, mean: lr }))).toBe(
      'StateError: sgd: a state has one value for each cell, got missing lr; unexpected mean. ' +
        'Load it where options and parameters are the same.',
    );
    const other = { ...state, lr: tensor(5, float64), 'momentum.0': tensor([1, 2, 3]) };
    expect(refusal(() => optimizer.loadStateDict(other))).toBe(
      'ShapeError: sgd: momentum.0 has shape [2], got [3]. ' +
        'Load it where the parameters are the same, in the same order.',
    );
    expect(refusal(() => optimizer.loadStateDict({ ...state, steps: tensor([1, 2]) }))).toBe(
      'ShapeError: sgd: steps has shape [1], got [2]. ' +
        'Load it where the parameters are the same, in the same order.',
    );
    expect(optimizer.lr.value.item()).toBe(1);
  });
});
