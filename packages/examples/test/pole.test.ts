import { describe, expect, it } from 'vitest';
import { fallen, LIMIT, learn, push } from '../src/pole.js';

describe('the cart and its pole', () => {
  it('move as the equations of 1983 say: from rest, a push to the right', () => {
    const [x, speed, angle, turning] = push([0, 0, 0, 0], 1);
    // θ̈ = −(F/M) / (l (4/3 − m/M)), ẍ = F/M − m l θ̈ / M with M = 1.1 kg
    const angular = -(10 / 1.1) / (0.5 * (4 / 3 - 0.1 / 1.1));
    expect([x, angle]).toEqual([0, 0]);
    expect(turning).toBeCloseTo(0.02 * angular, 12);
    expect(speed).toBeCloseTo(0.02 * (10 / 1.1 - (0.1 * 0.5 * angular) / 1.1), 12);
  });

  it('are the same seen in a mirror', () => {
    const right = push([0.1, -0.2, 0.05, 0.3], 1);
    const left = push([-0.1, 0.2, -0.05, -0.3], 0);
    left.forEach((value, i) => {
      expect(value).toBeCloseTo(-right[i], 12);
    });
  });

  it('are over at 12° and at 2.4 m', () => {
    expect(fallen([2.4, 9, 0.2, 9])).toBe(false);
    expect(fallen([-2.41, 0, 0, 0])).toBe(true);
    expect(fallen([0, 0, 0.21, 0])).toBe(true);
  });
});

describe('a network that is told only when it fell', () => {
  it('learns to balance: over 200 steps', () => {
    const { lengths, steps, shown } = learn({ episodes: 240 });
    expect(lengths).toHaveLength(240);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(LIMIT);
    const first = lengths.slice(0, 50).reduce((sum, length) => sum + length, 0) / 50;
    expect(first).toBeLessThan(60);
    expect(steps).toBeGreaterThan(200);
    expect(shown.length).toBeGreaterThan(50);
  });

  it('does the same twice by its seed', () => {
    expect(learn({ episodes: 24, seed: 5 }).lengths).toEqual(
      learn({ episodes: 24, seed: 5 }).lengths,
    );
  });
});
