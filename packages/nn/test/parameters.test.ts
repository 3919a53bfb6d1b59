// Parameters that are frozen, and parameters that are shared: by state, by optimizer, eagerly and compiled.

import { compile, rng, type Tensor, tensor } from '@retrograd/autograd';
import { adam, batchNorm, dense, embedding, Module, mse, sequential, sgd } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const draw = (seed: number, ...shape: number[]): Tensor =>
  rng(seed).normal(shape, { dtype: 'float64' });

describe('frozen parameters', () => {
  it('are no parameters until they are unfrozen, and stay in the state', () => {
    const model = sequential(dense(2, 2), batchNorm(2));
    const [all, names] = [model.parameters(), Object.keys(model.stateDict())];
    expect(model.freeze()).toBe(model);
    expect(model.parameters()).toEqual([]);
    expect(Object.keys(model.stateDict())).toEqual(names);
    expect(model.unfreeze().parameters()).toEqual(all);
  });

  it('are what freeze has stopped: nothing else begins to move', () => {
    const model = sequential(dense(2, 2), batchNorm(2));
    model.layers[0].bias!.requiresGrad = false;
    model.freeze().unfreeze().unfreeze();
    expect(model.namedParameters().map(([name]) => name)).toEqual([
      '0.weight',
      '1.weight',
      '1.bias',
    ]);
  });

  it('forget gradients that wait, and are left by optimizers', () => {
    const model = sequential(dense(2, 2), dense(2, 1));
    const optimizer = sgd(model.parameters(), { lr: 0.1, momentum: 0.9 });
    const before = model.stateDict();
    model
      .forward(draw(1, 3, 2))
      .sum()
      .backward();
    model.layers[0].freeze();
    optimizer.step();
    const after = model.stateDict();
    expect(after['0.weight'].toArray()).toEqual(before['0.weight'].toArray());
    expect(after['1.weight'].toArray()).not.toEqual(before['1.weight'].toArray());
  });

  it('stop and move again in a compiled step, as they do eagerly', () => {
    const learner = (compiled: boolean) => {
      const model = sequential(dense(2, 2, { rng: rng(1) }), dense(2, 1, { rng: rng(2) })).to(
        'float64',
      );
      const optimizer = adam(model.parameters(), { lr: 0.01 });
      const step = (x: Tensor) => {
        model.forward(x).square().sum().backward();
        optimizer.step();
      };
      return { model, step: compiled ? compile(step) : step };
    };
    const [eager, compiled] = [learner(false), learner(true)];
    const x = draw(1, 3, 2);
    const moves = () => {
      const before = compiled.model.stateDict();
      for (let i = 0; i < 2; i++) for (const { step } of [eager, compiled]) step(x);
      const after = compiled.model.stateDict();
      for (const [name, value] of Object.entries(eager.model.stateDict())) {
        expect(value.sub(after[name]).abs().max().item()).toBeLessThan(1e-12);
      }
      return Object.keys(after).map((name) => after[name].sub(before[name]).abs().max().item() > 0);
    };
    expect(moves()).toEqual([true, true, true, true]);
    for (const { model } of [eager, compiled]) model.layers[0].freeze();
    expect(moves()).toEqual([false, false, true, true]);
    for (const { model } of [eager, compiled]) model.layers[0].unfreeze();
    expect(moves()).toEqual([true, true, true, true]);
  });
});

/** One table for what goes in and what comes out. */
class Language extends Module {
  readonly tokens = embedding(5, 3, { rng: rng(1), dtype: 'float64' });
  readonly mixing = dense(3, 3, { rng: rng(2), dtype: 'float64' });
  readonly head = dense(3, 5, { bias: false, dtype: 'float64' });

  constructor() {
    super();
    Object.assign(this.head, { weight: this.tokens.weight });
  }

  forward(x: Tensor): Tensor {
    return this.head.forward(this.mixing.forward(this.tokens.forward(x)).tanh());
  }
}

describe('shared parameters', () => {
  it('are one parameter and one entry of the state, and go by either name', () => {
    const [a, b] = [new Language(), new Language()];
    expect(Object.keys(a.stateDict())).toEqual(['tokens.weight', 'mixing.weight', 'mixing.bias']);
    const { 'tokens.weight': table, ...rest } = a.stateDict();
    b.loadStateDict({ ...rest, 'head.weight': table.mul(2) });
    expect(b.tokens.weight.value.toArray()).toEqual(table.mul(2).toArray());
    expect(b.head.weight.value.toArray()).toEqual(table.mul(2).toArray());
  });

  it('collect the gradients of all their places, and move once', () => {
    const model = new Language();
    const indices = tensor([1, 4], { dtype: 'int32' });
    const loss = (table: Tensor) => {
      const hidden = model.mixing.forward(table.gather(indices)).tanh();
      return hidden.matmul(table, { transposeB: true }).square().sum();
    };
    const table = tensor(model.tokens.weight.value.toArray(), {
      dtype: 'float64',
      requiresGrad: true,
    });
    loss(table).backward();
    model.forward(indices).square().sum().backward();
    const grad = model.tokens.weight.grad as Tensor;
    expect(grad.sub(table.grad!).abs().max().item()).toBeLessThan(1e-12);
    const expected = model.tokens.weight.value.sub(grad.mul(0.1)).toArray();
    sgd(model.parameters(), { lr: 0.1 }).step();
    expect(model.head.weight.value.toArray()).toEqual(expected);
  });

  it('train compiled as they do eagerly', () => {
    const [eager, compiled] = [new Language(), new Language()];
    const stepOf = (model: Language) => {
      const optimizer = adam(model.parameters(), { lr: 0.02 });
      return (x: Tensor, y: Tensor) => {
        const loss = mse(model.forward(x), y);
        loss.backward();
        optimizer.step();
        return loss;
      };
    };
    const [slow, fast] = [stepOf(eager), compile(stepOf(compiled))];
    const [x, y] = [tensor([0, 3, 3], { dtype: 'int32' }), draw(1, 3, 5)];
    for (let i = 0; i < 5; i++) {
      expect(fast(x, y).item()).toBeCloseTo(slow(x, y).item(), 12);
    }
    const [a, b] = [eager.tokens.weight.value, compiled.tokens.weight.value];
    expect(a.sub(b).abs().max().item()).toBeLessThan(1e-12);
  });
});
