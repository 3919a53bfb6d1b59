// Summaries: shapes, counts and operations of every layer; nothing of the model is changed by looking.

import { inspect } from 'node:util';
import { gelu, type Tensor, tanh, variable, zeros } from '@retrograd/autograd';
import {
  batchNorm,
  type Dense,
  dense,
  dropout,
  embedding,
  Module,
  multiHeadAttention,
  sequential,
  transformerDecoderLayer,
  transformerEncoderLayer,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from './refusal.js';

describe('the summary of a model', () => {
  it('is a table of layers, output shapes, parameters and operations', () => {
    const model = sequential(dense(4, 16), batchNorm(16), tanh, dropout(0.1), dense(16, 3));
    expect(model.summary([2, 4]).toString().split('\n')).toEqual([
      'layer           output   parameters  not trained  flops',
      'Sequential      [2, 3]',
      '  0  Dense      [2, 16]          80                 256',
      '  1  BatchNorm  [2, 16]          32           33',
      '  2  tanh       [2, 16]',
      '  3  Dropout    [2, 16]',
      '  4  Dense      [2, 3]           51                 192',
      '163 parameters, 33 not trained; 448 operations for input [2, 4]',
    ]);
    const text = sequential(dense(100, 20)).summary([7, 100]);
    expect(inspect(text)).toBe(
      [
        'layer       output   parameters   flops',
        'Sequential  [7, 20]',
        '  0  Dense  [7, 20]       2 020  28 000',
        '2 020 parameters; 28 000 operations for input [7, 100]',
      ].join('\n'),
    );
  });

  it('tells the same in numbers', () => {
    const summary = sequential(dense(4, 3), tanh).summary(zeros([5, 4]));
    expect([summary.inputShape, summary.outputShape]).toEqual([
      [5, 4],
      [5, 3],
    ]);
    expect([summary.parameters, summary.notTrained, summary.flops]).toEqual([15, 0, 120]);
    expect(summary.rows[1]).toEqual({
      name: '0',
      depth: 1,
      kind: 'Dense',
      outputShape: [5, 3],
      parameters: 15,
      notTrained: 0,
      tied: false,
      flops: 120,
    });
  });

  it('gives operations to the layer that runs them, and all of them to the whole', () => {
    const attention = multiHeadAttention(8, 2);
    const summary = attention.summary([3, 5, 8]);
    const projection = 2 * 15 * 8 * 8;
    const inside = 2 * 15 * 8 * 24 + 2 * (2 * 3 * 2 * 5 * 5 * 4);
    expect(summary.rows.map(({ flops }) => flops)).toEqual([inside, projection, 0]);
    expect(summary.flops).toBe(inside + projection);
  });

  it('sees the functions that stand as layers, each by itself', () => {
    const model = sequential(tanh, dense(4, 2), tanh, (x: Tensor) => x.sum(1));
    const shapes = model.summary([3, 4]).rows.map(({ kind, outputShape }) => [kind, outputShape]);
    expect(shapes).toEqual([
      ['Sequential', [3]],
      ['tanh', [3, 4]],
      ['Dense', [3, 2]],
      ['tanh', [3, 2]],
      ['function', [3]],
    ]);
    const block = transformerEncoderLayer(4, 2, { activation: gelu }).summary([2, 3, 4]);
    expect(block.rows.find(({ kind }) => kind === 'gelu')?.outputShape).toEqual([2, 3, 16]);
  });

  it('counts tied cells once, and says of what is tied that it is', () => {
    class Twice extends Module {
      readonly first: Dense = dense(3, 3);
      readonly second: Dense = dense(3, 3, { bias: false });
      constructor() {
        super();
        Object.assign(this.second, { weight: this.first.weight });
      }
      forward(x: Tensor): Tensor {
        return this.second.forward(this.first.forward(x));
      }
    }
    const summary = new Twice().summary([1, 3]);
    expect(summary.parameters).toBe(12);
    expect(summary.rows.map(({ tied }) => tied)).toEqual([false, false, true]);
    expect(summary.toString()).toMatch(/second {2}Dense +\[1, 3\] +tied +18/);
  });

  it('counts frozen parameters as not trained', () => {
    const model = sequential(dense(2, 2), dense(2, 1));
    model.layers[0].freeze();
    const summary = model.summary([1, 2]);
    expect([summary.parameters, summary.notTrained]).toEqual([3, 6]);
  });

  it('passes further arguments on, and takes indices as an example', () => {
    const layer = transformerDecoderLayer(4, 2);
    expect(layer.summary([2, 3, 4], zeros([2, 5, 4])).outputShape).toEqual([2, 3, 4]);
    const model = sequential(embedding(7, 3), dense(3, 7));
    expect(model.summary(zeros([2, 4], { dtype: 'int32' })).outputShape).toEqual([2, 4, 7]);
    expect(refusal(() => model.summary([2, 4]))).toContain('embedding: indices are int32');
    expect(sequential(dense(2, 1)).to('float64').summary([1, 2]).outputShape).toEqual([1, 1]);
  });

  it('leaves the model as it was, even if forward throws', () => {
    const model = sequential(dense(2, 2), batchNorm(2), tanh).train();
    const [text, layers] = [model.toString(), model.layers];
    model.layers[1].eval();
    model.summary([4, 2]);
    expect(refusal(() => model.summary([4, 3]))).toContain('dense: takes 2 features');
    expect(model.toString()).toBe(text);
    expect(model.layers).toBe(layers);
    expect([...layers]).toEqual([layers[0], layers[1], tanh]);
    expect([model.training, model.layers[0].training, model.layers[1].training]).toEqual([
      true,
      true,
      false,
    ]);
    expect(model.layers[1].batchesTracked?.read().item()).toBe(0);
    expect(Object.getOwnPropertyNames(model.layers[0])).not.toContain('forward');
  });

  it('shows layers that are not called, and a model without any', () => {
    class Idle extends Module {
      readonly scale = variable([1, 2]);
      readonly unused = dense(2, 2);
      forward(x: Tensor): Tensor {
        return x.mul(this.scale);
      }
    }
    const { rows } = new Idle().summary([3, 2]);
    expect(rows.map(({ outputShape }) => outputShape)).toEqual([[3, 2], null]);
    expect(sequential().summary([2]).toString()).toBe(
      [
        'layer       output  parameters  flops',
        'Sequential  [2]',
        '0 parameters; 0 operations for input [2]',
      ].join('\n'),
    );
  });
});
