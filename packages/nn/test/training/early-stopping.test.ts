// Early stopping: when it ends training, and what the model is left with.

import { type Tensor, tensor, type Variable, zeros } from '@retrograd/autograd';
import { dense, type EarlyStopping, mse, sequential, sgd, train } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { BestKeeper } from '../../src/training/early-stopping.js';

/** Watches losses while the bias of a model counts the passes. */
function follow(losses: readonly number[], options: EarlyStopping) {
  const model = sequential(dense(1, 1));
  const bias = model.layers[0].bias as Variable;
  const keeper = new BestKeeper(model, options);
  const ended = losses.findIndex((loss, i) => {
    bias.assign(tensor([i + 1]));
    return keeper.observe(i + 1, loss);
  });
  keeper.restore();
  return { best: keeper.best, ended: ended + 1, kept: bias.value.data()[0] };
}

describe('early stopping', () => {
  it('ends after as many passes without a better loss as there is patience', () => {
    const losses = [5, 4, 4, 3, 3.5, 3.2, 3.1, 2];
    expect(follow(losses, { patience: 3 })).toEqual({
      best: { epoch: 4, loss: 3 },
      ended: 7,
      kept: 4,
    });
    expect(follow(losses, { patience: 1 })).toMatchObject({ ended: 3, kept: 2 });
    expect(follow(losses, { patience: 4 })).toMatchObject({ ended: 0, kept: 8 });
  });

  it('counts as better only what is lower by more than minDelta', () => {
    expect(follow([5, 4.9, 4.8, 4.7], { patience: 2, minDelta: 0.25 })).toEqual({
      best: { epoch: 1, loss: 5 },
      ended: 3,
      kept: 1,
    });
  });

  it('leaves the weights of the last pass if told not to restore', () => {
    const options = { patience: 1, restoreBest: false };
    expect(follow([1, 2], options)).toMatchObject({ best: { epoch: 1 }, kept: 2 });
  });

  it('takes NaN for no better than anything', () => {
    expect(follow([Number.NaN, 3, Number.NaN, Number.NaN], { patience: 2 })).toEqual({
      best: { epoch: 2, loss: 3 },
      ended: 4,
      kept: 2,
    });
    expect(follow([Number.NaN, Number.NaN], { patience: 2 })).toMatchObject({
      best: null,
      ended: 2,
    });
  });

  it('ends a training by its validation loss, and restores the best weights', async () => {
    const model = sequential(dense(1, 1, { bias: false }));
    model.loadStateDict({ '0.weight': zeros([1, 1]) });
    const options = {
      loss: mse,
      optimizer: sgd(model.parameters(), { lr: 0.05 }),
      mode: 'batch' as const,
      epochs: 500,
      earlyStopping: { patience: 5 },
    };
    // Training pulls the weight from 0 towards 2; the validation samples would have 1.
    const x = tensor([[1], [2]]);
    const validation = { x, y: x };
    const report = await train(model, { x, y: x.mul(2) }, { ...options, validation });
    const { validationLoss } = report.history;
    const lowest = Math.min(...validationLoss);
    expect(report.stopped).toBe('early');
    expect(report.best).toEqual({ epoch: validationLoss.indexOf(lowest) + 1, loss: lowest });
    expect(report.epochs).toBe((report.best?.epoch ?? 0) + 5);
    expect(mse(model.forward(x), x).item()).toBeCloseTo(lowest, 10);
  });

  it('goes by the training loss where there is no validation, and restores however training ends', async () => {
    const model = sequential(dense(1, 1));
    const x = tensor([[1]]);
    const losses = [3, 1, 2, 5];
    let call = 0;
    const loss = (prediction: Tensor) => prediction.sum().mul(0).add(losses[call++]);
    const bias = model.layers[0].bias as Variable;
    const report = await train(
      model,
      { x, y: x },
      {
        loss,
        optimizer: sgd(model.parameters(), { lr: 1 }),
        mode: 'batch',
        epochs: 4,
        earlyStopping: { patience: 10 },
        onProgress: ({ epoch }) => {
          bias.assign(tensor([epoch]));
        },
      },
    );
    expect(report).toMatchObject({ stopped: 'epochs', best: { epoch: 2, loss: 1 } });
    expect(bias.value.toArray()).toEqual([2]);
  });

  it('counts the pass after which the ε rule ends training', async () => {
    const model = sequential(dense(1, 1));
    const x = tensor([[1], [2]]);
    const report = await train(
      model,
      { x, y: x },
      {
        loss: mse,
        optimizer: sgd(model.parameters(), { lr: 0.01 }),
        earlyStopping: { patience: 1 },
        threshold: 1e6,
      },
    );
    expect(report).toMatchObject({ stopped: 'threshold', epochs: 1, best: { epoch: 1 } });
  });
});
