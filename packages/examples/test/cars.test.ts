import { expect, it } from 'vitest';
import { judge, readCars } from '../src/cars.js';

it('leaves out cars with a gap in their row, and says how many', () => {
  const { summary, featureNames } = readCars();
  expect([summary.rows, summary.used, summary.test]).toEqual([406, 392, 0]);
  expect(featureNames).toContain('Origin=Japan');
});

it('predicts miles per gallon of cars it never saw, and better than a weighted sum does', async () => {
  const told: number[] = [];
  const judged = await judge({
    epochs: 20,
    folds: 3,
    watch: (done, total) => told.push(done / total),
  });
  const [mean, sum, network] = judged;
  expect(mean.r2).toBeLessThan(0);
  expect(sum.r2).toBeGreaterThan(0.7);
  expect(network.r2).toBeGreaterThan(0.84);
  expect(network.r2).toBeGreaterThan(sum.r2);
  expect(network.error).toBeLessThan(2.3);
  expect(network.pairs).toHaveLength(392);
  expect(told).toHaveLength(2 * 3 * 20);
  expect(told.at(-1)).toBe(1);
});

it('refuses so many folds that one has no spread', async () => {
  await expect(judge({ folds: 392 })).rejects.toThrow('--folds: from 2 to 100');
  await expect(judge({ folds: 1 })).rejects.toThrow('got 1.');
});
