// L-BFGS-B against SciPy's figures, and what bounds must be.

import { readFileSync } from 'node:fs';
import { type Tensor, tensor } from '@retrograd/autograd';
import { minimize } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';
import { rosenbrock, vector } from './functions.js';

interface Bounded {
  readonly function: 'rosenbrock' | 'trough' | 'chain' | 'logs';
  readonly start: readonly number[];
  readonly lower: readonly (number | null)[];
  readonly upper: readonly (number | null)[];
  readonly x: readonly number[];
  readonly value: number;
  readonly evaluations: number;
}

const { bounded } = JSON.parse(
  readFileSync(new URL('../oracle/fixtures/minimize.json', import.meta.url), 'utf8'),
) as { bounded: readonly Bounded[] };

const functions: Readonly<Record<Bounded['function'], (x: Tensor) => Tensor>> = {
  rosenbrock,
  trough: (x) => {
    const weights = vector(Array.from({ length: x.size }, (_, i) => (-1) ** i * i));
    const chain = x
      .slice([1])
      .mul(x.slice([0, -1]))
      .sum();
    return x.square().sum().mul(2).add(chain).sub(weights.mul(x).sum());
  },
  chain: (x) => {
    const steps = x
      .slice([1])
      .sub(x.slice([0, -1]).square())
      .square()
      .sum();
    return x.slice(0).sub(1).square().mul(0.25).add(steps);
  },
  logs: (x) => x.sub(x.log()).sum().add(x.sum().square().div(2)),
};

describe('L-BFGS-B', () => {
  it.each(bounded.map((problem, i) => [i, problem.function, problem] as const))(
    'solves bounded problem %i, %s, as SciPy does',
    (_, name, problem) => {
      const lower = vector(problem.lower.map((value) => value ?? -Infinity));
      const upper = vector(problem.upper.map((value) => value ?? Infinity));
      const seen: number[][] = [];
      const fn = (x: Tensor): Tensor => {
        seen.push(Array.from(x.data()));
        return functions[name](x);
      };
      const result = minimize(fn, vector(problem.start), { bounds: { lower, upper } });
      expect(result.reason).toMatch(/gradient|value/);
      expect(Math.abs(result.value - problem.value)).toBeLessThan(
        1e-9 * Math.max(1, problem.value),
      );
      const distance = result.x.sub(vector(problem.x)).abs().max().item();
      // A quartic valley is flat: its minimum stands in fewer digits than its value.
      expect(distance).toBeLessThan(1e-5);
      const outside = seen.filter((x) =>
        x.some((value, i) => value < lower.data()[i] || value > upper.data()[i]),
      );
      expect(outside).toEqual([]);
    },
  );

  it('needs no more evaluations than SciPy does with numerical gradients, and no more iterations than they allow', () => {
    const [first] = bounded;
    const { evaluations } = minimize(functions[first.function], vector(first.start), {
      bounds: { lower: -2, upper: vector([0.5, 2]) },
    });
    expect(evaluations.function).toBeLessThan(2 * first.evaluations);
  });

  it('takes numbers for all elements, and ends in a corner whose gradient points outward', () => {
    const slope = (x: Tensor): Tensor => x.mul(vector([1, -2])).sum();
    const result = minimize(slope, vector([0.3, 0.4]), { bounds: { lower: 0, upper: 1 } });
    expect(result.x.toArray()).toEqual([0, 1]);
    expect(result.gradient.toArray()).toEqual([1, -2]);
    expect([result.reason, result.gradientNorm]).toEqual(['gradient', 0]);
  });

  it('leaves a variable where both bounds are one, and moves x0 within', () => {
    const square = (x: Tensor): Tensor => x.square().sum();
    const bounds = { lower: vector([2, -1]), upper: vector([2, 5]) };
    const result = minimize(square, vector([-7, 9]), { bounds });
    expect(result.x.toArray()).toEqual([2, expect.closeTo(0, 8)]);
  });

  it('is L-BFGS where no bound is met', () => {
    const free = minimize(rosenbrock, vector([-1.2, 1]));
    const bounds = { lower: -Infinity, upper: Infinity };
    const boxed = minimize(rosenbrock, vector([-1.2, 1]), { bounds });
    expect(boxed.value).toBeLessThan(1e-15);
    expect(Math.abs(boxed.iterations - free.iterations)).toBeLessThan(8);
  });

  it('takes bounds in the structure of x0', () => {
    const fn = ({ a, b }: { a: Tensor; b: Tensor }): Tensor =>
      a.square().sum().add(b.sub(3).square().sum());
    const x0 = { a: tensor([[1, 2]], { dtype: 'float64' }), b: tensor(1, { dtype: 'float64' }) };
    const lower = {
      a: tensor([[0.5, -1]], { dtype: 'float64' }),
      b: tensor(0, { dtype: 'float64' }),
    };
    const { x } = minimize(fn, x0, { bounds: { lower, upper: 2 } });
    expect(x.a.toArray()).toEqual([[0.5, expect.closeTo(0, 7)]]);
    expect(x.b.item()).toBe(2);
  });

  it.each<[string, Parameters<typeof minimize>[2]]>([
    [
      'ArgumentError: minimize: lower bounds are at most the upper ones, got 2 and 1 at element 0. ' +
        'Exchange them, or use ±Infinity where there is none.',
      { bounds: { lower: 2, upper: 1 } },
    ],
    [
      'ArgumentError: minimize: lower bounds are at most the upper ones, got NaN and Infinity at element 0. ' +
        'Exchange them, or use ±Infinity where there is none.',
      { bounds: { lower: Number.NaN } },
    ],
    [
      'ShapeError: minimize: bounds.upper has the shape of x0, [2], got [3]. ' +
        'Reshape it, or pass a number for all elements.',
      { bounds: { upper: vector([1, 2, 3]) } },
    ],
    [
      "ArgumentError: minimize: bounds belongs to the method 'lbfgs', got it with 'cg'. " +
        "Leave it out, or pass method: 'lbfgs'.",
      { method: 'cg', bounds: { upper: 1 } },
    ],
  ])('refuses bounds with %s', (message, options) => {
    expect(refusal(() => minimize(rosenbrock, vector([1, 1]), options as object))).toBe(message);
  });
});
