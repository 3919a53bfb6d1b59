// Predicting and evaluating: in evaluation, in batches, as constants.

import { relu, rng, type Tensor, tensor, zeros } from '@retrograd/autograd';
import {
  accuracy,
  crossEntropy,
  dense,
  dropout,
  evaluate,
  mse,
  predict,
  sequential,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const model = sequential(dense(3, 8), dropout(0.5), relu, dense(8, 2));
const x = rng(5).normal([10, 3]);

describe('predict', () => {
  it('lets dropout pass, and leaves each layer in the mode that it was in', () => {
    model.train();
    model.layers[0].eval();
    const first = predict(model, x);
    expect(predict(model, x).toArray()).toEqual(first.toArray());
    expect(model.modules().map(({ training }) => training)).toEqual([true, false, true, true]);
    model.train();
  });

  it('restores the modes if forward throws', () => {
    expect(refusal(() => predict(model, zeros([2, 4])))).toContain('ShapeError: dense:');
    expect(model.modules().every(({ training }) => training)).toBe(true);
  });

  it('gives the same in batches of any size', () => {
    const whole = predict(model, x);
    expect(whole.shape).toEqual([10, 2]);
    for (const batchSize of [1, 3, 10, 11]) {
      expect(predict(model, x, { batchSize }).toArray()).toEqual(whole.toArray());
    }
    expect(predict(model, zeros([0, 3])).shape).toEqual([0, 2]);
  });

  it('gives constants', () => {
    expect(predict(model, x).requiresGrad).toBe(false);
    expect(predict(model, x, { batchSize: 3 }).requiresGrad).toBe(false);
  });

  it('refuses a scalar and a batch size below 1', () => {
    expect(refusal(() => predict(model, tensor(1)))).toBe(
      'ShapeError: predict: the first axis of x is that of the samples, got a scalar. ' +
        'Give a sample an axis of size 1 first.',
    );
    expect(refusal(() => predict(model, x, { batchSize: 0.5 }))).toBe(
      'ArgumentError: predict: batchSize is a whole number of at least 1, got 0.5. Pass for example 32.',
    );
  });
});

describe('evaluate', () => {
  const y = tensor([0, 1, 0, 1, 0, 1, 0, 1, 0, 1], { dtype: 'int32' });

  it('computes the loss and the metrics over all samples at once', () => {
    const result = evaluate(
      model,
      { x, y },
      { loss: crossEntropy, metrics: { accuracy }, batchSize: 3 },
    );
    const prediction = predict(model, x);
    expect(result.loss).toBe(crossEntropy(prediction, y).item());
    expect(result.metrics).toEqual({ accuracy: accuracy(prediction, y) });
  });

  it('takes a metric that is a tensor of one number, and no loss at all', () => {
    const { loss, metrics } = evaluate(
      model,
      { x, y },
      { metrics: { largest: (prediction) => prediction.max() } },
    );
    expect(loss).toBeNaN();
    expect(metrics.largest).toBe(Math.max(...(predict(model, x).toArray() as number[][]).flat()));
  });

  it('refuses figures that are not one number', () => {
    const none = (p: Tensor, t: Tensor) => mse(p, t, { reduction: 'none' });
    expect(refusal(() => evaluate(model, { x, y: zeros([10, 2]) }, { loss: none }))).toBe(
      'ArgumentError: evaluate: the loss is a single number, got shape [10, 2]. Reduce it with .mean().',
    );
    expect(refusal(() => evaluate(model, { x, y }, { metrics: { none: (p) => p } }))).toBe(
      "ArgumentError: evaluate: metric 'none' is a single number, got shape [10, 2]. Reduce it with .mean().",
    );
    expect(refusal(() => evaluate(model, { x, y: zeros([9]) }))).toContain(
      'ShapeError: evaluate: inputs and targets have as many rows, got x [10, 3] and y [9].',
    );
  });
});
