import { expect, it } from 'vitest';
import { learnByHeart } from '../src/gpt.js';
import { tellStory } from '../src/text.js';

it('learns a short text by heart: the loss falls to a tenth of that of chance, and it can go on', () => {
  const text = tellStory(180, 3).text;
  const size = { dim: 16, heads: 2, depth: 1, length: 64 };
  const { parameters, losses, loss, write } = learnByHeart({
    text,
    size,
    steps: 200,
    lr: 0.02,
    batch: 4,
  });
  expect(parameters).toBeGreaterThan(3000);
  expect(parameters).toBeLessThan(6000);
  expect(losses[0]).toBeGreaterThan(2.5);
  expect(loss).toBeLessThan(0.3);
  expect(write(text.slice(0, 60), 40)).toBe(text.slice(60, 100));
});
