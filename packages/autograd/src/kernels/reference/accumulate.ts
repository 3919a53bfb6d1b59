// Adding from one layout to another: what overlapping windows are put together with.

import type { TypedArray } from '../../tensor/dtype.js';
import { type Shape, sizeOf } from '../../tensor/shape.js';
import type { Layout } from '../kernels.js';

/** In the order of `shape`, so that sums of the same terms have the same bits. */
export function accumulate(
  x: TypedArray,
  from: Layout,
  out: TypedArray,
  to: Layout,
  shape: Shape,
): void {
  const size = sizeOf(shape);
  if (size === 0) return;
  const rank = shape.length;
  if (rank === 0) {
    out[to.offset] += x[from.offset];
    return;
  }
  const last = rank - 1;
  const inner = shape[last];
  const step = from.strides[last];
  const outStep = to.strides[last];
  const counter = new Array<number>(rank).fill(0);
  let read = from.offset;
  let write = to.offset;
  for (let done = 0; done < size; done += inner) {
    for (let k = 0; k < inner; k++) out[write + k * outStep] += x[read + k * step];
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
