// Products along axes, as a tree of multiplications: derivatives are right at zeros, in every order.

import { type Shape, sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { add, mul } from './arithmetic.js';
import { reshapeOp, sumOp } from './broadcast.js';
import { concatOp } from './join.js';
import { permuted } from './permute.js';
import { partOf } from './slice.js';

function part(x: Tensor, start: number, size: number): Tensor {
  return partOf(x, [0, start], [x.shape[0], size]);
}

/**
 * The product over `axes`, in `shape`. The rule y/x · g for a product fails at x = 0; halves multiplied with each other
 * (x₀…x₃ = (x₀x₂)(x₁x₃)) need no division, and log₂ n of them are enough.
 */
export function productAlong(x: Tensor, axes: readonly number[], shape: Shape): Tensor {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const rows = sizeOf(kept.map((axis) => x.shape[axis]));
  const count = sizeOf(axes.map((axis) => x.shape[axis]));
  // An empty product is 1: the empty sum plus 1, which keeps its place on the tape.
  if (count === 0) return reshapeOp(add(sumOp(x, { axes, keepDims: false }), 1), { shape });
  let factors = reshapeOp(permuted(x, [...kept, ...axes]), { shape: [rows, count] });
  for (let n = count; n > 1; n >>= 1) {
    const half = n >> 1;
    const pairs = mul(part(factors, 0, half), part(factors, half, half));
    factors = n % 2 === 0 ? pairs : withLast(pairs, part(factors, n - 1, 1));
  }
  return reshapeOp(factors, { shape });
}

/** Multiplies a lone last factor into the first pair, so that the count halves every time. */
function withLast(pairs: Tensor, last: Tensor): Tensor {
  const others = pairs.shape[1] - 1;
  if (others === 0) return mul(pairs, last);
  const attrs = { axis: 1, sizes: [1, others] };
  return concatOp(mul(part(pairs, 0, 1), last), part(pairs, 1, others), attrs);
}
