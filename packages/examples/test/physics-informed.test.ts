import { linspace, type Tensor } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';
import { secondByForward, secondByReverse, solve } from '../src/physics-informed.js';

describe('a physics-informed network', () => {
  it('takes second derivatives point by point, in either mode', () => {
    const x = linspace(-1, 1, 5, { dtype: 'float64' });
    const quartic = (x: Tensor) => x.pow(4);
    for (const second of [secondByReverse, secondByForward]) {
      const bend = second(quartic)(x);
      for (const [i, value] of [...bend.data()].entries()) {
        expect(value).toBeCloseTo(12 * x.data()[i] ** 2, 12);
      }
    }
  });

  it('finds the solution of −u″ = f from the law alone', () => {
    const { losses, maxError, disagreement } = solve({ steps: 300 });
    expect(maxError).toBeLessThan(5e-3);
    expect(losses.at(-1)).toBeLessThan(1e-3 * losses[0]);
    expect(disagreement).toBeLessThan(1e-12);
  });

  it('holds both ends whatever the network says', () => {
    const { u } = solve({ steps: 1 });
    expect([...u(linspace(0, 1, 2, { dtype: 'float64' }).reshape([2, 1])).data()]).toEqual([0, 0]);
  });
});
