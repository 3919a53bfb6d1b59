// Moving averages of weights: the formula, what stands where, and what is lent comes back.

import { tensor, variable } from '@retrograd/autograd';
import { dense, ema, sequential } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const float64 = { dtype: 'float64' } as const;

describe('ema', () => {
  it('begins at the weights, and follows them', () => {
    const cell = variable(1, float64);
    const average = ema([cell], 0.75);
    expect(average.values()[0].item()).toBe(1);
    cell.assign(5);
    average.update();
    expect(average.values()[0].item()).toBe(2);
    cell.assign(-2);
    average.update();
    expect(average.values()[0].item()).toBe(1);
    expect(average.count.value.item()).toBe(2);
  });

  it('with correction is a mean of the weights since, the first ones left out', () => {
    const cell = variable(100, float64);
    const average = ema([cell], 0.5, { biasCorrection: true });
    expect(average.values()[0].item()).toBe(100);
    cell.assign(3);
    average.update();
    expect(average.values()[0].item()).toBe(3);
    cell.assign(9);
    average.update();
    expect(average.values()[0].item()).toBeCloseTo((3 + 2 * 9) / 3, 14);
  });

  it('lends the averages, and takes them back', () => {
    const cell = variable([1, 2]);
    const average = ema([cell], 0.5);
    cell.assign(tensor([3, 6]));
    average.update();
    const seen = average.withAverage(() => cell.value.toArray());
    expect(seen).toEqual([2, 4]);
    expect(cell.value.toArray()).toEqual([3, 6]);
    expect(cell.value.requiresGrad).toBe(true);
  });

  it('takes them back even if what uses them fails', () => {
    const cell = variable(1);
    const average = ema([cell], 0.5);
    cell.assign(3);
    const fails = () => {
      throw new TypeError('on the way');
    };
    expect(refusal(() => average.withAverage(fails))).toBe('TypeError: on the way');
    expect(refusal(() => average.withAverage(async () => 1))).toBe(
      'AsyncScopeError: withAverage: takes a function that finishes at once, got a promise. ' +
        'Await the data first, or use apply() and keep the weights with stateDict().',
    );
    expect(cell.value.item()).toBe(3);
  });

  it('can take the place of the weights for good', () => {
    const cell = variable(4);
    const average = ema([cell], 0.5);
    cell.assign(0);
    average.apply();
    expect(cell.value.item()).toBe(4);
  });

  it('averages what a model trains, and nothing that is frozen', () => {
    const model = sequential(dense(2, 3), dense(3, 1));
    model.layers[0].weight.requiresGrad = false;
    const average = ema(model, 0.9);
    expect(average.parameters).toEqual(model.parameters());
    expect(average.parameters).toHaveLength(3);
  });

  it('follows a model to another dtype', () => {
    const model = dense(2, 1);
    const average = ema(model, 0.5, { biasCorrection: true });
    average.update();
    model.to('float64');
    average.update();
    expect(average.values().map(({ dtype }) => dtype)).toEqual(['float64', 'float64']);
    const [got, wanted] = [average.values()[0], model.weight.value];
    expect(got.sub(wanted).abs().max().item()).toBeLessThan(1e-7);
  });

  it('takes up where its state was kept', () => {
    const cell = variable(1, float64);
    const average = ema([cell], 0.3, { biasCorrection: true });
    average.update();
    const next = ema([cell], 0.3, { biasCorrection: true }).loadStateDict(average.stateDict());
    cell.assign(7);
    for (const one of [average, next]) one.update();
    expect(next.values()[0].item()).toBe(average.values()[0].item());
    expect(refusal(() => next.loadStateDict({ count: tensor(1) }))).toMatch(
      /^StateError: ema: .* missing average\.0/,
    );
    const state = { count: tensor(1), 'average.0': tensor([1]) };
    expect(refusal(() => next.loadStateDict(state))).toMatch(
      /^ShapeError: ema: average\.0 has shape \[\], got \[1\]/,
    );
  });

  it('refuses decays and parameters that are none', () => {
    expect(refusal(() => ema([variable(1)], 1))).toBe(
      'ArgumentError: ema: decay is a finite number of at least 0 and below 1, got 1. Check the option.',
    );
    expect(refusal(() => ema([], 0.5))).toMatch(
      /^ArgumentError: ema: takes at least one parameter/,
    );
  });
});
