// The embedding: rows, padding, the table turned round. Its figures are in test/oracle.

import { compile, rng, type Tensor, tensor, zeros } from '@retrograd/autograd';
import { dense, embedding, sequential, sgd } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const at = (...indices: number[]) => tensor(Int32Array.from(indices));

describe('embedding', () => {
  it('reads rows of its table, whatever the shape of the indices', () => {
    const layer = embedding(4, 2, { rng: rng(1) });
    const rows = layer.weight.read().toArray();
    expect(layer.forward(at(2, 0)).toArray()).toEqual([rows[2], rows[0]]);
    expect(layer.forward(tensor(3, { dtype: 'int32' })).toArray()).toEqual(rows[3]);
    expect(layer.forward(zeros([2, 0, 3], { dtype: 'int32' })).shape).toEqual([2, 0, 3, 2]);
    expect(embedding(4, 2, { rng: rng(1), dtype: 'float64' }).weight.dtype).toBe('float64');
  });

  it('keeps the row of the padding index at zero', () => {
    const layer = embedding(3, 2, { paddingIndex: 1 });
    expect(layer.forward(at(1)).toArray()).toEqual([[0, 0]]);
    const step = compile((x: Tensor) => {
      layer.forward(x).sub(1).square().sum().backward();
      sgdOf.step();
    });
    const sgdOf = sgd([layer.weight], { lr: 0.1 });
    for (let i = 0; i < 50; i++) step(at(0, 1, 2));
    const table = layer.weight.read().toArray();
    expect(table[1]).toEqual([0, 0]);
    expect(table[0][0]).toBeCloseTo(1, 3);
  });

  it('scores each row by attend, so that input and output share one table', () => {
    const layer = embedding(5, 3, { rng: rng(2), dtype: 'float64' });
    const scores = layer.attend(layer.forward(at(4)));
    expect(scores.shape).toEqual([1, 5]);
    scores.sum().backward();
    const [row, all] = [layer.weight.read().toArray()[4], layer.weight.read().sum(0).toArray()];
    const grad = layer.weight.grad!.toArray();
    expect(grad[0]).toEqual(row);
    expect(grad[4].map((value, i) => value - row[i])).toEqual(
      all.map((value) => expect.closeTo(value, 12)),
    );
  });

  it('stands first in a row of layers', () => {
    const model = sequential(embedding(5, 3), dense(3, 2));
    expect(model.forward(at(1, 2)).shape).toEqual([2, 2]);
    expect([model.inFeatures, model.outFeatures]).toEqual([Number.NaN, 2]);
  });

  it('refuses what is no index', () => {
    const layer = embedding(4, 2);
    expect(refusal(() => layer.forward(zeros([2])))).toBe(
      "DTypeError: embedding: indices are int32, got float32. Make them with { dtype: 'int32' } or cast them.",
    );
    expect(refusal(() => layer.forward(at(0, 4)))).toBe(
      'IndexError: embedding: indices lie in 0 … 3, got 4. Check them against the count.',
    );
    expect(refusal(() => layer.forward(at(-1)))).toContain('got -1');
    expect(refusal(() => embedding(4, 2, { paddingIndex: 4 }))).toBe(
      'ArgumentError: embedding: paddingIndex is one of the rows 0 … 3, got 4. Check it against the count.',
    );
    expect(refusal(() => embedding(0, 2))).toContain('embedding: count is a whole number');
    expect(refusal(() => embedding(2, 2, { init: () => zeros([1]) }))).toContain(
      'embedding: an initialiser returns float32 [2, 2], got float32 [1].',
    );
  });
});
