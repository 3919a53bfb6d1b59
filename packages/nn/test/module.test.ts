// Modules: how cells are found and named, how states travel, what models print.

import { inspect } from 'node:util';
import {
  DTypeError,
  ones,
  relu,
  ShapeError,
  type Tensor,
  tanh,
  tensor,
  Variable,
  variable,
  zeros,
} from '@retrograd/autograd';
import { type Dense, dense, dropout, flatten, Module, StateError, sequential } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

class Block extends Module {
  readonly inner = dense(2, 2);
  readonly scale = variable(tensor([1, 2]));
  readonly steps = variable(tensor(0, { dtype: 'int32' }));
  readonly heads = [dense(2, 1), dense(2, 1, { bias: false })];
  readonly note = 'not a cell';
  readonly nothing = null;

  forward(x: Tensor): Tensor {
    return this.inner.forward(x).mul(this.scale);
  }
}

/** Encoder and decoder share their weight. */
class Tied extends Module {
  readonly encoder: Dense = dense(3, 3);
  readonly decoder: Dense = dense(3, 3);

  constructor() {
    super();
    Object.assign(this.decoder, { weight: this.encoder.weight });
  }

  forward(x: Tensor): Tensor {
    return this.decoder.forward(this.encoder.forward(x));
  }
}

const namesOf = (found: readonly (readonly [string, unknown])[]) => found.map(([name]) => name);

describe('the cells of a module', () => {
  it('are found in its fields, in modules and arrays within them, and named by the path', () => {
    const block = new Block();
    expect(namesOf(block.namedParameters())).toEqual([
      'inner.weight',
      'inner.bias',
      'scale',
      'heads.0.weight',
      'heads.0.bias',
      'heads.1.weight',
    ]);
    expect(block.parameters()[2]).toBe(block.scale);
  });

  it('include those that are not trained, which are no parameters', () => {
    const block = new Block();
    block.scale.requiresGrad = false;
    expect(namesOf(block.namedVariables())).toContain('steps');
    expect(namesOf(block.namedVariables())).toContain('scale');
    expect(namesOf(block.namedParameters())).not.toContain('steps');
    expect(namesOf(block.namedParameters())).not.toContain('scale');
  });

  it('count once where they are tied', () => {
    const model = new Tied();
    expect(namesOf(model.namedParameters())).toEqual([
      'encoder.weight',
      'encoder.bias',
      'decoder.bias',
    ]);
    const layer = dense(2, 2);
    expect(namesOf(sequential(layer, tanh, layer).namedParameters())).toEqual([
      '0.weight',
      '0.bias',
    ]);
  });

  it('collect gradients from every place where they are used', () => {
    const model = new Tied();
    model
      .forward(ones([1, 3]))
      .sum()
      .backward();
    expect(model.encoder.weight.grad).not.toBeNull();
    expect(model.decoder.weight.grad).toBe(model.encoder.weight.grad);
    model.clearGrad();
    expect(model.parameters().every((cell) => cell.grad === null)).toBe(true);
  });

  it('are found in a module that refers to itself', () => {
    const block = new Block();
    const circle = Object.assign(block, { parent: block });
    expect(circle.parameters()).toHaveLength(6);
    expect(circle.modules()).toHaveLength(4);
    expect(String(circle)).toContain('parent  Block');
  });
});

describe('the modules within a module', () => {
  it('are listed once each by their paths, itself first', () => {
    const layer = dense(2, 2);
    const model = sequential(layer, sequential(layer, dropout(0.1)));
    expect(namesOf(model.namedModules())).toEqual(['', '0', '1', '1.1']);
    expect(model.modules()[1]).toBe(layer);
  });

  it('begin in training, and go to evaluation and back together', () => {
    const model = sequential(dense(2, 2), sequential(dropout(0.5)));
    const states = () => model.modules().map(({ training }) => training);
    expect(states()).toEqual([true, true, true, true]);
    expect(model.eval()).toBe(model);
    expect(states()).toEqual([false, false, false, false]);
    expect(model.train()).toBe(model);
    expect(states()).toEqual([true, true, true, true]);
    model.train(false);
    expect(model.training).toBe(false);
  });
});

describe('stateDict', () => {
  it('names every item of a sequence by its place, as PyTorch does', () => {
    const model = sequential(dense(4, 16), tanh, dense(16, 3));
    expect(Object.keys(model.stateDict())).toEqual(['0.weight', '0.bias', '2.weight', '2.bias']);
  });

  it('goes round: a model that loads it computes the same', () => {
    const [a, b] = [0, 1].map(() => sequential(dense(4, 5), tanh, dense(5, 2)));
    const x = ones([3, 4]);
    expect(b.forward(x).toArray()).not.toEqual(a.forward(x).toArray());
    expect(b.loadStateDict(a.stateDict())).toBe(b);
    expect(b.forward(x).toArray()).toEqual(a.forward(x).toArray());
  });

  it('keeps cells that are not trained, and no gradients', () => {
    const block = new Block();
    block.steps.assign(7);
    const state = block.stateDict();
    expect(state.steps.item()).toBe(7);
    expect(Object.values(state).some((value) => value.requiresGrad)).toBe(false);
  });

  it('stays as it was while training goes on', () => {
    const layer = dense(1, 1);
    const state = layer.stateDict();
    const before = state.weight.item();
    layer.weight.assign(tensor([[before + 1]]));
    expect(state.weight.item()).toBe(before);
    expect(layer.loadStateDict(state).weight.value.item()).toBe(before);
  });

  it('has a tied cell once, and is loaded by any of its names', () => {
    const model = new Tied();
    const state = model.stateDict();
    expect(Object.keys(state)).toEqual(['encoder.weight', 'encoder.bias', 'decoder.bias']);
    const { 'encoder.weight': weight, ...rest } = state;
    model.loadStateDict({ ...rest, 'decoder.weight': weight.mul(2) });
    expect(model.encoder.weight.value.toArray()).toEqual(weight.mul(2).toArray());
    model.loadStateDict({ ...state, 'decoder.weight': weight });
    expect(model.encoder.weight.value.toArray()).toEqual(weight.toArray());
  });
});

describe('loadStateDict', () => {
  const model = () => sequential(dense(2, 3), tanh, dense(3, 1));

  it('names what is missing and what is unexpected', () => {
    const { '2.bias': bias, '0.weight': weight, ...rest } = model().stateDict();
    const call = () => model().loadStateDict({ ...rest, '3.bias': bias, head: weight });
    expect(call).toThrow(StateError);
    expect(call).toThrow(
      'loadStateDict: the state has one value for each cell of the model, ' +
        'got missing 0.weight, 2.bias; unexpected 3.bias, head.',
    );
    const empty = () => model().loadStateDict({});
    expect(empty).toThrow('got missing 0.weight, 0.bias, 2.weight, 2.bias. Build the model');
  });

  it('takes what fits where it is told not to be strict', () => {
    const loaded = model();
    const before = loaded.stateDict();
    loaded.loadStateDict({ '0.bias': ones([3]), unknown: ones([1]) }, { strict: false });
    expect(loaded.stateDict()['0.bias'].toArray()).toEqual([1, 1, 1]);
    expect(loaded.stateDict()['2.weight'].toArray()).toEqual(before['2.weight'].toArray());
  });

  it('refuses a value of another shape, and then assigns nothing', () => {
    const loaded = model();
    const state = { ...loaded.stateDict(), '0.weight': ones([3, 2]), '2.weight': ones([3, 1]) };
    const before = loaded.stateDict()['0.weight'].toArray();
    for (const strict of [true, false]) {
      const call = () => loaded.loadStateDict(state, { strict });
      expect(call).toThrow(ShapeError);
      expect(call).toThrow('loadStateDict: 2.weight has shape [1, 3], got [3, 1].');
    }
    expect(loaded.stateDict()['0.weight'].toArray()).toEqual(before);
  });

  it('casts between floating dtypes to that of the cell', () => {
    const loaded = model().loadStateDict(model().to('float64').stateDict());
    expect(loaded.parameters().every(({ dtype }) => dtype === 'float32')).toBe(true);
  });

  it('refuses integers for floating cells', () => {
    const state = { ...model().stateDict(), '0.bias': zeros([3], { dtype: 'int32' }) };
    const call = () => model().loadStateDict(state);
    expect(call).toThrow(DTypeError);
    expect(call).toThrow('loadStateDict: 0.bias is float32, got int32.');
  });

  it('refuses arrays', () => {
    const state = { ...model().stateDict(), '0.bias': [1, 2, 3] as unknown as Tensor };
    const call = () => model().loadStateDict(state);
    expect(call).toThrow(StateError);
    expect(call).toThrow('loadStateDict: a state holds tensors, got object for 0.bias.');
  });
});

describe('to', () => {
  it('converts all floating cells, and no other', () => {
    const block = new Block();
    expect(block.to('float64')).toBe(block);
    expect(block.parameters().every(({ dtype }) => dtype === 'float64')).toBe(true);
    expect(block.steps.dtype).toBe('int32');
    expect(block.forward(ones([1, 2], { dtype: 'float64' })).dtype).toBe('float64');
  });

  it('keeps the cells themselves, and what is trained', () => {
    const block = new Block();
    const cells = block.parameters();
    block.scale.requiresGrad = false;
    block.to('float64').to('float32');
    expect(block.inner.weight).toBe(cells[0]);
    expect(block.scale.requiresGrad).toBe(false);
    expect(block.inner.weight.requiresGrad).toBe(true);
  });

  it('refuses other dtypes', () => {
    const call = () => dense(1, 1).to('int32' as 'float32');
    expect(call).toThrow(DTypeError);
    expect(call).toThrow('to: parameters are float32 or float64, got int32.');
  });
});

describe('a printed model', () => {
  it('has a line for each layer, with sizes and numbers of parameters', () => {
    const model = sequential(
      dense(784, 100),
      relu,
      dropout(0.5),
      sequential(dense(100, 10, { bias: false }), (x) => x.mul(2)),
      flatten(),
    );
    expect(String(model)).toBe(
      [
        'Sequential',
        '  0  Dense       784 → 100          78 500',
        '  1  relu',
        '  2  Dropout     p = 0.5',
        '  3  Sequential',
        '    0  Dense     100 → 10, no bias   1 000',
        '    1  function',
        '  4  Flatten',
        '79 500 parameters float32',
      ].join('\n'),
    );
    expect(inspect(model)).toBe(String(model));
  });

  it('counts tied cells once, and tells what is not trained', () => {
    const layer = dense(2, 2).to('float64');
    expect(String(sequential(layer, layer))).toBe(
      [
        'Sequential',
        '  0  Dense  2 → 2     6',
        '  1  Dense  2 → 2  tied',
        '6 parameters float64',
      ].join('\n'),
    );
    const block = new Block();
    expect(String(block).split('\n').at(-1)).toBe('13 parameters float32, 1 not trained');
  });

  it('is a line where there is nothing to tell', () => {
    expect(String(sequential())).toBe('Sequential\n0 parameters');
  });
});

describe('a module of one’s own', () => {
  it('has cells that are variables', () => {
    expect(new Block().parameters().every((cell) => cell instanceof Variable)).toBe(true);
  });
});
