// scalar/kernel: from a formula to the functions that compute it in plain JavaScript; the reference of every faster kernel.

import { type DType, RANK, type TypedArray } from '../tensor/dtype.js';
import { closureKernel } from './closure.js';
import type { Expr } from './expr.js';
import { generateKernel } from './generate.js';

/**
 * out[o + k] = f(a₀[i₀ + k·s₀], a₁[i₁ + k·s₁], …) for k = 0 … n − 1: after `n` come an array, a start and a stride for
 * each argument. A stride of 0 repeats one value.
 */
export type Loop = (
  out: TypedArray,
  o: number,
  n: number,
  ...operands: (ArrayLike<number> | number)[]
) => void;

export interface ScalarKernel {
  /** f of numbers; they are first made numbers of the kernel's dtype. */
  readonly scalar: (...args: number[]) => number;
  readonly loop: Loop;
}

let generates: boolean | null = null;

/** Whether code may be generated here: a content security policy can forbid it. Tried once. */
function canGenerate(): boolean {
  if (generates === null) {
    try {
      generates = new Function('return true')() === true;
    } catch {
      generates = false;
    }
  }
  return generates;
}

/**
 * The kernel of `f` with arguments 0 … arity − 1, computed in `dtype`: float32 rounds after every op, int32 wraps, bool
 * gives 0 and 1. Kept on the node: asking again costs a look-up.
 *
 * Throws an `ArgumentError` if `f` uses an argument beyond `arity`, a `DTypeError` for ops and constants that `dtype`
 * hasn't (`exp` on int32, `add` on bool).
 */
export function kernelOf(f: Expr, arity: number, dtype: DType): ScalarKernel {
  const key = arity * 4 + RANK[dtype];
  f.kernels ??= [];
  let kernel = f.kernels[key] as ScalarKernel | undefined;
  if (kernel === undefined) {
    kernel = canGenerate() ? generateKernel(f, arity, dtype) : closureKernel(f, arity, dtype);
    f.kernels[key] = kernel;
  }
  return kernel;
}
