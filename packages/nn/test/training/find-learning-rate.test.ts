// The range test for learning rates.
import { crossEntropy, findLearningRate, sgd } from '@retrograd/nn';
import { expect, it } from 'vitest';
import { freshModel, points } from './setting.js';

function search(options: { from?: number; to?: number; steps?: number } = {}) {
  const model = freshModel(0.2);
  const optimizer = sgd(model.parameters(), { lr: 0.01, momentum: 0.9 });
  const before = [model.stateDict(), optimizer.stateDict()].map((state) => JSON.stringify(state));
  const found = findLearningRate(model, points(), { loss: crossEntropy, optimizer, ...options });
  const after = [model.stateDict(), optimizer.stateDict()].map((state) => JSON.stringify(state));
  return { found, before, after, model };
}

it('tries rates from one end to the other, and stops when the loss runs away', () => {
  const { found } = search({ from: 1e-5, to: 1e5, steps: 60 });
  expect(found.rates[0]).toBe(1e-5);
  expect(found.rates.length).toBeLessThan(60);
  expect(found.losses).toHaveLength(found.rates.length);
  const ratio = found.rates[1] / found.rates[0];
  found.rates.slice(1).forEach((rate, i) => {
    expect(rate / found.rates[i]).toBeCloseTo(ratio, 9);
  });
});

it('suggests a rate by which the loss falls', () => {
  const { found } = search({ from: 1e-5, to: 100, steps: 80 });
  expect(found.suggestion).toBeGreaterThan(1e-4);
  expect(found.suggestion).toBeLessThan(10);
});

it('leaves model, optimizer and draws as they were', () => {
  const { before, after, model } = search();
  expect(after).toEqual(before);
  const [[, generator]] = model.namedGenerators();
  const [[, untouched]] = freshModel(0.2).namedGenerators();
  expect(generator.next()).toBe(untouched.next());
  expect(model.parameters().every((cell) => cell.grad === null)).toBe(true);
});

it('refuses ends that are no rates, and too few steps', () => {
  expect(() => search({ from: 0 })).toThrow(
    'findLearningRate: the rates are positive and from is below to, got 0',
  );
  expect(() => search({ from: 2, to: 1 })).toThrow('got 2 and 1');
  expect(() => search({ steps: 3 })).toThrow(
    'findLearningRate: steps is a whole number of at least 10, got 3',
  );
});
