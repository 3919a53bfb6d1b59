import { describe, expect, it } from 'vitest';
import { drawDigits, pictures } from '../src/glyphs.js';

describe('drawn digits', () => {
  it('take turns, and lie between paper and ink', () => {
    const { x, y } = drawDigits({ count: 25, size: 8 });
    expect(x.shape).toEqual([25, 8, 8]);
    expect([...y.data()].slice(8, 13)).toEqual([8, 9, 0, 1, 2]);
    expect(x.min().item()).toBe(0);
    expect(x.max().item()).toBe(1);
    expect(x.mean().item()).toBeGreaterThan(0.1);
  });

  it('are all alike without wobble, and each of another hand with it', () => {
    const same = drawDigits({ count: 20, wobble: 0 }).x;
    expect(
      same
        .slice([0, 10])
        .sub(same.slice([10, 20]))
        .abs()
        .max()
        .item(),
    ).toBe(0);
    const other = drawDigits({ count: 20 }).x;
    expect(other.slice(3).sub(other.slice(13)).abs().max().item()).toBeGreaterThan(0.5);
  });

  it('are the same by their seed, noise included', () => {
    const draw = (seed: number) => [...drawDigits({ count: 10, noise: 0.2, seed }).x.data()];
    expect(draw(4)).toEqual(draw(4));
    expect(draw(4)).not.toEqual(draw(5));
  });

  it('are shown side by side, two pixels down a character', () => {
    const { x } = drawDigits({ count: 3, size: 8, wobble: 0 });
    const lines = pictures(x, 2).split('\n');
    expect(lines).toHaveLength(4 + 1 + 4);
    expect(lines[0]).toMatch(/^[ ░▒▓█]{8} {2}[ ░▒▓█]+$/);
    expect(lines[1]).toContain('█');
  });
});
