// What happens after passes: checkpoints, logs, and the wish to stop.
import {
  accuracy,
  checkpointing,
  crossEntropy,
  logCsv,
  logJsonLines,
  sgd,
  type TrainCallback,
  train,
} from '@retrograd/nn';
import { expect, it } from 'vitest';
import { freshModel, points } from './setting.js';

function run(callbacks: readonly TrainCallback[], epochs = 4) {
  const model = freshModel();
  const optimizer = sgd(model.parameters(), { lr: 0.1 });
  const metrics = { accuracy };
  const options = { loss: crossEntropy, optimizer, epochs, metrics, validation: 0.2, callbacks };
  return train(model, points(), options);
}

it('a callback hears of every pass, and is waited for', async () => {
  const heard: number[][] = [];
  const report = await run([
    async ({ epoch, iteration, figures }) => {
      await Promise.resolve();
      heard.push([epoch, iteration, figures.loss]);
    },
  ]);
  expect(report.stopped).toBe('epochs');
  expect(heard).toEqual(report.history.loss.map((loss, i) => [i + 1, 2 * (i + 1), loss]));
});

it('a callback can stop training', async () => {
  const report = await run([({ epoch }) => (epoch === 2 ? 'stop' : undefined)]);
  expect([report.stopped, report.epochs]).toEqual(['callback', 2]);
});

it('checkpoints come every so many passes, or when a pass is the best', async () => {
  const every: number[] = [];
  const best: number[] = [];
  const report = await run(
    [
      checkpointing(({ epoch }) => void every.push(epoch), { every: 3 }),
      checkpointing(({ epoch }) => void best.push(epoch), { onlyBest: true }),
    ],
    7,
  );
  expect(every).toEqual([3, 6]);
  const losses = report.history.validationLoss;
  const records = losses.flatMap((loss, i) =>
    loss < Math.min(Infinity, ...losses.slice(0, i)) ? [i + 1] : [],
  );
  expect(best).toEqual(records);
  expect(() => checkpointing(() => {}, { every: 0 })).toThrow(
    'checkpointing: every is a whole number of at least 1, got 0.',
  );
});

it('logs are lines of JSON or of CSV, a line a pass', async () => {
  const [json, csv]: string[][] = [[], []];
  const { history } = await run(
    [logJsonLines((line) => json.push(line)), logCsv((line) => csv.push(line))],
    2,
  );
  const lines = json.map((line) => JSON.parse(line));
  expect(lines.map(({ epoch, iteration, lr }) => [epoch, iteration, lr])).toEqual([
    [1, 2, 0.1],
    [2, 4, 0.1],
  ]);
  expect(lines.map(({ loss }) => loss)).toEqual(history.loss);
  expect(lines.map((line) => line['validation.accuracy'])).toEqual(
    history.validationMetrics.accuracy,
  );
  expect(csv).toHaveLength(3);
  expect(csv[0]).toBe('epoch,iteration,lr,loss,validationLoss,accuracy,validation.accuracy\n');
  expect(csv[2].split(',')[3]).toBe(String(history.loss[1]));
});
