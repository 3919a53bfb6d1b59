import { expect, it } from 'vitest';
import { draw, walk } from '../src/vae.js';

it('draws pictures that it never saw from two numbers, better than pixel by pixel', () => {
  const mapped = draw({ epochs: 60, pictures: 500, size: 8, hidden: 48 });
  const { elbo, baseline, ceiling, model, x } = mapped;
  expect(elbo).toBeGreaterThan(baseline + 1.5);
  expect(elbo).toBeLessThan(ceiling);
  expect(model.encode(x).mean.shape).toEqual([500, 2]);

  const steps = walk(mapped, 3, 6, 4);
  expect(steps.shape).toEqual([4, 64]);
  const ends = model.forward(x).data();
  expect(Math.abs(steps.data()[0] - ends[3 * 64])).toBeLessThan(1e-5);
});

it('is the same twice by its seed', () => {
  const small = { epochs: 1, pictures: 100, size: 8, hidden: 8 };
  expect(draw(small).elbo).toBe(draw(small).elbo);
  expect(draw({ ...small, seed: 2 }).elbo).not.toBe(draw(small).elbo);
});
