// Counting the work of matrix products while a function runs.

import { running } from '../kernels/active.js';
import { refusePromise } from '../tape/state.js';

/** What a function returned, and what it took. */
export interface Counted<R> {
  readonly result: R;
  /** Floating-point operations of all matrix products: 2 m n k for each, a product and a sum a multiply-add. */
  readonly flops: number;
}

/**
 * Runs `fn` and counts the floating-point operations of its matrix products, those of convolutions included, forward and
 * backward. Everything else costs little beside them and is not counted; nor is what compiled programs do.
 * @throws AsyncScopeError if `fn` returns a promise.
 */
export function countFlops<R>(fn: () => R): Counted<R> {
  const outer = running.kernels;
  let flops = 0;
  running.kernels = {
    ...outer,
    matmul: (problem) => {
      flops += 2 * problem.m * problem.n * problem.k * problem.batch.length;
      outer.matmul(problem);
    },
  };
  try {
    const result = fn();
    refusePromise('countFlops', result);
    return { result, flops };
  } finally {
    running.kernels = outer;
  }
}
