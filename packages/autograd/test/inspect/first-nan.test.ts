// Where NaN first arises.
import { div, firstNaN, log, tensor, variable } from '@retrograd/autograd';
import { expect, it } from 'vitest';

const x = variable([-1, 0, 2]);

it('names the operation that made it of numbers, not those that passed it on', () => {
  const found = firstNaN(() => log(x).mul(2).exp().sum());
  expect(found).toMatchObject({ op: 'log', shape: [3] });
  expect(found?.site).toMatch(/^ at .*first-nan\.test\.ts:\d+:\d+$/);
});

it('tells ∞ from NaN', () => {
  const found = firstNaN(() => div(1, x.abs()).sub(div(1, x.abs())).sum());
  expect(found?.op).toBe('sub');
  expect(firstNaN(() => div(1, x).square().sum())).toBeNull();
});

it('finds it in the result itself, and in what was there before', () => {
  expect(firstNaN(() => log(x))?.op).toBe('log');
  const broken = variable([1, Number.NaN]);
  expect(firstNaN(() => broken.mul(2).sum())).toEqual({ op: null, shape: [2], site: '' });
});

it('looks at numbers only', () => {
  expect(firstNaN(() => x.mul(tensor(Int32Array.of(1, 2, 3))).sum())).toBeNull();
});
