// Tests of vjp: values with their pullbacks, called once, often, and differentiated themselves.
import { describe, expect, test } from 'vitest';
import { NoPathError, ShapeError, type Tensor, tensor, vjp } from '../../src/index.js';
import { expectClose, expectError, f64, wave } from '../support.js';

describe('vjp', () => {
  const a = wave([2, 3]);

  test('returns the value and the map vᵀJ, to be called as often as one likes', () => {
    const x = wave([3], 1);
    const [value, pullback] = vjp((v: Tensor) => a.matmul(v), x);
    expectClose(value, a.matmul(x));
    for (const g of [f64([1, 0]), f64([0, 1]), f64([2, -1])]) {
      expectClose(pullback(g)[0] as Tensor, g.matmul(a));
    }
  });

  test('takes several arguments, nested ones too', () => {
    const [, pullback] = vjp(
      (p: { w: Tensor<[]> }, x: Tensor<[2]>) => x.mul(p.w),
      { w: f64(3) },
      f64([1, 2]),
    );
    const [gp, gx] = pullback(f64([10, 100]));
    expectClose(gp.w, 210);
    expectClose(gx, [30, 300]);
  });

  test('takes a number as the gradient of a scalar', () => {
    const [, pullback] = vjp((x: Tensor) => x.square().sum(), tensor([1, 2]));
    expect((pullback(2)[0] as Tensor).toArray()).toEqual([4, 8]);
  });

  test('refuses a gradient of another shape', () => {
    const [, pullback] = vjp((x: Tensor) => x.mul(2), f64([1, 2]));
    expectError(() => pullback(f64([1])), ShapeError, /^vjp: .*value, \[2\], got \[1\]/);
  });

  test('refuses a path that was cut when its pullback is called, and gives zeros where there is none', () => {
    const [, pullback] = vjp((x: Tensor) => x.detach().mul(2), f64([1, 2]));
    expectError(() => pullback(f64([1, 1])), NoPathError, /^vjp: .*argument 0, .*detach/);
    const [, none] = vjp((_: Tensor) => f64(1), f64([1, 2]));
    expectClose(none(f64(1))[0] as Tensor, [0, 0]);
  });

  test('is linear in its gradient, and differentiable by it: twice reversed is forward', () => {
    const f = (x: Tensor) => x.sin().mul(x.square());
    const x = f64([0.3, 0.7]);
    const [, pullback] = vjp(f, x);
    const [, again] = vjp((u: Tensor) => pullback(u)[0] as Tensor, f64([0, 0]));
    const v = f64([1, 2]);
    const derivative = x.cos().mul(x.square()).add(x.sin().mul(x).mul(2));
    expectClose(again(v)[0] as Tensor, derivative.mul(v));
  });

  test('leaves results that are not tracked', () => {
    const [value, pullback] = vjp((x: Tensor) => x.square(), f64([1, 2]));
    expect(value.requiresGrad).toBe(false);
    expect((pullback(f64([1, 1]))[0] as Tensor).requiresGrad).toBe(false);
  });
});
