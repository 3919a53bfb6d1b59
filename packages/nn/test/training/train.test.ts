// train(): modes, ends, seeds, history, progress, and what is refused.

import { ArgumentError, relu, rng, type Tensor, tanh, tensor, zeros } from '@retrograd/autograd';
import {
  accuracy,
  adam,
  crossEntropy,
  dense,
  dropout,
  l2,
  Module,
  mse,
  sequential,
  sgd,
  type TrainOptions,
  type TrainProgress,
  train,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { rejection } from '../refusal.js';

/** Ten samples of y = 2x − 1, and a linear model that begins at zero. */
function lineSetting() {
  const x = tensor(Array.from({ length: 10 }, (_, i) => [i / 10]));
  const y = x.mul(2).sub(1) as Tensor;
  const model = sequential(dense(1, 1));
  model.loadStateDict({ '0.weight': zeros([1, 1]), '0.bias': zeros([1]) });
  return { model, data: { x, y }, optimizer: sgd(model.parameters(), { lr: 0.1 }) };
}

/** Three clouds of points in the plane. */
function clouds(count = 60) {
  const random = rng(3);
  const y = Int32Array.from({ length: count }, (_, i) => i % 3);
  const centres = [
    [0, 0],
    [3, 0],
    [0, 3],
  ];
  const noise = random.normal([count, 2], { std: 0.3 });
  const x = noise.add(tensor(Array.from(y, (label) => centres[label])));
  return { x: x as Tensor, y: tensor(y) as Tensor };
}

async function run(options: Partial<TrainOptions>) {
  const { model, data, optimizer } = lineSetting();
  const report = await train(model, data, { loss: mse, optimizer, ...options });
  return { report, state: model.stateDict() };
}

describe('train', () => {
  it('takes one step an epoch in batch mode, ⌈N / size⌉ in mini-batches, N in stochastic mode', async () => {
    const steps = async (options: Partial<TrainOptions>) =>
      (await run({ epochs: 2, ...options })).report.iterations;
    expect(await steps({ mode: 'batch' })).toBe(2);
    expect(await steps({ mode: 'mini-batch', batchSize: 4 })).toBe(6);
    expect(await steps({ batchSize: 10 })).toBe(2);
    expect(await steps({})).toBe(2);
    expect(await steps({ mode: 'stochastic' })).toBe(20);
  });

  it('ends after the epochs, after MAX, or after 100 epochs when told neither', async () => {
    expect((await run({ epochs: 3, batchSize: 4 })).report).toMatchObject({
      epochs: 3,
      iterations: 9,
      stopped: 'epochs',
    });
    const cut = (await run({ maxIterations: 7, batchSize: 4 })).report;
    expect(cut).toMatchObject({ epochs: 3, iterations: 7, stopped: 'iterations' });
    expect(cut.history.loss).toHaveLength(3);
    expect((await run({ epochs: 2, maxIterations: 100, mode: 'batch' })).report).toMatchObject({
      iterations: 2,
      stopped: 'epochs',
    });
    expect((await run({ mode: 'batch' })).report.epochs).toBe(100);
    const none = (await run({ epochs: 0 })).report;
    expect(none).toMatchObject({ epochs: 0, iterations: 0, stopped: 'epochs', best: null });
    expect(none.history.loss).toEqual([]);
  });

  it('learns what there is to learn', async () => {
    const { report, state } = await run({ mode: 'batch', epochs: 1000 });
    expect(state['0.weight'].item()).toBeCloseTo(2, 2);
    expect(state['0.bias'].item()).toBeCloseTo(-1, 2);
    expect(report.history.loss[999]).toBeLessThan(1e-6);
  });

  it('gives the same bits for the same seed, and others for another', async () => {
    const trained = async (options: Partial<TrainOptions>) => {
      const { report, state } = await run({ epochs: 3, batchSize: 3, ...options });
      return JSON.stringify([report.history.loss, state['0.weight'].toArray()]);
    };
    const zero = await trained({ seed: 0 });
    expect(await trained({ seed: 0 })).toBe(zero);
    expect(await trained({})).toBe(zero);
    expect(await trained({ seed: 1 })).not.toBe(zero);
    const inOrder = await trained({ shuffle: false });
    expect(inOrder).not.toBe(zero);
    expect(await trained({ shuffle: false, seed: 1 })).toBe(inOrder);
  });

  it('shows every sample once in each epoch, in another order each time', async () => {
    const seen: number[] = [];
    const loss = (prediction: Tensor, target: Tensor) => {
      seen.push(...Array.from(target.data(), Math.round));
      return mse(prediction, target);
    };
    const { model, optimizer } = lineSetting();
    const x = zeros([10, 1]);
    const y = tensor(Array.from({ length: 10 }, (_, i) => [i]));
    await train(model, { x, y }, { loss, optimizer, batchSize: 4, epochs: 2 });
    const [first, second] = [seen.slice(0, 10), seen.slice(10)];
    const inOrder = Array.from({ length: 10 }, (_, i) => i);
    expect([...first].sort()).toEqual(inOrder);
    expect([...second].sort()).toEqual(inOrder);
    expect(first).not.toEqual(second);
    expect(first).not.toEqual(inOrder);
  });

  it('reports the cost of each epoch as the mean over its samples, regularization included', async () => {
    const { model, data } = lineSetting();
    model.loadStateDict({ '0.weight': tensor([[3]]), '0.bias': tensor([1]) });
    const optimizer = sgd(model.parameters(), { lr: 0 });
    const whole = mse(model.forward(data.x), data.y).item();
    const report = await train(model, data, {
      loss: mse,
      optimizer,
      batchSize: 4,
      epochs: 2,
      regularization: (m) => l2(m, 2),
      validation: data,
    });
    for (const loss of report.history.loss) expect(loss).toBeCloseTo(whole + 9, 5);
    for (const loss of report.history.validationLoss) expect(loss).toBeCloseTo(whole, 5);
  });

  it('computes metrics of the training and the validation samples after each epoch', async () => {
    const model = sequential(dense(2, 8), tanh, dense(8, 3));
    const report = await train(model, clouds(), {
      loss: crossEntropy,
      optimizer: adam(model.parameters(), { lr: 0.05 }),
      epochs: 20,
      validation: clouds(9),
      metrics: { accuracy, rows: (prediction) => tensor(prediction.shape[0]) },
    });
    const { metrics, validationMetrics } = report.history;
    expect(metrics.accuracy).toHaveLength(20);
    expect(metrics.accuracy[19]).toBe(1);
    expect(metrics.rows[0]).toBe(60);
    expect(validationMetrics.accuracy[19]).toBe(1);
    expect(validationMetrics.rows).toEqual(Array(20).fill(9));
  });

  it('tells after every iteration where it stands', async () => {
    const events: TrainProgress[] = [];
    const { report } = await run({
      epochs: 2,
      batchSize: 4,
      onProgress: (event) => {
        events.push(event);
      },
    });
    expect(events.map(({ epoch, iteration }) => [epoch, iteration])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 4],
      [2, 5],
      [2, 6],
    ]);
    expect(events.every((event) => event.epochs === 2 && event.iterations === 6)).toBe(true);
    const ends = events.flatMap(({ epochEnd }) => (epochEnd === null ? [] : [epochEnd.loss]));
    expect(ends).toEqual(report.history.loss);
    expect([events[2], events[5]].every(({ epochEnd }) => epochEnd !== null)).toBe(true);
    const mean = (4 * events[0].loss + 4 * events[1].loss + 2 * events[2].loss) / 10;
    expect(ends[0]).toBeCloseTo(mean, 12);
    expect(events[5].remaining).toBe(0);
    expect(events[4].remaining).toBeCloseTo(events[4].elapsed / 5, 6);
    expect(events[5].elapsed).toBeGreaterThan(events[0].elapsed);
    expect(report.elapsed).toBeGreaterThanOrEqual(events[5].elapsed);
  });

  it('waits for a progress callback that returns a promise', async () => {
    const order: string[] = [];
    await run({
      mode: 'batch',
      epochs: 2,
      onProgress: async ({ iteration }) => {
        order.push(`begin ${iteration}`);
        await new Promise((resolve) => setTimeout(resolve, 1));
        order.push(`end ${iteration}`);
      },
    });
    expect(order).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
  });

  it('lets timers run while it works', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const until = performance.now() + 200;
    const enough = new Error('enough');
    const onProgress = () => {
      if (performance.now() > until) throw enough;
    };
    await expect(run({ mode: 'batch', epochs: 1e9, onProgress })).rejects.toBe(enough);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });

  it('reports a loss that is NaN as NaN, and goes on', async () => {
    const { model, data } = lineSetting();
    const optimizer = sgd(model.parameters(), { lr: 1e30 });
    const warnings: string[] = [];
    const report = await train(model, data, {
      loss: mse,
      optimizer,
      mode: 'batch',
      epochs: 8,
      threshold: 1e-3,
      validation: data,
      onWarning: (message) => void warnings.push(message),
    });
    expect(report).toMatchObject({ epochs: 8, stopped: 'epochs' });
    expect(warnings).toEqual([expect.stringContaining('got NaN in step')]);
    expect(report.history.loss[7]).toBeNaN();
    expect(report.history.validationLoss[7]).toBeNaN();
    expect(report.history.change[7]).toBeNaN();
  });

  it('trains a model in evaluation too, and leaves each layer in the mode that it was in', async () => {
    const model = sequential(dense(1, 4), dropout(0.5), relu, dense(4, 1)).eval();
    const modes: boolean[] = [];
    const { data } = lineSetting();
    const optimizer = sgd(model.parameters(), { lr: 0.01 });
    const options = { loss: mse, optimizer, epochs: 2, validation: data };
    await train(model, data, { ...options, onProgress: () => void modes.push(model.training) });
    expect(modes).toEqual([true, true]);
    expect(model.modules().some(({ training }) => training)).toBe(false);
    model.train();
    model.layers[1].eval();
    await train(model, data, options);
    expect(model.modules().map(({ training }) => training)).toEqual([true, true, false, true]);
  });

  it('forgets gradients that waited before it began', async () => {
    const [clean, stale] = [lineSetting(), lineSetting()];
    mse(stale.model.forward(stale.data.x), stale.data.y).backward();
    for (const { model, data, optimizer } of [clean, stale]) {
      await train(model, data, { loss: mse, optimizer, epochs: 1 });
    }
    expect(stale.model.stateDict()['0.weight'].item()).toBe(
      clean.model.stateDict()['0.weight'].item(),
    );
  });

  it('leaves frozen cells as they are', async () => {
    const model = sequential(dense(1, 2), tanh, dense(2, 1));
    const optimizer = sgd(model.parameters(), { lr: 0.1 });
    const frozen = model.layers[0].weight;
    frozen.requiresGrad = false;
    const before = frozen.value.toArray();
    await train(model, lineSetting().data, { loss: mse, optimizer, epochs: 2 });
    expect(frozen.value.toArray()).toEqual(before);
  });

  it('names the parameters that the first step does not reach', async () => {
    const used = dense(1, 1);
    const unused = dense(1, 1, { bias: false });
    class Net extends Module {
      readonly used = used;
      readonly unused = unused;
      forward(x: Tensor): Tensor {
        return this.used.forward(x);
      }
    }
    const model = new Net();
    const { data } = lineSetting();
    const optimizer = sgd(model.parameters(), { lr: 0.1 });
    expect(await rejection(train(model, data, { loss: mse, optimizer }))).toBe(
      'NoPathError: train: the loss reaches every parameter that is trained, got no gradient for unused.weight. ' +
        'Use it in forward, look for detach() or noGrad on the way, or freeze it with requiresGrad = false.',
    );
    expect(used.weight.grad).toBeNull();
    const constant = () => tensor(1);
    const strangers = sgd([dense(1, 1).weight], { lr: 1 });
    expect(await rejection(train(model, data, { loss: constant, optimizer: strangers }))).toContain(
      'NoPathError: train: the loss reaches every parameter that is trained, ' +
        'got no gradient for parameter 0 of the optimizer (the loss depends on no parameter at all).',
    );
  });

  it.each<[Partial<TrainOptions>, string]>([
    [
      { mode: 'online' as 'batch' },
      "mode is one of batch, mini-batch, stochastic, got 'online'. Pass one of these three.",
    ],
    [{ batchSize: 0 }, 'batchSize is a whole number of at least 1, got 0. Pass for example 32.'],
    [{ epochs: -1 }, 'epochs is a whole number of at least 0, got -1. Check the option.'],
    [{ epochs: 1.5 }, 'epochs is a whole number of at least 0, got 1.5. Check the option.'],
    [
      { maxIterations: Number.NaN },
      'maxIterations is a whole number of at least 0, got NaN. Check the option.',
    ],
    [
      { threshold: -1 },
      'threshold is a number of at least 0, got -1. Pass the ε of the stop rule.',
    ],
    [
      { loss: (p, y) => mse(p, y, { reduction: 'none' }) },
      "a loss is a single number, got shape [10, 1]. Use the reduction 'mean' or 'sum', or reduce it with .mean().",
    ],
    [
      { earlyStopping: { patience: 0 } },
      'patience is a whole number of at least 1, got 0. Pass how many passes may bring nothing better.',
    ],
    [
      { earlyStopping: { patience: 1, minDelta: -1 } },
      'minDelta is a number of at least 0, got -1. Pass the least gain that counts.',
    ],
  ])('refuses %j', async (options, complaint) => {
    expect(await rejection(run(options))).toBe(`ArgumentError: train: ${complaint}`);
  });

  it('refuses no samples, and inputs and targets of different lengths', async () => {
    const { model, data, optimizer } = lineSetting();
    const options = { loss: mse, optimizer };
    const none = { x: zeros([0, 1]), y: zeros([0, 1]) };
    await expect(train(model, none, options)).rejects.toThrow(ArgumentError);
    expect(await rejection(train(model, none, options))).toBe(
      'ArgumentError: train: needs at least one sample, got none. Check what x and y were made of.',
    );
    expect(await rejection(train(model, { x: data.x, y: zeros([9, 1]) }, options))).toBe(
      'ShapeError: train: inputs and targets have as many rows, got x [10, 1] and y [9, 1]. ' +
        'Give each sample one row in both.',
    );
    const validation = { x: zeros([2, 1]), y: tensor(1) };
    expect(await rejection(train(model, data, { ...options, validation }))).toContain(
      'got x [2, 1] and y [].',
    );
  });
});
