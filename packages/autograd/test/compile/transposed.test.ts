// Products of transposed operands read them as they lie.
import { compile, matmul, rng, type Tensor } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';

const normal = (...shape: number[]): Tensor => rng(1).normal(shape);

type Step = (a: Tensor, b: Tensor) => Tensor;

const last = (x: Tensor): Tensor =>
  x.permute([...x.shape.keys()].slice(0, -2).concat(x.rank - 1, x.rank - 2));

/** The kernels of the program, when it gives what the function does. */
function kernelsOf(step: Step, a: Tensor, b: Tensor): string[] {
  const program = compile(step);
  expect(program(a, b).data()).toEqual(step(a, b).data());
  return program.explain().kernels.map(({ kernel }) => kernel);
}

describe('a product of a transposed operand', () => {
  it.each<[what: string, step: Step, a: Tensor, b: Tensor]>([
    ['the right one', (a, b) => a.matmul(b.transpose()), normal(5, 7), normal(6, 7)],
    ['the left one', (a, b) => a.transpose().matmul(b), normal(7, 5), normal(7, 6)],
    ['both', (a, b) => a.transpose().matmul(b.transpose()), normal(7, 5), normal(6, 7)],
    ['twice', (a, b) => matmul(a, b.transpose(), { transposeB: true }), normal(5, 7), normal(7, 6)],
    ['in batches', (a, b) => a.matmul(last(b)), normal(2, 3, 5, 7), normal(3, 6, 7)],
  ])('reads it as it lies: %s', (_, step, a, b) => {
    const kernels = kernelsOf(step, a, b);
    expect(kernels.length).toBe(1);
    expect(kernels[0]).toContain('matmul');
  });

  it.each<[what: string, step: Step, a: Tensor, b: Tensor]>([
    ['of other axes', (a, b) => a.matmul(b.permute([1, 2, 0])), normal(5, 7), normal(6, 4, 7)],
    ['of a part', (a, b) => a.matmul(b.slice([0, 6]).transpose()), normal(5, 7), normal(9, 7)],
    [
      'in another shape',
      (a, b) => a.matmul(b.transpose().reshape([6, 7])),
      normal(5, 6),
      normal(6, 7),
    ],
  ])('reads a copy that is not just that: %s', (_, step, a, b) => {
    expect(kernelsOf(step, a, b).some((kernel) => kernel.startsWith('copy'))).toBe(true);
  });

  it('leaves a transposed tensor that others want too', () => {
    const program = compile((a: Tensor, b: Tensor) => [b.transpose(), a.matmul(b.transpose())]);
    const [a, b] = [normal(5, 7), normal(6, 7)];
    const [turned, product] = program(a, b);
    expect(turned.data()).toEqual(b.transpose().data());
    expect(product.data()).toEqual(a.matmul(b.transpose()).data());
  });
});
