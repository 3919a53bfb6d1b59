import { describe, expect, it } from 'vitest';
import { compareModes, floorOf } from '../src/modes.js';

describe('batch, mini-batch and single-sample descent', async () => {
  const [batch, mini, single] = await compareModes({ samples: 64, passes: 50 });

  it('take one step a pass, one for 32 samples, one for each sample', () => {
    expect([batch, mini, single].map(({ stepsPerPass }) => stepsPerPass)).toEqual([1, 2, 64]);
  });

  it('have steps that are the noisier the fewer samples they look at', () => {
    expect(batch.noise).toBeLessThan(1e-12);
    expect(mini.noise).toBeGreaterThan(0.01);
    expect(single.noise).toBeGreaterThan(3 * mini.noise);
  });

  it('come down the faster, after one pass, the more steps they take', () => {
    expect(mini.excess[0]).toBeLessThan(batch.excess[0]);
    expect(single.excess[0]).toBeLessThan(mini.excess[0]);
  });

  it('come to rest the higher above the bottom the noisier they are', () => {
    expect(floorOf(batch)).toBeLessThan(1e-6);
    expect(floorOf(mini)).toBeGreaterThan(floorOf(batch));
    expect(floorOf(single)).toBeGreaterThan(10 * floorOf(mini));
  });

  it('are timed, step by step', () => {
    for (const { microsecondsPerStep } of [batch, mini, single]) {
      expect(microsecondsPerStep).toBeGreaterThan(0);
    }
  });
});
