import { describe, expect, it, vi } from 'vitest';
import { arriving, main, observeDepth } from '../src/vanishing-gradients.js';

describe('gradients in ten hidden layers', async () => {
  const figures = await observeDepth();

  it('vanish with sigmoids, in δ and in ∂J/∂W', () => {
    const layers = figures['sigmoid, Glorot'];
    expect(arriving(layers)).toBeLessThan(1e-4);
    expect(layers.weight[0]).toBeLessThan(1e-4 * (layers.weight.at(-1) as number));
  });

  it('arrive with tanh and Glorot, and with ReLU and He', () => {
    for (const name of ['tanh, Glorot', 'relu, He']) {
      expect(arriving(figures[name])).toBeGreaterThan(0.05);
      expect(arriving(figures[name])).toBeLessThan(20);
    }
  });

  it('explode where weights begin too large', () => {
    expect(arriving(figures['relu, three times He'])).toBeGreaterThan(1e3);
  });

  it('are given for every layer that has weights', () => {
    for (const { delta, weight } of Object.values(figures)) {
      expect(delta).toHaveLength(11);
      expect(weight).toHaveLength(11);
    }
  });

  it('are shown as bars', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    await main();
    const text = log.mock.calls.flat().join('\n');
    expect(text).toContain('█');
    for (const name of Object.keys(figures)) expect(text).toContain(name);
    expect(text).toContain('train: gradients explode');
  });
});
