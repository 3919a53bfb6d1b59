// Tests of transforms/grad: grad and valueAndGrad against closed formulas, on nested arguments, to the 4th order.
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  DTypeError,
  grad,
  ShapeError,
  type Tensor,
  tensor,
  type Variable,
  valueAndGrad,
  variable,
  where,
} from '../../src/index.js';
import { expectClose, expectError, f64, leaf, wave } from '../support.js';

describe('grad against closed formulas', () => {
  test('of a sum of squares is 2x', () => {
    expectClose(
      grad((x) => x.square().sum())(
        f64([
          [1, -2],
          [3, 0],
        ]),
      ),
      [
        [2, -4],
        [6, 0],
      ],
    );
  });

  test('of a quadratic form xᵀAx is (A + Aᵀ)x', () => {
    const a = wave([3, 3]);
    const x = wave([3], 1);
    const g = grad((v) => v.dot(a.matmul(v)))(x);
    expectClose(g, a.add(a.transpose()).matmul(x));
  });

  test('of log-sum-exp is softmax', () => {
    const x = wave([5]);
    expectClose(grad((v) => v.logsumexp())(x), x.softmax());
  });

  test('of half a squared residual is Aᵀ(Ax − b)', () => {
    const a = wave([4, 3]);
    const b = wave([4], 2);
    const x = wave([3], 1);
    const g = grad((v) => a.matmul(v).sub(b).square().sum().mul(0.5))(x);
    expectClose(g, a.transpose().matmul(a.matmul(x).sub(b)));
  });

  test('works on scalars, on tensors of one element and on empty ones', () => {
    expectClose(grad((x) => x.pow(3))(f64(2)), 12);
    expectClose(grad((x) => x.pow(3))(f64([[2]])), [[12]]);
    expect(grad((x) => x.square().sum())(f64([])).shape).toEqual([0]);
  });

  test('takes numbers as scalars', () => {
    expect(grad((x) => x.square())(3).item()).toBe(6);
    expect(valueAndGrad((x) => x.square())(3).map((t) => t.item())).toEqual([9, 6]);
  });

  test('is in the dtype of the argument, through casts as well', () => {
    const g = grad((x) => x.cast('float64').square().sum())(tensor([1, 2]));
    expect([g.dtype, g.toArray()]).toEqual(['float32', [2, 4]]);
  });

  test('is zeros where nothing depends on the argument, or all derivatives vanish', () => {
    const x = f64([1.5, 2.5]);
    expectClose(grad(() => f64(3))(x), [0, 0]);
    expectClose(grad((v) => v.floor().sum())(x), [0, 0]);
    expectClose(grad((v) => v.sub(v.detach()).sum())(x), [1, 1]);
  });
});

describe('arguments', () => {
  const model = () => ({
    layers: [
      {
        w: f64([
          [1, 2],
          [3, 4],
        ]),
        b: f64([0.1, 0.2]),
      },
      { w: f64([[0.5], [-1]]), b: f64([0]) },
    ],
    scale: f64(2),
    name: 'model',
  });
  type Model = ReturnType<typeof model>;
  const x = f64([
    [1, -1],
    [0.5, 2],
  ]);
  const run = ({ layers: [first, second], scale }: Model) =>
    x.matmul(first.w).add(first.b).tanh().matmul(second.w).add(second.b).mul(scale).sum();

  test('may be nested objects and arrays; the gradient has their structure', () => {
    const params = model();
    const g = grad(run)(params);
    expect(Object.keys(g)).toEqual(['layers', 'scale', 'name']);
    expect(g.name).toBe('model');
    expectClose(g.layers[1].b, [4]);
    const {
      layers: [first, second],
    } = params;
    const a = x.matmul(first.w).add(first.b).tanh();
    expectClose(g.scale, a.matmul(second.w).add(second.b).sum());
    expectClose(g.layers[1].w, a.sum(0).mul(2).reshape([2, 1]));
    const delta = second.w.transpose().mul(2).mul(a.square().neg().add(1));
    expectClose(g.layers[0].w, x.transpose().matmul(delta));
    expectClose(g.layers[0].b, delta.sum(0));
  });

  test('stay as they are: neither the tree nor its tensors are changed', () => {
    const params = model();
    const copy = { ...params, layers: [...params.layers] };
    grad(run)(params);
    expect(params).toEqual(copy);
    expect(params.scale.requiresGrad).toBe(false);
  });

  test('may hold variables in the place of tensors', () => {
    const v: Variable<[2]> = variable(f64([1, 2]));
    const loss = ({ w }: { w: Tensor<[2]> }) => w.square().sum();
    expectClose(grad(loss)({ w: v }).w, [2, 4]);
    expectClose(grad((w: Tensor<[2]>) => w.square().sum())(v), [2, 4]);
    expect(v.grad).toBeNull();
  });

  test('that appear twice in the tree have a gradient at each place', () => {
    const shared = f64(3);
    const g = grad(({ a, b }: { a: Tensor<[]>; b: Tensor<[]> }) => a.square().mul(b))({
      a: shared,
      b: shared,
    });
    expectClose(g.a, 18);
    expectClose(g.b, 9);
  });

  test('after the first are constants, unless argnums names them', () => {
    const f = (a: Tensor, b: Tensor, c: Tensor) => a.mul(b.square()).mul(c.pow(3)).sum();
    const args = [f64(2), f64(3), f64(0.5)] as [Tensor, Tensor, Tensor];
    expectClose(grad(f)(...args), 9 / 8);
    expectClose(grad(f, { argnums: 1 })(...args), 1.5);
    const [gc, ga] = grad(f, { argnums: [2, 0] })(...args);
    expectClose(gc, 13.5);
    expectClose(ga, 9 / 8);
    const [value, gb] = valueAndGrad(f, { argnums: 1 })(...args);
    expectClose(value, 2.25);
    expectClose(gb, 1.5);
  });

  test('after the first may be anything', () => {
    const f = (w: Tensor, power: number, options: { twice: boolean }) =>
      w
        .pow(power)
        .mul(options.twice ? 2 : 1)
        .sum();
    expectClose(grad(f)(f64([1, 2]), 3, { twice: true }), [6, 24]);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'a position too large',
      () => grad((x: Tensor) => x, { argnums: 1 })(f64(1) as Tensor),
      /0 … 0, got 1/,
    ],
    [
      'a negative position',
      () => grad((x: Tensor) => x, { argnums: -1 })(f64(1) as Tensor),
      /got -1/,
    ],
    [
      'a tree without tensors',
      () => grad((p: { a: string }) => f64(p.a.length))({ a: 'x' }),
      /got object without/,
    ],
    ['a string', () => grad(() => f64(1))('x' as never), /got string without/],
    ['nothing', () => (grad(() => f64(1)) as unknown as () => unknown)(), /0 … -1, got 0/],
  ])('are refused: %s', (_, run, message) => {
    expectError(run, ArgumentError, /^grad: /, message);
  });

  test('of integers and booleans are refused, with the place where they hang', () => {
    const ints = tensor([1, 2], { dtype: 'int32' });
    expectError(() => grad((x) => x.sum())(ints), DTypeError, /got int32/);
    const p = { a: f64(1), deep: [{ mask: tensor(true) }] };
    expectError(() => grad(({ a }: typeof p) => a)(p), DTypeError, /got bool at \.deep\[0\]\.mask/);
  });
});

describe('the result', () => {
  test('must be a single number', () => {
    expectError(() => grad((x) => x.mul(2))(f64([1, 2])), ShapeError, /^grad: .*got shape \[2\]/);
    expectError(() => valueAndGrad((x) => x)(f64([])), ShapeError, /^valueAndGrad: .*\[0\]/);
    expectClose(grad((x) => x.square().reshape([1, 1]))(f64(3)), 6);
  });

  test('must be a tensor', () => {
    expectError(() => grad((x) => x.item() as never)(f64(1)), ArgumentError, /got number/);
    expectError(() => grad(() => undefined as never)(f64(1)), ArgumentError, /got undefined/);
    expectError(() => grad((x) => [x] as never)(f64(1)), ArgumentError, /got an array/);
  });

  test('may be a variable', () => {
    const v = variable(f64(3));
    expectClose(grad(() => v as never)(f64(1)), 0);
  });

  test('is not tracked, and neither is the value', () => {
    const [value, g] = valueAndGrad((x) => x.square().sum())(f64([1, 2]));
    for (const t of [value, g]) {
      expect(t.requiresGrad).toBe(false);
      expect(t.origin).toBeNull();
    }
  });
});

describe('what is closed over', () => {
  test('does not collect gradients', () => {
    const w = variable(f64(3));
    const t = leaf(2);
    expectClose(grad((x) => x.mul(w).mul(t))(f64(1)), 6);
    expect(w.grad).toBeNull();
    expect(t.grad).toBeNull();
  });

  test('keeps its path, when the result is used further', () => {
    const w = variable(f64(3));
    const g = grad((x) => x.square().mul(w))(f64(2)); // 2xw
    expect(g.requiresGrad).toBe(true);
    g.square().backward(); // d(4x²w²)/dw = 8x²w
    expectClose(w.grad, 96);
  });

  test('leaves no path to the arguments of a finished transform', () => {
    const x = leaf([1, 2]);
    const y = grad((v) => v.square().sum())(x); // x is on the tape itself
    y.sum().backward();
    expectClose(x.grad, [2, 2]);
  });
});

describe('gradients of gradients', () => {
  const nth = (f: (x: Tensor) => Tensor, order: number): ((x: Tensor) => Tensor) =>
    order === 0 ? f : nth((x) => grad((y) => f(y).sum())(x) as Tensor, order - 1);

  test('of sin go round', () => {
    const x = f64([0.3, -1.2]);
    const wanted = [x.sin(), x.cos(), x.sin().neg(), x.cos().neg(), x.sin()];
    wanted.forEach((w, order) => {
      expectClose(nth((v) => v.sin(), order)(x), w);
    });
  });

  test('of a power fall to 0', () => {
    const values = [0, 1, 2, 3, 4].map((order) => nth((x) => x.pow(3), order)(f64(2)).item());
    expect(values).toEqual([8, 12, 12, 6, 0]);
  });

  test('of gelu agree with its closed form to the 4th order', () => {
    // φ: the density of the normal distribution; gelu = xΦ, gelu′ = Φ + xφ, gelu″ = (2 − x²)φ, …
    const x = f64([-1.7, -0.4, 0, 0.9, 2.1]);
    const density = x
      .square()
      .mul(-0.5)
      .exp()
      .div(Math.sqrt(2 * Math.PI));
    const third = x.pow(3).sub(x.mul(4)).mul(density);
    const fourth = x.pow(4).neg().add(x.square().mul(7)).sub(4).mul(density);
    expectClose(nth((v) => v.gelu(), 2)(x), x.square().neg().add(2).mul(density), 1e-11);
    expectClose(nth((v) => v.gelu(), 3)(x), third, 1e-11);
    expectClose(nth((v) => v.gelu(), 4)(x), fourth, 1e-11);
  });

  test('of products of matrices agree with products of polynomials', () => {
    // f(t) = sum((A + tB)(C + tD)(E + tF)): the third derivative is 6·sum(BDF), the fourth 0.
    const [a, b, c, d, e, g] = [0, 1, 2, 3, 4, 5].map((phase) => wave([3, 3], phase));
    const f = (t: Tensor) =>
      a
        .add(b.mul(t))
        .matmul(c.add(d.mul(t)))
        .matmul(e.add(g.mul(t)))
        .sum();
    const t = f64(0.7);
    expectClose(nth(f, 3)(t), b.matmul(d).matmul(g).sum().mul(6));
    expect(Math.abs(nth(f, 4)(t).item())).toBeLessThan(1e-11);
  });

  test('of softmax agree with differences to the 3rd order', () => {
    const f = (x: Tensor) =>
      x
        .softmax()
        .mul(wave([4], 3))
        .sum();
    const x = wave([4]);
    const direction = wave([4], 1);
    const along = (order: number, s: number) => {
      const line = (t: Tensor) => f(x.add(direction.mul(t)));
      return nth(line, order)(f64(s)).item();
    };
    const h = 1e-5;
    for (const order of [1, 2, 3, 4]) {
      const difference = (along(order - 1, h) - along(order - 1, -h)) / (2 * h);
      expect(Math.abs(along(order, 0) - difference)).toBeLessThan(1e-8);
    }
  });

  test('pass through reductions that choose: max, sort, topK, where', () => {
    const x = f64([1, 3, 2]);
    const second = (f: (x: Tensor) => Tensor) => nth((v) => f(v).square().sum(), 2)(x);
    expectClose(
      second((v) => v.max()),
      [0, 2, 0],
    );
    expectClose(
      second((v) => v.min()),
      [2, 0, 0],
    );
    expectClose(
      second((v) => v.sort().values.slice([0, 2])),
      [2, 0, 2],
    );
    expectClose(
      second((v) => v.topK(2).values),
      [0, 2, 2],
    );
    expectClose(
      second((v) => where(v.greater(1.5), v, v.mul(3))),
      [18, 2, 2],
    );
    expectClose(nth((v) => v.max(), 2)(x), [0, 0, 0]);
  });
});
