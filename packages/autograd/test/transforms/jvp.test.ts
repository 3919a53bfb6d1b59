// Tests of transforms/jvp: forward mode, Jacobians, Hessians and their products with vectors, in every mixture.
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  DTypeError,
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  noGrad,
  ShapeError,
  stack,
  type Tensor,
  tensor,
  variable,
  vjp,
} from '../../src/index.js';
import { expectClose, expectError, f64, leaf, wave } from '../support.js';

/** Rosenbrock's function, (1 − x)² + 100(y − x²)², whose derivatives are known by heart. */
const rosenbrock = (v: Tensor): Tensor => {
  const x = v.slice(0);
  const y = v.slice(1);
  return x.sub(1).square().add(y.sub(x.square()).square().mul(100));
};
const rosenbrockGradient = (x: number, y: number) => [
  2 * (x - 1) - 400 * x * (y - x * x),
  200 * (y - x * x),
];
const rosenbrockHessian = (x: number, y: number) => [
  [2 - 400 * (y - 3 * x * x), -400 * x],
  [-400 * x, 200],
];

describe('jvp', () => {
  const a = wave([2, 3]);

  test('returns the value and Jv', () => {
    const x = wave([3], 1);
    const v = wave([3], 2);
    const [value, t] = jvp((u: Tensor) => a.matmul(u).sin(), [x], [v]);
    expectClose(value, a.matmul(x).sin());
    expectClose(t, a.matmul(x).cos().mul(a.matmul(v)));
  });

  test('takes several arguments, nested ones, variables and numbers', () => {
    const f = (p: { w: Tensor<[]> }, x: Tensor<[2]>) => x.mul(p.w).sum();
    const [value, t] = jvp(
      f,
      [{ w: variable(f64(3)) }, f64([1, 2])],
      [{ w: f64(10) }, f64([1, 1])],
    );
    expectClose(value, 9);
    expectClose(t, 36);
    const [square, slope] = jvp((x: Tensor) => x.square(), [3 as never], [1 as never]);
    expect([square.item(), slope.item()]).toEqual([9, 6]);
  });

  test('gives zeros where nothing moves', () => {
    const x = f64([1.5, 2]);
    expectClose(jvp((_: Tensor) => f64([[1, 2]]), [x], [x])[1], [[0, 0]]);
    expectClose(jvp((v: Tensor) => v.floor(), [x], [x])[1], [0, 0]);
    expectClose(jvp((v: Tensor) => v.detach(), [x], [x])[1], [0, 0]);
    expectClose(jvp((v: Tensor) => v.greater(1), [x], [x])[1].cast('float64'), [0, 0]);
  });

  test('agrees with vjp: uᵀ(Jv) = (Jᵀu)ᵀv', () => {
    const f = (x: Tensor) =>
      x
        .matmul(wave([3, 4]))
        .softmax()
        .cumsum(1)
        .log();
    const x = wave([2, 3], 1);
    const v = wave([2, 3], 2);
    const u = wave([2, 4], 3);
    const [, t] = jvp(f, [x], [v]);
    const [g] = vjp(f, x)[1](u);
    expectClose(u.mul(t).sum(), (g as Tensor).mul(v).sum());
  });

  test('refuses tangents that don’t fit', () => {
    const f = (x: Tensor) => x;
    const x = f64([1, 2]) as Tensor;
    expectError(
      () => jvp(f, [x], [f64([1]) as Tensor]),
      ShapeError,
      /^jvp: .*float64 \[2\], got float64 \[1\] at \[0\]/,
    );
    expectError(() => jvp(f, [x], [tensor([1, 2]) as Tensor]), ShapeError, /got float32 \[2\]/);
    expectError(() => jvp(f, [x], [] as never), ArgumentError, /^jvp: .*got 0 for 1/);
    expectError(() => jvp(() => x, [], []), ArgumentError, /^jvp: /);
    const ints = tensor([1], { dtype: 'int32' }) as Tensor;
    expectError(() => jvp(f, [ints], [ints]), DTypeError, /got int32/);
  });

  test('leaves results that are not tracked, and works within noGrad', () => {
    const x = leaf([1, 2]).detach();
    for (const [value, t] of [
      jvp((v: Tensor) => v.square(), [x], [x]),
      noGrad(() => jvp((v: Tensor) => v.square(), [x], [x])),
    ]) {
      expectClose(t, [2, 8]);
      expect([value.requiresGrad, t.requiresGrad]).toEqual([false, false]);
    }
  });

  test('is differentiable by its tangents, and by what it closes over', () => {
    const v = leaf([1, 2]);
    const w = variable(f64(3));
    const [, t] = jvp((x: Tensor) => x.square().mul(w), [f64([1, 10])], [v]);
    t.sum().backward(); // Σ 2xᵢvᵢw
    expectClose(v.grad, [6, 60]);
    expectClose(w.grad, 42);
  });
});

describe('jacobian', () => {
  const a = wave([3, 2]);

  test('of a linear map is its matrix, whichever way it replays', () => {
    expectClose(jacobian((x) => a.matmul(x))(wave([2])), a);
    expectClose(jacobian((x) => a.transpose().matmul(x))(wave([3])), a.transpose());
    expectClose(jacobian((x) => x.mul(2))(wave([2])), [
      [2, 0],
      [0, 2],
    ]);
  });

  test('has the axes of the value, then those of the argument', () => {
    const j = jacobian((x) => x.transpose())(wave([2, 3]));
    expect(j.shape).toEqual([3, 2, 2, 3]);
    expect(j.sum().item()).toBe(6);
    expect(j.slice(2, 1, 1, 2).item()).toBe(1);
    expectClose(jacobian((x) => x.square().sum())(f64([1, 2])), [2, 4]);
    expectClose(jacobian((x) => stack([x, x.square()]))(f64(3)), [1, 6]);
    expectClose(jacobian((x) => x.square())(f64(3)), 6);
    expect(jacobian((x) => x.square())(3).item()).toBe(6);
  });

  test('of softmax is diag(s) − ssᵀ', () => {
    const x = wave([4]);
    const s = x.softmax();
    expectClose(jacobian((v) => v.softmax())(x), s.diag().sub(s.outer(s)));
  });

  test('has zeros where nothing depends on the argument, and no elements where there are none', () => {
    expectClose(jacobian(() => f64([1, 2]))(f64([1, 2, 3])), [
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expectClose(jacobian(() => f64([1, 2, 3]))(f64([1])), [[0], [0], [0]]);
    expect(jacobian((x) => x)(f64([])).shape).toEqual([0, 0]);
    expect(jacobian(() => f64([1, 2]))(f64([])).shape).toEqual([2, 0]);
  });

  test('is differentiable again', () => {
    const cube = jacobian(jacobian((x) => x.pow(3)))(f64([1, 2]));
    expect(cube.shape).toEqual([2, 2, 2]);
    expectClose(cube.slice(0, 0, 0), 6);
    expectClose(cube.slice(1, 1, 1), 12);
    expectClose(cube.abs().sum(), 18);
  });

  test('takes a variable, and refuses integers', () => {
    expectClose(jacobian((x) => x.square())(variable(f64(3))), 6);
    expectError(
      () => jacobian((x) => x)(tensor([1], { dtype: 'int32' })),
      DTypeError,
      /^jacobian: /,
    );
  });
});

describe('hessian', () => {
  test('of Rosenbrock’s function is what it is', () => {
    expectClose(grad(rosenbrock)(f64([-1.2, 1])), rosenbrockGradient(-1.2, 1));
    expectClose(hessian(rosenbrock)(f64([-1.2, 1])), rosenbrockHessian(-1.2, 1));
  });

  test('of xᵀAx is A + Aᵀ, of a linear function zeros', () => {
    const a = wave([3, 3]);
    expectClose(hessian((x) => x.dot(a.matmul(x)))(wave([3])), a.add(a.transpose()));
    expectClose(hessian((x) => x.sum())(f64([1, 2])), [
      [0, 0],
      [0, 0],
    ]);
    expectClose(hessian(() => f64(1))(f64([1])), [[0]]);
  });

  test('has the axes of the argument twice', () => {
    expect(hessian((x) => x.square().sum())(wave([2, 3])).shape).toEqual([2, 3, 2, 3]);
    expectClose(hessian((x) => x.pow(3))(f64(2)), 12);
  });

  test('of log-sum-exp is the covariance of softmax', () => {
    const x = wave([4]);
    const s = x.softmax();
    expectClose(hessian((v) => v.logsumexp())(x), s.diag().sub(s.outer(s)));
  });
});

describe('hvp', () => {
  test('is the Hessian times a vector', () => {
    const v = f64([0.5, -2]);
    expectClose(
      hvp(rosenbrock, f64([-1.2, 1]) as Tensor, v as Tensor) as Tensor,
      hessian(rosenbrock)(f64([-1.2, 1])).matmul(v),
    );
  });

  test('takes nested arguments, and gives zeros for what is linear', () => {
    const x = { a: f64(2), b: [f64(3)] };
    const h = hvp(({ a, b: [b] }: typeof x) => a.square().mul(b), x, { a: f64(1), b: [f64(10)] });
    expectClose(h.a as Tensor, 2 * 3 * 1 + 2 * 2 * 10);
    expectClose(h.b[0] as Tensor, 2 * 2 * 1);
    expectClose(hvp((y: Tensor) => y.sum(), f64([1, 2]), f64([1, 1])) as Tensor, [0, 0]);
  });

  test('takes variables, and leaves results that are not tracked', () => {
    const h = hvp((x: Tensor<[2]>) => x.pow(3).sum(), variable(f64([1, 2])), f64([1, 1])) as Tensor;
    expectClose(h, [6, 12]);
    expect(h.requiresGrad).toBe(false);
  });

  test('refuses vectors that don’t fit', () => {
    const f = (x: Tensor) => x.square().sum();
    expectError(() => hvp(f, f64([1, 2]) as Tensor, f64([1]) as Tensor), ShapeError, /^hvp: /);
    expectError(
      () => hvp((x: Tensor[]) => f(x[0]), [f64(1)], []),
      ArgumentError,
      /^hvp: .*got 0 for 1/,
    );
  });
});

describe('mixed modes', () => {
  const f = (x: Tensor) => x.sin().mul(x.square()).sum();
  const x = f64([0.4, -1.1]);
  const v = f64([1.5, 0.3]);
  /** f″ = 2 sin x + 4x cos x − x² sin x, element by element. */
  const second = x.sin().mul(2).add(x.cos().mul(x).mul(4)).sub(x.sin().mul(x.square()));

  test('forward over reverse, reverse over forward, and both over themselves agree', () => {
    const wanted = second.mul(v);
    expectClose(jvp((y: Tensor) => grad(f)(y) as Tensor, [x], [v])[1], wanted);
    expectClose(grad((y) => jvp(f, [y], [v])[1])(x), wanted);
    expectClose(grad((y) => grad(f)(y).mul(v).sum())(x), wanted);
    expectClose(jvp((y: Tensor) => jvp(f, [y], [v])[1], [x], [v])[1], wanted.mul(v).sum());
    expectClose(hvp(f, x as Tensor, v as Tensor) as Tensor, wanted);
  });

  test('three deep, in all eight orders', () => {
    /** f‴ = 6 cos x − 6x sin x − x² cos x. */
    const third = x.cos().mul(6).sub(x.sin().mul(x).mul(6)).sub(x.cos().mul(x.square()));
    const wanted = third.mul(v).mul(v).mul(v).sum();
    const forward = (g: (y: Tensor) => Tensor) => (y: Tensor) => jvp(g, [y], [v])[1];
    const reverse = (g: (y: Tensor) => Tensor) => (y: Tensor) => grad(g)(y).mul(v).sum();
    const modes = [forward, reverse];
    for (const a of modes) {
      for (const b of modes) for (const c of modes) expectClose(a(b(c(f)))(x), wanted);
    }
  });
});
