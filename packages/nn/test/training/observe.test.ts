// Gradients watched layer by layer: the norms are those of ∂J/∂z and ∂J/∂W, and nothing is left behind.

import { grad, rng, sigmoid, type Tensor, tensor } from '@retrograd/autograd';
import { dense, mse, sequential, sgd, train } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { rejection } from '../refusal.js';

const float64 = { dtype: 'float64' } as const;
const x = rng(1).normal([6, 3], float64);
const y = rng(2).normal([6, 2], float64);

function network() {
  return sequential(
    dense(3, 4, { ...float64, rng: rng(3) }),
    sigmoid,
    dense(4, 2, { ...float64, rng: rng(4) }),
  );
}

describe('observe', () => {
  it('records ‖δˡ‖ and ‖∂J/∂Wˡ‖ of every dense layer', async () => {
    const model = network();
    const [first, , second] = model.layers;
    const z1 = first.forward(x);
    const after = (z: Tensor) => mse(second.forward(z.sigmoid()), y);
    const delta1 = grad(after)(z1.detach());
    const delta2 = grad((z: Tensor) => mse(z, y))(model.forward(x).detach());
    mse(model.forward(x), y).backward();
    const weights = [first, second].map(({ weight }) => (weight.grad as Tensor).norm().item());
    const report = await train(
      model,
      { x, y },
      {
        loss: mse,
        optimizer: sgd(model.parameters(), { lr: 0 }),
        mode: 'batch',
        epochs: 2,
        observe: true,
      },
    );
    const { layers } = report.history;
    expect(
      layers.map(({ name, inFeatures, outFeatures }) => [name, inFeatures, outFeatures]),
    ).toEqual([
      ['0', 3, 4],
      ['2', 4, 2],
    ]);
    [delta1, delta2].forEach((delta, i) => {
      const norm = delta.norm().item();
      for (const observed of layers[i].delta) expect(observed / norm).toBeCloseTo(1, 12);
      for (const observed of layers[i].weight) expect(observed / weights[i]).toBeCloseTo(1, 12);
      expect([layers[i].delta.length, layers[i].weight.length]).toEqual([2, 2]);
    });
  });

  it('takes the mean over the iterations of an epoch', async () => {
    const norms = async (options: object) => {
      const model = network();
      const optimizer = sgd(model.parameters(), { lr: 0 });
      const common = { loss: mse, optimizer, observe: true, shuffle: false };
      return (await train(model, { x, y }, { ...common, ...options })).history.layers[1].delta;
    };
    const [mean] = await norms({ batchSize: 3, epochs: 1 });
    const halves = await Promise.all(
      [0, 3].map(async (start) => {
        const model = network();
        const optimizer = sgd(model.parameters(), { lr: 0 });
        const half = { x: x.slice([start, start + 3]), y: y.slice([start, start + 3]) };
        const report = await train(model, half, { loss: mse, optimizer, observe: true, epochs: 1 });
        return report.history.layers[1].delta[0];
      }),
    );
    expect(mean).toBeCloseTo((halves[0] + halves[1]) / 2, 14);
  });

  it('changes nothing of the training, and leaves nothing behind', async () => {
    const states = [];
    for (const observe of [false, true]) {
      const model = network();
      const optimizer = sgd(model.parameters(), { lr: 0.5 });
      await train(model, { x, y }, { loss: mse, optimizer, epochs: 3, batchSize: 2, observe });
      expect(Object.hasOwn(model.layers[0], 'forward')).toBe(false);
      states.push(model.stateDict()['0.weight'].toArray());
    }
    expect(states[1]).toEqual(states[0]);
  });

  it('takes its hooks away if training fails', async () => {
    const model = network();
    const loss = () => {
      throw new Error('no loss');
    };
    const optimizer = sgd(model.parameters(), { lr: 1 });
    expect(await rejection(train(model, { x, y }, { loss, optimizer, observe: true }))).toContain(
      'no loss',
    );
    expect(Object.hasOwn(model.layers[0], 'forward')).toBe(false);
  });

  it('shows a gradient that vanishes', async () => {
    const deep = sequential(
      ...Array.from({ length: 6 }, () => [dense(4, 4, { rng: rng(9) }), sigmoid]).flat(),
    );
    const data = { x: rng(1).normal([8, 4]), y: tensor(0).broadcastTo([8, 4]) };
    const report = await train(deep, data, {
      loss: mse,
      optimizer: sgd(deep.parameters(), { lr: 0 }),
      epochs: 1,
      observe: true,
    });
    const norms = report.history.layers.map(({ delta }) => delta[0]);
    expect(norms[0]).toBeLessThan(norms[5] / 100);
  });
});
