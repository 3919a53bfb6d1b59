// Programs: where blocks lie in the arena.
import { compile, rng, type Tensor } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';

const [x, w] = [1, 2].map((seed) => rng(seed).normal([24, 24]));

/** The bytes of the arena of a program of x and w, which gives what it gives eagerly. */
function arenaOf(fn: (x: Tensor, w: Tensor) => Tensor): number {
  const program = compile(fn);
  expect(program(x, w).data()).toEqual(fn(x, w).data());
  return program.explain().arenaBytes;
}

describe('what a formula makes of a block', () => {
  const plain = arenaOf((a, b) => a.matmul(b).matmul(b));

  it('is written over it where nobody reads that later', () => {
    expect(arenaOf((a, b) => a.matmul(b).sin().matmul(b))).toBe(plain);
    expect(arenaOf((a, b) => a.matmul(b).add(b.sum(0)).matmul(b))).toBeLessThan(plain + 24 * 24);
  });

  it('is written beside it where somebody does', () => {
    const later = (a: Tensor, b: Tensor) => {
      const product = a.matmul(b);
      return product.sin().matmul(b).add(product.matmul(b));
    };
    expect(arenaOf(later)).toBeGreaterThan(plain);
  });

  it('may be written over an argument, which is copied in anew each time', () => {
    const program = compile((a: Tensor, b: Tensor) => a.sin().matmul(b));
    const first = program(x, w);
    expect(program(x, w).data()).toEqual(first.data());
    expect(first.data()).toEqual(x.sin().matmul(w).data());
  });
});
