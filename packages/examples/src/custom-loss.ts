// What if no loss in the library is the one that I mean?
//
// Then it is written down: a loss is any function of a prediction and a target that returns one
// number, and there is nothing to register. Here a network shall not say what to expect of y at x,
// but how wide y scatters there: below which value a tenth of all y lie, below which half, below
// which nine tenths. The loss that asks this is the quantile (or pinball) loss: an error e = y − p
// costs τ·e where y is above the prediction, (1 − τ)·(−e) where it is below, and at its minimum a
// share τ of all samples lies below p. R. Koenker, G. Bassett, 1978.

import { linspace, rng, type Tensor, tanh, tensor, where } from '@retrograd/autograd';
import { adam, dense, predict, sequential, train } from '@retrograd/nn';
import { curve, table, whenRun } from './show.js';

const shares = tensor([0.1, 0.5, 0.9]);

/** p [N, 3] holds a prediction for each share τ, y [N, 1] the one value that was seen. */
export const quantileLoss = (p: Tensor, y: Tensor): Tensor => {
  const e = y.sub(p);
  return where(e.greaterEqual(0), e.mul(shares), e.mul(shares.sub(1))).mean();
};

/** y = sin 2x + noise that grows from left to right, 0 ≤ x ≤ 3. */
function measure(count: number, seed: number): { x: Tensor; y: Tensor } {
  const random = rng(seed);
  const x = random.uniform([count, 1], { low: 0, high: 3 });
  const noise = random.normal([count, 1]).mul(x.mul(0.15).add(0.05));
  return { x, y: x.mul(2).sin().add(noise) };
}

export interface Options {
  readonly samples?: number;
  readonly epochs?: number;
  readonly seed?: number;
}

export interface Quantiles {
  /** What share of 2000 new samples lies below each of the three predictions; 0.1, 0.5 and 0.9 are asked for. */
  readonly below: readonly number[];
  /** How wide the band between the outer two is, on the left (x = 0.25) and on the right (x = 2.75). */
  readonly width: { readonly left: number; readonly right: number };
  readonly losses: readonly number[];
  readonly quantilesAt: (x: Tensor) => Tensor;
}

/** Trains a network by the loss above, and counts what comes to lie below its predictions. */
export async function learnQuantiles(options: Options = {}): Promise<Quantiles> {
  const { samples = 2000, epochs = 60, seed = 1 } = options;
  const model = sequential(
    dense(1, 24, { rng: rng(seed) }),
    tanh,
    dense(24, 24, { rng: rng(seed + 1) }),
    tanh,
    dense(24, 3, { rng: rng(seed + 2) }),
  );
  const optimizer = adam(model.parameters(), { lr: 0.02 });
  const { history } = await train(model, measure(samples, seed), {
    loss: quantileLoss,
    optimizer,
    epochs,
    batchSize: 100,
    // Ever smaller steps, so that it comes to rest: the learning rate is a cell like any other.
    onProgress: ({ iteration, iterations }) => {
      optimizer.lr.assign(0.02 * (1 - iteration / iterations));
    },
  });

  const fresh = measure(2000, seed + 100);
  const p = predict(model, fresh.x);
  const below = fresh.y.lessEqual(p).mean(0);
  const [left, right] = [0.25, 2.75].map((x) => {
    const [low, , high] = predict(model, tensor([[x]])).data();
    return high - low;
  });
  return {
    below: [...below.data()],
    width: { left, right },
    losses: history.loss,
    quantilesAt: (x) => predict(model, x),
  };
}

export async function main(): Promise<void> {
  const { below, width, losses, quantilesAt } = await learnQuantiles();
  const wanted = [...shares.data()];
  console.log(`loss ${curve(losses)}  ${losses[0].toFixed(3)} → ${losses.at(-1)?.toFixed(3)}\n`);
  const rows = below.map((share, i) => [
    `${(100 * wanted[i]).toFixed(0)} %`,
    `${(100 * share).toFixed(1)} %`,
  ]);
  console.log(table(['wanted below', 'found below, of 2000 new samples'], rows));
  console.log(
    `\nthe band is ${width.left.toFixed(2)} wide on the left, ${width.right.toFixed(2)} on the right:\n`,
  );
  const x = linspace(0, 3, 48).reshape([48, 1]);
  const p = quantilesAt(x);
  for (const i of [2, 1, 0]) {
    const line = [...p.slice(null, i).data()];
    console.log(`${(100 * wanted[i]).toFixed(0)} %  ${curve(line, { low: -1.5, high: 1.6 })}`);
  }
}

whenRun(import.meta.url, main);
