// Tests of gradients that can't arrive: what cut the path is named, and nothing else is blamed.
import { describe, expect, test } from 'vitest';
import { grad, NoPathError, noGrad, type Tensor, variable } from '../../src/index.js';
import { expectClose, expectError, f64, leaf } from '../support.js';

describe('a path that is cut', () => {
  const x = f64([1, 2]);
  test.each<[string, (x: Tensor) => Tensor, RegExp]>([
    ['detach', (v) => v.detach().sum(), /argument 0, .*cut by detach/],
    ['noGrad', (v) => noGrad(() => v.mul(2)).sum(), /cut by noGrad/],
    ['argmax', (v) => v.argmax().cast('float64'), /cut by argmax/],
    ['a comparison', (v) => v.greater(1).cast('float64').sum(), /cut by greater/],
    [
      'detach, then something recorded',
      (v) =>
        v
          .detach()
          .mul(variable(f64(1)))
          .sum(),
      /detach/,
    ],
    [
      'two cuts, of which the last is named',
      (v) => v.detach().mul(leaf(1)).argmax().cast('float64'),
      /argmax|detach/,
    ],
    [
      'detach, before another gradient',
      (v) => grad((u) => u.square().sum())(v.detach()).sum(),
      /detach/,
    ],
    [
      'noGrad around another gradient',
      (v) => noGrad(() => grad((u) => u.square().sum())(v)).sum(),
      /noGrad/,
    ],
    [
      'detach, behind another gradient',
      (v) =>
        grad((u) => u.square().sum())(v)
          .detach()
          .sum(),
      /detach/,
    ],
  ])('is refused, and named: %s', (_, f, message) => {
    expectError(() => grad(f)(x), NoPathError, /^grad: /, message);
  });

  test('names the argument and where in it', () => {
    const p = { a: f64(1), layers: [{ w: f64([1, 2]) }] };
    expectError(
      () => grad((q: typeof p) => q.a.mul(q.layers[0].w.detach().sum()))(p),
      NoPathError,
      /argument 0, \.layers\[0\]\.w, got a path that is cut by detach/,
    );
    const two = grad((a: Tensor, b: Tensor) => a.mul(b.detach()), { argnums: [0, 1] });
    expectError(() => two(f64(1) as Tensor, f64(2) as Tensor), NoPathError, /argument 1,/);
  });

  test('does not matter beside one that isn’t', () => {
    expectClose(grad((v) => v.mul(v.detach()).sum())(x), [1, 2]);
  });

  test('does not matter if the result doesn’t depend on it', () => {
    const logged: number[] = [];
    const g = grad((v) => {
      logged.push(v.argmax().item(), v.detach().sum().item());
      return f64(3);
    })(x);
    expectClose(g, [0, 0]);
    expect(logged).toEqual([1, 3]);
  });

  test('does not matter once the transform is over', () => {
    const y = grad((v) => v.square().sum())(x);
    expectError(() => y.sum().backward(), NoPathError, /got a constant\./);
  });
});
