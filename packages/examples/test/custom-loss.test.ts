import { grad, type Tensor, tensor } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';
import { learnQuantiles, quantileLoss } from '../src/custom-loss.js';

describe('a custom loss', () => {
  it('costs τ·e above the prediction and (1 − τ)·(−e) below it', () => {
    const y = tensor([[1]]);
    expect(quantileLoss(tensor([[0, 0, 0]]), y).item()).toBeCloseTo((0.1 + 0.5 + 0.9) / 3, 6);
    expect(quantileLoss(tensor([[2, 2, 2]]), y).item()).toBeCloseTo((0.9 + 0.5 + 0.1) / 3, 6);
  });

  it('has the gradient −τ above the prediction and 1 − τ below it', () => {
    const y = tensor([[1]]);
    const slope = grad((p: Tensor) => quantileLoss(p, y).mul(3));
    for (const [p, expected] of [
      [0, [-0.1, -0.5, -0.9]],
      [2, [0.9, 0.5, 0.1]],
    ] as const) {
      const g = slope(tensor([[p, p, p]])).data();
      expected.forEach((value, i) => {
        expect(g[i]).toBeCloseTo(value, 6);
      });
    }
  });

  it('teaches a network where a tenth, half and nine tenths of new samples lie', async () => {
    const { below, width, losses } = await learnQuantiles({ samples: 1000, epochs: 30 });
    [0.1, 0.5, 0.9].forEach((share, i) => {
      expect(Math.abs(below[i] - share)).toBeLessThan(0.06);
    });
    expect(width.right).toBeGreaterThan(2 * width.left);
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]);
  });
});
