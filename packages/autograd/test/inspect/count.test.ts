// Tests of the counter of floating-point operations.
import {
  AsyncScopeError,
  compile,
  countFlops,
  ones,
  type Tensor,
  tensor,
  variable,
} from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';

describe('countFlops', () => {
  it('counts a product and a sum for each multiply-add of a matrix product', () => {
    const { result, flops } = countFlops(() =>
      ones([2, 3])
        .matmul(ones([3, 5]))
        .tanh(),
    );
    expect(flops).toBe(2 * 2 * 3 * 5);
    expect(result.shape).toEqual([2, 5]);
    expect(countFlops(() => ones([4, 2, 3]).matmul(ones([4, 3, 5]))).flops).toBe(4 * 60);
  });

  it('counts the two products of the gradient too', () => {
    const [a, b] = [variable(ones([2, 3])), variable(ones([3, 5]))];
    expect(countFlops(() => a.matmul(b).sum().backward()).flops).toBe(3 * 60);
  });

  it('counts what is counted within, and nothing afterwards', () => {
    const inner = () => ones([2, 2]).matmul(ones([2, 2]));
    const outer = countFlops(() => {
      inner();
      return countFlops(inner).flops;
    });
    expect([outer.result, outer.flops]).toEqual([16, 32]);
    inner();
    expect(countFlops(() => tensor(1).add(1)).flops).toBe(0);
  });

  it('is taken away again when the function throws', () => {
    const failing = () =>
      countFlops(() => {
        ones([2, 3]).matmul(ones([2, 3]) as Tensor);
      });
    expect(countFlops(() => expect(failing).toThrow('matmul')).flops).toBe(0);
    expect(countFlops(() => ones([1, 1]).matmul(ones([1, 1]))).flops).toBe(2);
  });

  it('does not see into programs, and refuses promises', () => {
    const cell = variable(ones([2, 2]));
    const program = compile(() => cell.matmul(ones([2, 2])));
    expect(countFlops(() => program()).flops).toBe(0);
    expect(() => countFlops(async () => 1)).toThrow(AsyncScopeError);
  });
});
