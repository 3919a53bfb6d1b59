// What training says when a loss becomes NaN.
import { log, rng, type Tensor, tensor } from '@retrograd/autograd';
import { crossEntropy, dense, mse, sequential, sgd, type TrainOptions, train } from '@retrograd/nn';
import { expect, it } from 'vitest';
import { freshModel, points } from './setting.js';

async function run(options: Partial<TrainOptions>, lr = 0.1) {
  const model = freshModel(0.2);
  const warnings: string[] = [];
  const optimizer = sgd(model.parameters(), { lr });
  const samples = points();
  const onWarning = (message: string) => void warnings.push(message);
  const report = await train(model, samples, {
    loss: crossEntropy,
    optimizer,
    epochs: 4,
    batchSize: 16,
    onWarning,
    ...options,
  });
  return { warnings, report };
}

it.each([false, true])(
  'it names the operation and its line, once (compiled: %s)',
  async (compile) => {
    let steps = 0;
    const shift = tensor([0, 0, 0], { dtype: 'float64' });
    const loss = (p: Tensor, y: Tensor) => crossEntropy(p, y).add(log(p.add(shift).min().add(40)));
    const { warnings, report } = await run(
      {
        loss,
        compile,
        onProgress: () => {
          steps++;
        },
      },
      60,
    );
    expect(steps).toBe(report.iterations);
    expect(report.history.loss.at(-1)).toBeNaN();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^train: a loss is a number, got NaN in step \d+\. It first arose in log at .*nan\.test\.ts:\d+:\d+\. Lower/,
    );
  },
);

it('it names samples that are no numbers', async () => {
  const x = rng(1).normal([8, 2]).data();
  x[3] = Number.NaN;
  const samples = { x: tensor(x).reshape([8, 2]) as Tensor, y: rng(2).normal([8, 1]) as Tensor };
  const model = sequential(dense(2, 1, { rng: rng(3) }));
  const warnings: string[] = [];
  await train(model, samples, {
    loss: mse,
    optimizer: sgd(model.parameters(), { lr: 0.1 }),
    epochs: 2,
    onWarning: (message) => void warnings.push(message),
  });
  expect(warnings.at(-1)).toContain('It first arose in the samples themselves.');
});

it('a loss that stays a number is not remarked upon', async () => {
  const { warnings } = await run({});
  expect(warnings).toEqual([]);
});
