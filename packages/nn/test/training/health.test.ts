// What training says of gradients that look wrong in its first step.
import { log, rng, sigmoid, type Tensor } from '@retrograd/autograd';
import { dense, mse, type Sequential, sequential, sgd, train } from '@retrograd/nn';
import { expect, it } from 'vitest';
import { freshModel, points } from './setting.js';

async function warningsOf(model: Sequential, x: Tensor = points().x) {
  const warnings: string[] = [];
  const y = x.mul(0.1) as Tensor;
  const optimizer = sgd(model.parameters(), { lr: 1e-12 });
  const onWarning = (message: string) => void warnings.push(message);
  await train(model, { x, y }, { loss: mse, optimizer, epochs: 1, onWarning });
  return warnings;
}

const random = rng(6);
const last = () => dense(12, 2, { rng: random });

it('nothing, where they are sound', async () => {
  const model = sequential(...freshModel().layers.slice(0, 3), last()).to('float64');
  expect(await warningsOf(model as Sequential)).toEqual([]);
});

it('that they vanish behind many saturating layers', async () => {
  const deep = Array.from({ length: 14 }, () => [dense(12, 12, { rng: random }), sigmoid]).flat();
  const model = sequential(dense(2, 12, { rng: random }), sigmoid, ...deep, last()) as Sequential;
  expect(await warningsOf(model.to('float64'))).toEqual([
    expect.stringMatching(
      /^train: gradients vanish, got one of \d\.\de-\d+ times its weights in 0\.weight\. Use relu/,
    ),
  ]);
});

it('that they explode where inputs are huge', async () => {
  const model = sequential(dense(2, 2, { rng: random })).to('float64') as Sequential;
  const [warning] = await warningsOf(model, points().x.mul(1e6) as Tensor);
  expect(warning).toMatch(
    /^train: gradients explode, got one of \d\.\de\+\d+ times its weights in 0\.weight\./,
  );
});

it('that they are no numbers', async () => {
  const model = sequential(dense(2, 2, { rng: random }), (x: Tensor) => log(x)).to('float64');
  const [warning] = await warningsOf(model as Sequential);
  expect(warning).toMatch(
    /^train: gradients are finite, got NaN or ∞ in the gradient of 0\.weight/,
  );
});
