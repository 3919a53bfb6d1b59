// train() with compiled steps: the same figures as without, and a fallback that is told.

import { rng, type Tensor, tanh, tensor } from '@retrograd/autograd';
import {
  adam,
  crossEntropy,
  dense,
  dropout,
  l2,
  type Module,
  mse,
  type Optimizer,
  sequential,
  sgd,
  type TrainOptions,
  train,
} from '@retrograd/nn';
import { describe, expect, it, vi } from 'vitest';
import { rejection } from '../refusal.js';

type Make = (model: Module) => Optimizer;

/** 50 points of three classes: batches of 16 leave a last one of two. */
function setting(make: Make, p = 0) {
  const random = rng(5);
  const x = random.normal([50, 2], { dtype: 'float64' }) as Tensor;
  const y = tensor(Int32Array.from({ length: 50 }, (_, i) => i % 3)) as Tensor;
  const model = sequential(
    dense(2, 8, { rng: random }),
    tanh,
    dropout(p, { rng: rng(9) }),
    dense(8, 3, { rng: random }),
  ).to('float64');
  return { model, x, y, optimizer: make(model) };
}

/** All losses, and how the model ends, with and without compilation. */
async function both(make: Make, options: Partial<TrainOptions> = {}, p = 0) {
  const run = async (compile: boolean) => {
    const { model, x, y, optimizer } = setting(make, p);
    const losses: number[] = [];
    const warnings: string[] = [];
    const report = await train(
      model,
      { x, y },
      {
        loss: crossEntropy,
        optimizer,
        batchSize: 16,
        epochs: 6,
        onProgress: ({ loss }) => {
          losses.push(loss);
        },
        onWarning: (message) => warnings.push(message),
        ...options,
        compile,
      },
    );
    return { losses, warnings, report, weights: model.stateDict() };
  };
  return { eager: await run(false), compiled: await run(true) };
}

function expectSame({ eager, compiled }: Awaited<ReturnType<typeof both>>): void {
  expect(compiled.losses).toHaveLength(eager.losses.length);
  compiled.losses.forEach((loss, i) => {
    expect(Math.abs(loss - eager.losses[i])).toBeLessThanOrEqual(1e-12);
  });
  for (const [name, value] of Object.entries(eager.weights)) {
    expect(compiled.weights[name].sub(value).abs().max().item()).toBeLessThanOrEqual(1e-12);
  }
}

describe('a compiled step', () => {
  const rules: [string, Make][] = [
    ['sgd', (model) => sgd(model.parameters(), { lr: 0.1 })],
    ['sgd with momentum', (model) => sgd(model.parameters(), { lr: 0.1, momentum: 0.9 })],
    ['adam', (model) => adam(model.parameters(), { lr: 0.01 })],
  ];

  it.each(rules)('gives the losses and the weights of a plain one by %s', async (_, make) => {
    const outcome = await both(make);
    expectSame(outcome);
    expect(outcome.compiled.warnings).toEqual([]);
    expect(outcome.compiled.losses.at(-1)).not.toBe(outcome.compiled.losses[0]);
  });

  it('does so with dropout, regularization, and evaluations in between', async () => {
    const { x, y } = setting(rules[0][1]);
    const options: Partial<TrainOptions> = {
      validation: { x, y },
      regularization: (model, m) => l2(model, 0.1 / m),
      threshold: 1e-9,
    };
    const outcome = await both(rules[2][1], options, 0.3);
    expectSame(outcome);
    expect(outcome.compiled.warnings).toEqual([]);
    const [a, b] = [outcome.compiled, outcome.eager].map((each) => each.report.history);
    a.validationLoss.forEach((loss, i) => {
      expect(Math.abs(loss - b.validationLoss[i])).toBeLessThanOrEqual(1e-12);
    });
  });

  it('follows a learning rate that is assigned between steps', async () => {
    const run = async (compile: boolean) => {
      const { model, x, y, optimizer } = setting(rules[0][1]);
      const onProgress = () => {
        optimizer.lr.assign(optimizer.lr.value.mul(0.9));
      };
      const data = { x, y };
      const options = { loss: crossEntropy, optimizer, epochs: 5, onProgress, compile };
      return (await train(model, data, options)).history.loss;
    };
    const [eager, compiled] = [await run(false), await run(true)];
    compiled.forEach((loss, i) => {
      expect(Math.abs(loss - eager[i])).toBeLessThanOrEqual(1e-12);
    });
  });
});

describe('a step that is not compiled', () => {
  const make: Make = (model) => sgd(model.parameters(), { lr: 0.1 });

  it('because its loss asks for elements runs as a plain one, and one warning says why', async () => {
    const curious = (prediction: Tensor, target: Tensor): Tensor => {
      const loss = crossEntropy(prediction, target);
      return loss.item() > 1e9 ? loss.mul(2) : loss;
    };
    const outcome = await both(make, { loss: curious });
    expectSame(outcome);
    expect(outcome.compiled.losses).toEqual(outcome.eager.losses);
    expect(outcome.compiled.warnings).toHaveLength(1);
    expect(outcome.compiled.warnings[0]).toMatch(/^train: the step runs without being compiled\. /);
    expect(outcome.eager.warnings).toEqual([]);
  });

  it('because a number that its loss reads has changed goes on as a plain one', async () => {
    const run = async (compile: boolean) => {
      const { model, x, y, optimizer } = setting(make);
      const warnings: string[] = [];
      const seen: number[] = [];
      let weight = 1;
      const report = await train(
        model,
        { x, y },
        {
          loss: (p, t) => {
            seen.push(weight);
            return crossEntropy(p, t).mul(weight);
          },
          optimizer,
          batchSize: 25,
          epochs: 100,
          compile,
          onProgress: ({ epoch }) => {
            weight = epoch < 3 ? 1 : 2;
          },
          onWarning: (message) => warnings.push(message),
        },
      );
      return { warnings, report, plain: seen.length };
    };
    const [eager, compiled] = [await run(false), await run(true)];
    expect(compiled.warnings).toEqual([
      expect.stringMatching(
        /^train: the step runs without being compiled\. Its program has the cost/,
      ),
    ]);
    expect(compiled.plain).toBeGreaterThan(100);
    expect(compiled.plain).toBeLessThan(eager.plain);
    expect(compiled.report.history.loss.at(-1)).toBeGreaterThan(0);
  });

  it('because it is observed says so, and is observed', async () => {
    const { compiled } = await both(make, { observe: true });
    expect(compiled.warnings).toEqual([expect.stringContaining('leave out observe or compile')]);
    expect(compiled.report.history.layers).toHaveLength(2);
  });

  it('warns on the console if nobody listens', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { model, x, y, optimizer } = setting(make);
    const loss = (prediction: Tensor, target: Tensor): Tensor => {
      if (!Number.isFinite(prediction.sum().item())) throw new Error('diverged');
      return crossEntropy(prediction, target);
    };
    const report = await train(model, { x, y }, { loss, optimizer, epochs: 2, compile: true });
    expect(report.iterations).toBe(4);
    expect(warn.mock.calls).toEqual([[expect.stringContaining('without being compiled')]]);
    warn.mockRestore();
  });

  it('passes on errors of another kind', async () => {
    const { model, x, y, optimizer } = setting(make);
    let calls = 0;
    const loss = (prediction: Tensor, target: Tensor): Tensor =>
      ++calls === 1
        ? crossEntropy(prediction, target)
        : (mse(prediction, prediction.detach(), { reduction: 'none' }) as Tensor);
    const error = await rejection(
      train(model, { x, y }, { loss, optimizer, batchSize: 16, compile: true }),
    );
    expect(error).toMatch(/^ArgumentError: train: a loss is a single number, got shape \[16, 3\]/);
  });
});
