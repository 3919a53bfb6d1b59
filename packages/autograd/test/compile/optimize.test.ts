// What programs are reduced to: comparisons that are converted, and functions within formulas, are one kernel.
import { compile, rng, type Tensor, tensor } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';

const x = tensor([-1, -0, 0, 0.5, Number.NaN, Number.POSITIVE_INFINITY]);

describe('a comparison that becomes numbers', () => {
  it('fuses with what reads it, and nothing runs outside of WebAssembly', () => {
    const masked = (a: Tensor) => a.mul(a.greaterEqual(0.5).cast('float32')).add(1);
    const fn = compile(masked);
    expect(fn(x).toArray()).toEqual(masked(x).toArray());
    expect(fn.explain().kernels.map(({ engine }) => engine)).toEqual(['wasm']);
  });

  it('stays where it is returned, and where another dtype is wanted', () => {
    const both = (a: Tensor) => {
      const less = a.less(0.5);
      return [less, less.cast('float32'), less.cast('float64'), less.cast('int32')];
    };
    const [got, wanted] = [compile(both)(x), both(x)];
    expect(got.map(({ dtype }) => dtype)).toEqual(['bool', 'float32', 'float64', 'int32']);
    expect(got.map((y) => y.toArray())).toEqual(wanted.map((y) => y.toArray()));
  });
});

it('a function within a formula stays there, though it was a kernel of its own before', () => {
  const y = rng(1).normal([30, 40]);
  const product = (a: Tensor) => a.sub(1).mul(a.sin());
  const fn = compile(product);
  expect(fn(y).toArray()).toEqual(product(y).toArray());
  expect(fn.explain().kernels.map(({ kernel }) => kernel)).toEqual([
    '(x - 1) * sin(x) on [30, 40]',
  ]);
});
