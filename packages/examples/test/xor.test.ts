import { describe, expect, it } from 'vitest';
import { learnXor, startFrom } from '../src/xor.js';

describe('XOR', () => {
  it('is learned: all four answers are surer than 98 %', async () => {
    const { probabilities, losses } = await learnXor({ steps: 200 });
    const [p00, p01, p10, p11] = probabilities;
    expect(Math.max(p00, p11)).toBeLessThan(0.02);
    expect(Math.min(p01, p10)).toBeGreaterThan(0.98);
    expect(losses.at(-1)).toBeLessThan(losses[0]);
  });
});

describe('a net whose hidden units are all dead', () => {
  it('descends without ever rising, to a point where the gradient is exactly 0', async () => {
    const { losses, gradient } = await startFrom(-4, { steps: 50, probes: 1 });
    losses.slice(1).forEach((J, i) => {
      expect(J).toBeLessThanOrEqual(losses[i]);
    });
    expect(losses[0]).toBeGreaterThan(0.125);
    expect(losses.at(-1)).toBe(0.125);
    expect(gradient).toBe(0);
  });

  it('has nothing lower near by', async () => {
    const { lowestNearby } = await startFrom(-4, { steps: 50, probes: 300 });
    expect(lowestNearby).toBeGreaterThan(0.125);
  });

  it('stands above what another start reaches', async () => {
    const { losses } = await startFrom(0, { steps: 300, probes: 1 });
    expect(losses.at(-1)).toBeLessThan(1e-6);
  });
});
