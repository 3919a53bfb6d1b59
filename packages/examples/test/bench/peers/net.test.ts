// The nets that everybody trains, and the rule of their numbers.
import { describe, expect, it } from 'vitest';
import {
  BATCHES,
  flopsOf,
  LARGEST_NAME,
  netTasks,
  numbersOf,
  PRODUCTS_NAME,
} from '../../../bench/peers/net.js';

describe('the nets', () => {
  it('have names of their own', () => {
    expect(new Set(netTasks.map(({ name }) => name)).size).toBe(netTasks.length);
  });

  it('are trained on every batch, and on the first one again', () => {
    const nets = netTasks.filter(({ kind }) => kind === 'net');
    for (const { batches, steps } of nets) expect(steps).toBe(batches + 1);
  });

  it('have as many operations in the products alone as in the step that they are of', () => {
    const named = (name: string) => netTasks.find((each) => each.name === name);
    expect(named(PRODUCTS_NAME)?.flops).toBe(named(LARGEST_NAME)?.flops);
    expect(named(PRODUCTS_NAME)?.numbers()).toHaveLength(3 * (2 * 512 * 1024 + 1024 ** 2));
  });

  it('count three products a layer, and two in the first', () => {
    expect(flopsOf({ sizes: [2, 3, 5], batch: 7 })).toBe(2 * 7 * (2 * 2 * 3 + 3 * 3 * 5));
  });
});

describe('the numbers of a net', () => {
  const sizes = [4, 32, 3];
  const batch = 32;
  const numbers = numbersOf({ sizes, batch });

  it('are the same every time', () => {
    expect(numbersOf({ sizes, batch })).toEqual(numbers);
  });

  it('are weights and zeros for each layer, then samples and classes for each batch', () => {
    const parameters = 4 * 32 + 32 + 32 * 3 + 3;
    expect(numbers).toHaveLength(parameters + BATCHES * (batch * 4 + batch));
    expect(numbers.slice(4 * 32, 4 * 32 + 32).every((bias) => bias === 0)).toBe(true);
    const classes = numbers.slice(parameters + batch * 4, parameters + batch * 5);
    expect(new Set(classes)).toEqual(new Set([0, 1, 2]));
  });

  it('have the variances that they should: 2 over the inputs for weights, 1 for samples', () => {
    const large = numbersOf({ sizes: [100, 100], batch: 50 });
    const meanSquare = (part: Float32Array) =>
      part.reduce((sum, v) => sum + v * v, 0) / part.length;
    expect(meanSquare(large.slice(0, 10_000))).toBeCloseTo(2 / 100, 2);
    expect(meanSquare(large.slice(10_100, 15_100))).toBeCloseTo(1, 1);
  });

  it('differ from batch to batch', () => {
    const start = 4 * 32 + 32 + 32 * 3 + 3;
    const step = batch * 5;
    expect(numbers.slice(start, start + 128)).not.toEqual(
      numbers.slice(start + step, start + step + 128),
    );
  });
});
