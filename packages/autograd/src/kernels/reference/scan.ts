// What runs along an axis and keeps its length: running sums, softmax, sorting.

import type { TypedArray } from '../../tensor/dtype.js';
import { largest } from './reduce.js';

export function cumulativeSum(
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
  reverse: boolean,
): void {
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < inner; j++) {
      const start = i * count * inner + j;
      let sum = 0;
      for (let k = 0; k < count; k++) {
        const at = start + (reverse ? count - 1 - k : k) * inner;
        sum += x[at];
        out[at] = sum;
      }
    }
  }
}

export function softmax(
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
  logarithm: boolean,
): void {
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < inner; j++) {
      const start = i * count * inner + j;
      // Shares of Σ exp(x − m): m + ln Σ would lose the digits of ln Σ beside a large m.
      const m = largest(x, start, inner, count);
      let sum = 0;
      for (let k = 0; k < count; k++) sum += Math.exp(x[start + k * inner] - m);
      const logSum = Math.log(sum);
      // Nothing but −∞ (a fully masked row): no class has any probability.
      const masked = m === -Infinity;
      for (let k = 0; k < count; k++) {
        const at = start + k * inner;
        const distance = x[at] - m;
        if (masked) out[at] = logarithm ? m : 0;
        else out[at] = logarithm ? distance - logSum : Math.exp(distance) / sum;
      }
    }
  }
}

export function argSort(
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
  descending: boolean,
): void {
  const sign = descending ? -1 : 1;
  const order = new Array<number>(count);
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < inner; j++) {
      const start = i * count * inner + j;
      for (let k = 0; k < count; k++) order[k] = k;
      order.sort((p, q) => {
        const a = x[start + p * inner];
        const b = x[start + q * inner];
        const aLast = Number.isNaN(a);
        const bLast = Number.isNaN(b);
        if (aLast || bLast) return Number(aLast) - Number(bLast) || p - q;
        return a === b ? p - q : sign * (a < b ? -1 : 1);
      });
      for (let k = 0; k < count; k++) out[start + k * inner] = order[k];
    }
  }
}
