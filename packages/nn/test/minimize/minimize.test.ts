// minimize by every method: easy functions, hard ones, and those that are no good.

import { readFileSync } from 'node:fs';
import { type Tensor, tensor, where } from '@retrograd/autograd';
import { type MinimizeMethod, type MinimizeOptions, minimize } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';
import { bowl, rosenbrock, vector } from './functions.js';

const { counts } = JSON.parse(
  readFileSync(new URL('../oracle/fixtures/minimize.json', import.meta.url), 'utf8'),
) as { counts: Readonly<Record<string, { iterations: number; evaluations: number }>> };

const SMOOTH = ['lbfgs', 'newton-cg', 'cg'] as const;

describe.each(SMOOTH)('%s', (method) => {
  it('finds the minimum of a quadratic function in a few steps for each unknown', () => {
    const result = minimize(bowl(6, 20), vector([5, -3, 0, 1, 9, -2]), { method });
    expect(result.reason).toBe('gradient');
    expect(result.iterations).toBeLessThanOrEqual({ lbfgs: 20, 'newton-cg': 14, cg: 20 }[method]);
    expect(
      result.x
        .sub(vector([0, 1, 2, 3, 4, 5]))
        .abs()
        .max()
        .item(),
    ).toBeLessThan(1e-7);
  });

  it('solves Rosenbrock with about as many evaluations as SciPy', () => {
    const name = { lbfgs: 'L-BFGS-B', 'newton-cg': 'trust-ncg', cg: 'CG' }[method];
    const { value, evaluations, converged, x } = minimize(rosenbrock, vector([-1.2, 1]), {
      method,
    });
    expect(converged).toBe(true);
    expect(value).toBeLessThan(1e-15);
    expect(x.sub(1).abs().max().item()).toBeLessThan(1e-7);
    expect(evaluations.function).toBeLessThan(1.3 * counts[name].evaluations);
    expect(evaluations.gradient).toBe(evaluations.function);
  });

  it('solves an ill-conditioned problem', () => {
    const result = minimize(
      bowl(10, method === 'cg' ? 1e4 : 1e6),
      vector(Array.from({ length: 10 }, () => -4)),
      {
        method,
        gradientTolerance: 1e-7,
      },
    );
    expect(result.reason).toMatch(/gradient|value/);
    expect(result.value).toBeLessThan(1e-12);
  });

  it('stops at once where it starts at the minimum', () => {
    const result = minimize(rosenbrock, vector([1, 1]), { method });
    expect([result.reason, result.iterations, result.evaluations.function]).toEqual([
      'gradient',
      0,
      1,
    ]);
    expect(result.x.toArray()).toEqual([1, 1]);
  });

  it('backs off from where the function is NaN or infinite', () => {
    const walled = (x: Tensor): Tensor => x.sub(x.log()).sum();
    expect(
      minimize(walled, vector([1e-3, 50]), { method })
        .x.sub(1)
        .abs()
        .max()
        .item(),
    ).toBeLessThan(1e-7);
    const infinite = (x: Tensor): Tensor =>
      where(x.greater(2), tensor(Infinity, { dtype: 'float64' }), x.sub(1.9).pow(2)).sum();
    expect(minimize(infinite, vector([-40]), { method }).x.item()).toBeCloseTo(1.9, 7);
  });

  it('says that a function falls without bound', () => {
    const linear = (x: Tensor): Tensor => x.mul(vector([1, -3])).sum();
    const result = minimize(linear, vector([0, 0]), { method });
    expect([result.reason, result.converged]).toEqual(['unbounded', false]);
    const cap = (x: Tensor): Tensor => x.square().sum().neg();
    expect(minimize(cap, vector([0.1, 0]), { method }).reason).toBe('unbounded');
    const exponential = (x: Tensor): Tensor => x.exp().sum().neg();
    expect(minimize(exponential, vector([1]), { method }).reason).toBe('unbounded');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('says that the start is %f', (value) => {
    const result = minimize((x: Tensor) => x.sum().mul(value), vector([1, 2]), { method });
    expect([result.reason, result.iterations, result.converged]).toEqual(['notFinite', 0, false]);
    expect(result.x.toArray()).toEqual([1, 2]);
  });

  it('keeps to its limits of iterations and evaluations', () => {
    const short = minimize(rosenbrock, vector([-1.2, 1]), { method, maxIterations: 3 });
    expect([short.reason, short.iterations, short.converged]).toEqual(['iterations', 3, false]);
    expect(minimize(rosenbrock, vector([-1.2, 1]), { method, maxIterations: 0 }).iterations).toBe(
      0,
    );
    const few = minimize(rosenbrock, vector([-1.2, 1]), { method, maxEvaluations: 5 });
    expect(few.reason).toBe('evaluations');
    expect(few.evaluations.function).toBeLessThanOrEqual(6);
    expect(few.value).toBeLessThan(24.2);
  });

  it('tells a callback of every iteration, and stops when that returns true', () => {
    const values: number[] = [];
    const result = minimize(rosenbrock, vector([-1.2, 1]), {
      method,
      callback: ({ iteration, value, x, gradientNorm }) => {
        values.push(value);
        expect(x.shape).toEqual([2]);
        expect(gradientNorm).toBeGreaterThan(0);
        return iteration === 5;
      },
    });
    expect([result.reason, result.iterations, values.length]).toEqual(['callback', 5, 5]);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(result.value).toBe(values[4]);
  });

  it('stops when the value or the step is within its tolerance', () => {
    const value = minimize(rosenbrock, vector([-1.2, 1]), { method, valueTolerance: 0.5 });
    expect(value.reason).toBe('value');
    const step = minimize(rosenbrock, vector([-1.2, 1]), { method, stepTolerance: 0.5 });
    expect(step.reason).toBe('step');
    expect(Math.min(value.iterations, step.iterations)).toBeGreaterThan(0);
  });

  it('computes in float32 where x0 is float32', () => {
    const result = minimize(rosenbrock, tensor([-1.2, 1]), { method });
    expect([result.x.dtype, result.gradient.dtype]).toEqual(['float32', 'float32']);
    expect(result.converged).toBe(true);
    expect(result.x.sub(1).abs().max().item()).toBeLessThan(1e-3);
  });

  it('takes x0 of any shape, and structures of tensors', () => {
    const target = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: 'float64' },
    );
    const fn = ({ w, b }: { w: Tensor; b: Tensor[] }): Tensor =>
      w.sub(target).square().sum().add(b[0].sub(5).square().mul(3));
    const x0 = { w: target.mul(0), b: [tensor(0, { dtype: 'float64' })] };
    const { x, gradient } = minimize(fn, x0, { method });
    expect(x.w.sub(target).abs().max().item()).toBeLessThan(1e-8);
    expect(x.b[0].item()).toBeCloseTo(5, 7);
    expect(gradient.w.shape).toEqual([2, 2]);
    const scalar = minimize((z: Tensor) => z.sub(2).square(), tensor(7, { dtype: 'float64' }), {
      method,
    });
    expect([scalar.x.rank, scalar.x.item()]).toEqual([0, expect.closeTo(2, 7)]);
  });

  it('has nothing to do without unknowns', () => {
    const empty = tensor(new Float64Array(0));
    expect(minimize((x: Tensor) => x.sum(), empty, { method }).reason).toBe('gradient');
  });

  it('takes the same steps when compiled', () => {
    const eager = minimize(rosenbrock, vector([-1.2, 1, 0.5]), { method });
    const compiled = minimize(rosenbrock, vector([-1.2, 1, 0.5]), { method, compile: true });
    expect(compiled.iterations).toBe(eager.iterations);
    expect(compiled.x.sub(eager.x).abs().max().item()).toBeLessThan(1e-9);
  });
});

describe('newton-cg', () => {
  it('leaves a saddle along negative curvature', () => {
    const saddle = (x: Tensor): Tensor => {
      const [a, b] = [x.slice(0), x.slice(1)];
      return a.square().sub(b.square()).add(b.pow(4).div(2));
    };
    const result = minimize(saddle, vector([1, 1e-3]), { method: 'newton-cg' });
    expect(Math.abs(result.x.data()[1])).toBeCloseTo(1, 7);
    expect(result.value).toBeCloseTo(-0.5, 12);
    expect(result.evaluations.hessianVector).toBeGreaterThan(result.iterations);
  });

  it('takes one step on a quadratic function within its first region', () => {
    const result = minimize(bowl(2, 4), vector([3, 3]), { method: 'newton-cg', radius: 100 });
    expect(result.iterations).toBeLessThanOrEqual(3);
  });
});

describe('lbfgs', () => {
  it('remembers as many steps as it is told', () => {
    const start = vector(Array.from({ length: 20 }, () => -1));
    const iterations = [1, 20].map(
      (memory) => minimize(bowl(20, 1e4), start, { memory }).iterations,
    );
    expect(iterations[1]).toBeLessThan(iterations[0]);
  });

  it('tells a gradient that is not that of the function', () => {
    const opposite = (x: Tensor): Tensor =>
      x.square().sum().detach().add(x.sum().mul(-1)).sub(x.sum().neg().detach());
    expect(minimize(opposite, vector([3, 2])).reason).toBe('stalled');
  });

  it('gets over kinks as far as it can', () => {
    const result = minimize((x: Tensor) => x.abs().sum(), vector([3, -0.7]));
    expect(result.value).toBeLessThan(1);
    expect(['value', 'stalled', 'gradient', 'step']).toContain(result.reason);
  });
});

describe('What minimize returns', () => {
  it('prints as a table', () => {
    const text = String(minimize(bowl(2, 1), vector([1, 1]), { method: 'newton-cg' }));
    expect(text).toMatch(
      /^newton-cg: converged, the gradient is within its tolerance of zero\n {2}value {7}0\n/,
    );
    expect(text).toContain('\n  evaluated   2 values, 2 gradients, 2 Hessian products\n');
    expect(text).toMatch(/\n {2}x {11}Tensor float64 \[2\] \[.*\]$/);
    const tree = minimize((p: { a: Tensor; b: Tensor[] }) => p.a.add(p.b[0]).square(), {
      a: tensor(1, { dtype: 'float64' }),
      b: [tensor(-1, { dtype: 'float64' })],
    });
    expect(String(tree)).toMatch(
      /\n {2}x {11}a: Tensor float64 .*1\n {14}b: \[Tensor float64 .*-1\]$/,
    );
    const stopped = minimize(rosenbrock, vector([-1.2, 1]), { maxIterations: 1 });
    expect(String(stopped)).toMatch(/^lbfgs: stopped, as many iterations as allowed\n/);
  });

  it('says why in words', () => {
    expect(minimize(rosenbrock, vector([1, 1])).message).toBe(
      'the gradient is within its tolerance of zero',
    );
  });
});

describe('minimize refuses', () => {
  const x0 = vector([1, 1]);

  it.each<[string, unknown, object]>([
    [
      "ArgumentError: minimize: method is one of lbfgs, newton-cg, levenberg-marquardt, cg, got 'bfgs'. Pass one of these four.",
      x0,
      { method: 'bfgs' as MinimizeMethod },
    ],
    [
      'ArgumentError: minimize: maxIterations is a whole number of at least 0, got 1.5. Check the option.',
      x0,
      { maxIterations: 1.5 },
    ],
    [
      'ArgumentError: minimize: gradientTolerance is a number of at least 0, got NaN. Check the option.',
      x0,
      { gradientTolerance: Number.NaN },
    ],
    [
      'ArgumentError: minimize: memory is a whole number above 0, got 0. Check the option.',
      x0,
      { memory: 0 },
    ],
    [
      'ArgumentError: minimize: radius is a finite number above 0, got -1. Check the option.',
      x0,
      { method: 'newton-cg', radius: -1 },
    ],
    [
      "ArgumentError: minimize: memory belongs to the method 'lbfgs', got it with 'newton-cg'. Leave it out, or pass method: 'lbfgs'.",
      x0,
      { method: 'newton-cg', memory: 3 },
    ],
    [
      "ArgumentError: minimize: x0 is a tensor, or nested arrays and objects of tensors, got the number 3. Wrap numbers with tensor(…, { dtype: 'float64' }).",
      3,
      {},
    ],
    [
      "ArgumentError: minimize: x0 is a tensor, or nested arrays and objects of tensors, got an array without any. Wrap numbers with tensor(…, { dtype: 'float64' }).",
      [1, 2],
      {},
    ],
    [
      "DTypeError: minimize: x0 is float32 or float64 throughout, got int32. Cast it with .cast('float64').",
      tensor([1, 2], { dtype: 'int32' }),
      {},
    ],
    [
      "DTypeError: minimize: x0 is float32 or float64 throughout, got float32 at [1]. Cast it with .cast('float64').",
      [x0, tensor([1])],
      {},
    ],
  ])('%s', (message, start, options) => {
    const call = () =>
      minimize((x: Tensor) => x.sum(), start as Tensor, options as MinimizeOptions<Tensor>);
    expect(refusal(call)).toBe(message);
  });

  it('functions that return something else than one number', () => {
    expect(refusal(() => minimize((x: Tensor) => x.mul(2), x0))).toBe(
      'ShapeError: minimize: the function returns a single number, got shape [2]. ' +
        "Reduce it with .sum() or .mean(), or minimise residuals with 'levenberg-marquardt'.",
    );
    expect(refusal(() => minimize(() => 3 as unknown as Tensor, x0))).toBe(
      'ArgumentError: minimize: the function returns a tensor, got number. ' +
        'Return the result of tensor operations, not a number read from it.',
    );
  });
});
