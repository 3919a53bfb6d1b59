// Strided copies: what permuting, slicing, flipping, padding, repeating and joining come down to.

import type { TypedArray } from '../../tensor/dtype.js';
import { type Shape, sizeOf } from '../../tensor/shape.js';
import type { Layout } from '../kernels.js';

/** Writes one layout to another, or adds it there. */
export function move(
  x: TypedArray,
  from: Layout,
  out: TypedArray,
  to: Layout,
  shape: Shape,
  adding: boolean,
): void {
  const size = sizeOf(shape);
  if (size === 0) return;
  const rank = shape.length;
  const last = rank - 1;
  const inner = rank === 0 ? 1 : shape[last];
  const step = rank === 0 ? 1 : from.strides[last];
  const outStep = rank === 0 ? 1 : to.strides[last];
  const counter = new Array<number>(rank).fill(0);
  let read = from.offset;
  let write = to.offset;
  for (let done = 0; done < size; done += inner) {
    if (adding) for (let k = 0; k < inner; k++) out[write + k * outStep] += x[read + k * step];
    else for (let k = 0; k < inner; k++) out[write + k * outStep] = x[read + k * step];
    for (let axis = last - 1; axis >= 0; axis--) {
      counter[axis]++;
      read += from.strides[axis];
      write += to.strides[axis];
      if (counter[axis] < shape[axis]) break;
      read -= from.strides[axis] * shape[axis];
      write -= to.strides[axis] * shape[axis];
      counter[axis] = 0;
    }
  }
}

export function copy(x: TypedArray, from: Layout, out: TypedArray, to: Layout, shape: Shape): void {
  move(x, from, out, to, shape, false);
}
