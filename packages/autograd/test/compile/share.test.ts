// Tests of functions that several kernels need: computed once, with the same bits as eagerly.
import {
  compile,
  defineElementwise,
  gelu,
  rng,
  silu,
  type Tensor,
  valueAndGrad,
  vjp,
} from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';

const x = rng(1).normal([50, 40]);
const row = rng(2).normal([40]);
const g = rng(3).normal([50, 40]);

/** How often a function is written in the kernels of a program that gives the same bits as `fn`. */
function occurrences(fn: (...inputs: Tensor[]) => Tensor[], name: string): number {
  const program = compile(fn);
  const [own, eager] = [program, fn].map((run) => run(x, row, g).map((y) => y.data()));
  expect(own).toEqual(eager);
  const kernels = program.explain().kernels.map(({ kernel }) => kernel);
  return kernels.reduce((sum, kernel) => sum + kernel.split(`${name}(`).length - 1, 0);
}

const pullback =
  (f: (x: Tensor) => Tensor) =>
  (a: Tensor, b: Tensor, seed: Tensor): Tensor[] => {
    const [y, back] = vjp((input: Tensor) => f(input.add(b)), a);
    return [y, ...back(seed)];
  };

describe('a function that several kernels need', () => {
  it.each([
    ['gelu', gelu, 'erf'],
    ['silu', silu, 'sigmoid'],
  ] as const)('is computed once in %s and its derivative', (_, f, name) => {
    expect(occurrences(pullback(f), name)).toBe(1);
  });

  it('is read from where another kernel has left it', () => {
    const larger = defineElementwise('larger', (a) => a.mul(0.5).exp().add(a));
    const half = (a: Tensor): Tensor[] => [a.mul(0.5).exp(), larger(a)];
    expect(occurrences(half, 'exp')).toBe(1);
  });

  it('may hold a smaller one that yet another kernel needs', () => {
    const outer = defineElementwise('outer', (a) => a.exp().tanh().add(a));
    const again = defineElementwise('again', (a) => a.exp().tanh().mul(a));
    const inner = defineElementwise('inner', (a) => a.exp().sub(a));
    const all = (a: Tensor): Tensor[] => [outer(a), again(a), inner(a)];
    expect(occurrences(all, 'tanh')).toBe(1);
    expect(occurrences(all, 'exp')).toBe(1);
  });

  it('is as large as what it is computed of', () => {
    const scaled = defineElementwise('scaled', (a, b) => a.mul(b.exp()));
    const shifted = defineElementwise('shifted', (a, b) => a.add(b.exp()));
    const wide = (a: Tensor, _: Tensor, b: Tensor): Tensor[] => {
      const [few, long] = [a.reshape([-1, 1]).slice([0, 5]), b.reshape([-1])];
      return [scaled(few, long), shifted(few, long)];
    };
    expect(occurrences(wide, 'exp')).toBe(1);
  });

  it('is computed again where that takes less time than another kernel', () => {
    const few = (a: Tensor): Tensor => silu(a.slice(0, [0, 8])).sum();
    const step = compile((a: Tensor) => valueAndGrad(few)(a));
    step(x);
    const kernels = step.explain().kernels.map(({ kernel }) => kernel);
    expect(kernels.filter((kernel) => kernel.includes('sigmoid')).length).toBe(2);
  });
});
