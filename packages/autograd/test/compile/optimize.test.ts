// Comparisons that are converted: one kernel, and the same numbers.
import { compile, type Tensor, tensor } from '@retrograd/autograd';
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
