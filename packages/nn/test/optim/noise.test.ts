// Noise on gradients: its size, how it fades, and that it comes back with its state.

import { rng, type Tensor, tensor, variable, zeros } from '@retrograd/autograd';
import { type GradientNoiseOptions, gradientNoise } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const float64 = { dtype: 'float64' } as const;

function noiseOn(options: Partial<GradientNoiseOptions>, calls = 1): Tensor {
  const cell = variable(zeros([4000], float64));
  const noise = gradientNoise([cell], { rng: rng(2), ...options });
  for (let i = 0; i < calls; i++) {
    cell.grad = zeros([4000], float64);
    noise.add();
  }
  return cell.grad as Tensor;
}

describe('gradientNoise', () => {
  it('is normal with variance η at first', () => {
    const noise = noiseOn({ eta: 0.3 });
    expect(noise.mean().item()).toBeCloseTo(0, 1);
    expect(noise.variance().item() / 0.3).toBeCloseTo(1, 1);
  });

  it('fades as η / (1 + t)^γ', () => {
    const options = { eta: 0.5, gamma: 2 };
    const third = noiseOn(options, 3);
    const generator = rng(2);
    generator.normal([8000], float64);
    const wanted = generator.normal([4000], float64).mul(Math.sqrt(0.5 / 9));
    expect(third.sub(wanted).abs().max().item()).toBeLessThan(1e-14);
  });

  it('is added to what is there, in its dtype, and not to what has no gradient', () => {
    const cells = [variable([0]), variable([0])];
    cells[0].grad = tensor([5]);
    gradientNoise(cells, { rng: rng(1), eta: 0 }).add();
    expect(cells[0].grad?.toArray()).toEqual([5]);
    expect(cells[0].grad?.dtype).toBe('float32');
    expect(cells[1].grad).toBeNull();
  });

  it('takes up its count where it was kept', () => {
    const noise = gradientNoise([variable(1)], { rng: rng(1) });
    noise.add();
    noise.add();
    const next = gradientNoise([variable(1)], { rng: rng(1) }).loadStateDict(noise.stateDict());
    expect(next.count.value.item()).toBe(2);
    expect(refusal(() => next.loadStateDict({}))).toMatch(
      /^StateError: gradientNoise: .* missing count/,
    );
  });

  it('refuses options out of range', () => {
    const make = (options: unknown) => () =>
      gradientNoise([variable(1)], options as GradientNoiseOptions);
    expect(refusal(make({}))).toBe(
      'ArgumentError: gradientNoise: rng is a generator, got undefined. Pass for example { rng: rng(7) }.',
    );
    expect(refusal(make({ rng: rng(1), eta: -1 }))).toBe(
      'ArgumentError: gradientNoise: eta is a finite number of at least 0, got -1. Check the option.',
    );
    expect(refusal(make({ rng: rng(1), gamma: -1 }))).toBe(
      'ArgumentError: gradientNoise: gamma is a finite number of at least 0, got -1. Check the option.',
    );
  });
});
