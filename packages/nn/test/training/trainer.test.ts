// Learning from samples as they arrive: shapes of samples, what is returned, what is refused.

import { type Tensor, tensor, zeros } from '@retrograd/autograd';
import { crossEntropy, dense, l2, mse, sequential, sgd, trainer } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const labels = (...y: number[]) => tensor(y, { dtype: 'int32' });

/** A learner on a linear model that begins at zero. */
function learnerOf() {
  const model = sequential(dense(2, 3));
  model.loadStateDict({ '0.weight': zeros([3, 2]), '0.bias': zeros([3]) });
  const optimizer = sgd(model.parameters(), { lr: 0.5 });
  return trainer(model, { loss: crossEntropy, optimizer });
}

describe('trainer', () => {
  it('takes a sample as a vector, as a row, or in a batch, and does the same', () => {
    const learners = [learnerOf(), learnerOf(), learnerOf()];
    const losses = [
      learners[0].step(tensor([1, 2]), tensor(2, { dtype: 'int32' })),
      learners[1].step(tensor([[1, 2]]), labels(2)),
      learners[2].step(
        tensor([
          [1, 2],
          [1, 2],
        ]),
        labels(2, 2),
      ),
    ];
    for (const loss of losses) expect(loss).toBeCloseTo(Math.log(3), 6);
    const states = learners.map(({ model }) => model.stateDict()['0.weight'].toArray());
    expect(states[1]).toEqual(states[0]);
    expect(states[2]).toEqual(states[0]);
  });

  it('returns the cost before the step, regularization included', () => {
    const model = sequential(dense(1, 1));
    model.loadStateDict({ '0.weight': tensor([[2]]), '0.bias': tensor([1]) });
    const optimizer = sgd(model.parameters(), { lr: 0 });
    const counts: number[] = [];
    const learner = trainer(model, {
      loss: mse,
      optimizer,
      regularization: (m, samples) => {
        counts.push(samples);
        return l2(m, 3);
      },
    });
    expect(learner.step(tensor([[1], [1]]), tensor([[0], [0]]))).toBe(9 + (3 / 2) * 4);
    expect(counts).toEqual([2]);
  });

  it('takes targets of several numbers for a single sample', () => {
    const learner = trainer(sequential(dense(2, 3)), {
      loss: mse,
      optimizer: sgd(sequential(dense(1, 1)).parameters(), { lr: 1 }),
    });
    expect(refusal(() => learner.step(tensor([1, 2]), tensor([1, 2])))).toContain(
      'ShapeError: mse:',
    );
  });

  it('counts its steps, and does not count a refused one', () => {
    const learner = learnerOf();
    learner.step(tensor([1, 2]), tensor(0, { dtype: 'int32' }));
    expect(refusal(() => learner.step(tensor([[1, 2]]), labels(0, 1)))).toBe(
      'ShapeError: trainer: step takes one sample, x of shape [features], or a batch with as many rows in x as in y, ' +
        'got x [1, 2] and y [2]. Give each sample one row in both.',
    );
    expect(refusal(() => learner.step(tensor(1), labels(0)))).toContain('got x [] and y [1].');
    expect(learner.iterations).toBe(1);
  });

  it('names the parameter that the first step does not reach', () => {
    const model = sequential(dense(2, 2), (x: Tensor) => x.detach(), dense(2, 1));
    const optimizer = sgd(model.parameters(), { lr: 1 });
    const learner = trainer(model, { loss: mse, optimizer });
    expect(refusal(() => learner.step(tensor([[1, 2]]), tensor([[1]])))).toBe(
      'NoPathError: trainer: the loss reaches every parameter that is trained, got no gradient for 0.weight, 0.bias. ' +
        'Use it in forward, look for detach() or noGrad on the way, or freeze it with requiresGrad = false.',
    );
  });
});
