// Samples and classes that count for more, and a fraction kept for validation.
import { type Tensor, tensor } from '@retrograd/autograd';
import { balancedWeights, crossEntropy, mse, sgd, type TrainOptions, train } from '@retrograd/nn';
import { expect, it } from 'vitest';
import { rejection } from '../refusal.js';
import { freshModel, points } from './setting.js';

async function losses(options: Partial<TrainOptions>, weights?: Tensor) {
  const model = freshModel();
  const optimizer = sgd(model.parameters(), { lr: 0.1 });
  const samples = { ...points(), weights };
  const all = { loss: crossEntropy, optimizer, epochs: 3, shuffle: false, ...options };
  return (await train(model, samples, all)).history;
}

it('weights of samples make the loss their weighted mean', async () => {
  const labels = points().y.data();
  const list = [0.5, 1, 3];
  const byLoss = await losses({
    loss: (p, t) => crossEntropy(p, t, { classWeights: tensor(list, { dtype: 'float64' }) }),
  });
  const bySample = await losses({}, tensor(Float64Array.from(labels, (c) => list[c])) as Tensor);
  const byClass = await losses({ classWeights: list });
  bySample.loss.forEach((loss, i) => {
    expect(loss).toBeCloseTo(byLoss.loss[i], 12);
    expect(loss).toBeCloseTo(byClass.loss[i], 12);
  });
});

it('equal weights change nothing, and weights of 0 leave samples out', async () => {
  const plain = await losses({});
  const twos = await losses({}, tensor(new Float64Array(60).fill(2)) as Tensor);
  twos.loss.forEach((loss, i) => {
    expect(loss).toBeCloseTo(plain.loss[i], 12);
  });
});

it('works compiled as it does plainly, terms of several elements a sample included', async () => {
  const y = points().x;
  const run = async (compile: boolean) => {
    const model = freshModel();
    const optimizer = sgd(model.parameters(), { lr: 0.1 });
    const weights = tensor(Float64Array.from({ length: 60 }, (_, i) => i % 3)) as Tensor;
    const target = y.matmul(
      tensor(
        [
          [1, 0, 1],
          [0, 1, 1],
        ],
        { dtype: 'float64' },
      ),
    ) as Tensor;
    const samples = { x: points().x, y: target, weights };
    return (await train(model, samples, { loss: mse, optimizer, epochs: 4, compile })).history.loss;
  };
  const [eager, compiled] = [await run(false), await run(true)];
  compiled.forEach((loss, i) => {
    expect(loss).toBeCloseTo(eager[i], 12);
  });
});

it('balanced weights let all classes count alike', () => {
  const weights = balancedWeights(points().y, 3).data();
  expect(Array.from(weights)).toEqual([60 / (3 * 30), 1, 2]);
  expect(Array.from(balancedWeights(tensor(Int32Array.of(0, 0, 2)), 3).data())).toEqual([
    0.75, 0, 1.5,
  ]);
});

it('a fraction of the samples is kept to validate, each class with its share', async () => {
  const history = await losses({
    validation: 0.2,
    metrics: { classes: (_, y) => y.equal(2).sum() },
  });
  expect(history.validationLoss).toHaveLength(3);
  expect(history.validationMetrics.classes).toEqual([2, 2, 2]);
  expect(history.metrics.classes).toEqual([8, 8, 8]);
});

it('what is wrong is refused at the door', async () => {
  expect(await rejection(losses({ validation: 1.5 }))).toMatch(
    /^ArgumentError: train: validation is some samples, or a fraction/,
  );
  expect(await rejection(losses({ validation: 0.001 }))).toMatch(
    /^ArgumentError: train: validation needs at least one sample/,
  );
  expect(await rejection(losses({ classWeights: [1, 2] }))).toMatch(
    /^ArgumentError: train: targets are class indices 0 … 1, got 2/,
  );
  expect(await rejection(losses({}, tensor([1, 2]) as Tensor))).toMatch(
    /^ShapeError: train: weights are one number for each sample/,
  );
  const negative = tensor(Float64Array.from({ length: 60 }, (_, i) => 5 - i)) as Tensor;
  expect(await rejection(losses({}, negative))).toMatch(
    /^ArgumentError: train: weights are finite and not negative, got -1 for sample 6/,
  );
  const deaf = (p: Tensor, t: Tensor) => crossEntropy(p, t);
  expect(await rejection(losses({ loss: deaf, classWeights: 'balanced' }))).toMatch(
    /^ArgumentError: train: where samples have weights, a loss gives a term for each/,
  );
  const model = freshModel();
  const optimizer = sgd(model.parameters(), { lr: 0.1 });
  const { x } = points();
  const numbers = train(model, { x, y: x }, { loss: mse, optimizer, classWeights: 'balanced' });
  expect(await rejection(numbers)).toMatch(
    /^ArgumentError: train: classWeights need targets that are class indices/,
  );
});
