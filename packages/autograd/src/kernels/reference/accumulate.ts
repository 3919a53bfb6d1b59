// Adding from one layout to another: what overlapping windows are put together with.

import type { TypedArray } from '../../tensor/dtype.js';
import type { Shape } from '../../tensor/shape.js';
import type { Layout } from '../kernels.js';
import { move } from './copy.js';

/** In the order of `shape`, so that sums of the same terms have the same bits. */
export function accumulate(
  x: TypedArray,
  from: Layout,
  out: TypedArray,
  to: Layout,
  shape: Shape,
): void {
  move(x, from, out, to, shape, true);
}
