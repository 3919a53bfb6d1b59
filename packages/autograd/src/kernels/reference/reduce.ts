// Sums, products, extremes along an axis. Sums and products are pairwise, in double precision.

import type { TypedArray } from '../../tensor/dtype.js';
import type { Reduction } from '../kernels.js';

/** Shorter runs are added one by one; longer ones are halved, so that rounding errors grow with log n. */
const PAIRWISE_BLOCK = 32;

/** x[start] + x[start + stride] + … (n terms), halving. Depth is log₂ n. */
function pairwiseSum(x: TypedArray, start: number, stride: number, n: number): number {
  if (n <= PAIRWISE_BLOCK) {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += x[start + k * stride];
    return sum;
  }
  const half = n >> 1;
  return (
    pairwiseSum(x, start, stride, half) + pairwiseSum(x, start + half * stride, stride, n - half)
  );
}

function product(x: TypedArray, start: number, stride: number, n: number): number {
  const integers = x instanceof Int32Array;
  let result = 1;
  for (let k = 0; k < n; k++) {
    const value = x[start + k * stride];
    result = integers ? Math.imul(result, value) : result * value;
  }
  return result;
}

/** The largest element: NaN if there is one, −∞ of an empty run. */
export function largest(x: TypedArray, start: number, stride: number, n: number): number {
  let result = -Infinity;
  for (let k = 0; k < n; k++) result = Math.max(result, x[start + k * stride]);
  return result;
}

function smallest(x: TypedArray, start: number, stride: number, n: number): number {
  let result = Infinity;
  for (let k = 0; k < n; k++) result = Math.min(result, x[start + k * stride]);
  return result;
}

/** m + ln Σ exp(x − m), m the largest: −∞ for an empty run and for one of nothing but −∞. */
function logSumExp(x: TypedArray, start: number, stride: number, n: number): number {
  const m = largest(x, start, stride, n);
  if (!Number.isFinite(m)) return m;
  let sum = 0;
  for (let k = 0; k < n; k++) sum += Math.exp(x[start + k * stride] - m);
  return m + Math.log(sum);
}

const REDUCTIONS: Readonly<
  Record<Reduction, (x: TypedArray, start: number, stride: number, n: number) => number>
> = { sum: pairwiseSum, prod: product, max: largest, min: smallest, logsumexp: logSumExp };

export function reduce(
  kind: Reduction,
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
): void {
  const reduction = REDUCTIONS[kind];
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < inner; j++) {
      out[i * inner + j] = reduction(x, i * count * inner + j, inner, count);
    }
  }
}

export function argReduce(
  kind: 'max' | 'min',
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
): void {
  const sign = kind === 'max' ? 1 : -1;
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < inner; j++) {
      const start = i * count * inner + j;
      let best = 0;
      for (let k = 1; k < count; k++) {
        const held = x[start + best * inner];
        const value = x[start + k * inner];
        if (Number.isNaN(held)) break;
        if (Number.isNaN(value) || sign * value > sign * held) best = k;
      }
      out[i * inner + j] = best;
    }
  }
}
