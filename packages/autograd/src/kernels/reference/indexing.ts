// Reading and adding at integer indices. Indices have been checked and are not negative.

import type { TypedArray } from '../../tensor/dtype.js';

export function gather(
  x: TypedArray,
  indices: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
): void {
  const picked = indices.length;
  for (let i = 0; i < outer; i++) {
    for (let p = 0; p < picked; p++) {
      const read = (i * count + indices[p]) * inner;
      const write = (i * picked + p) * inner;
      for (let j = 0; j < inner; j++) out[write + j] = x[read + j];
    }
  }
}

export function scatterAdd(
  x: TypedArray,
  indices: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
): void {
  const picked = indices.length;
  for (let i = 0; i < outer; i++) {
    for (let p = 0; p < picked; p++) {
      const read = (i * picked + p) * inner;
      const write = (i * count + indices[p]) * inner;
      for (let j = 0; j < inner; j++) out[write + j] += x[read + j];
    }
  }
}

/** Visits the elements (i, p, j) of an index block: its own place, and the place it points to. */
function eachAlong(
  indices: TypedArray,
  outer: number,
  count: number,
  inner: number,
  visit: (own: number, pointed: number) => void,
): void {
  const picked = outer * inner === 0 ? 0 : indices.length / (outer * inner);
  for (let i = 0; i < outer; i++) {
    for (let p = 0; p < picked; p++) {
      for (let j = 0; j < inner; j++) {
        const own = (i * picked + p) * inner + j;
        visit(own, (i * count + indices[own]) * inner + j);
      }
    }
  }
}

export function takeAlong(
  x: TypedArray,
  indices: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
): void {
  eachAlong(indices, outer, count, inner, (own, pointed) => {
    out[own] = x[pointed];
  });
}

export function scatterAddAlong(
  x: TypedArray,
  indices: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
): void {
  eachAlong(indices, outer, count, inner, (own, pointed) => {
    out[pointed] += x[own];
  });
}
