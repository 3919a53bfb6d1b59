// Reductions over any set of axes, as reductions over one run of axes after the other.

import type { Kernels, KernelView, Reduction } from '../kernels/kernels.js';
import { sizeBetween, sizeOf } from '../tensor/shape.js';

/**
 * y = the reduction of x over `axes` (sorted). Runs of neighbouring axes are one axis to the kernel; the last run
 * goes first, so that the sizes before it are still those of x.
 */
export function reduceAxes(
  kernels: Kernels,
  kind: Reduction,
  x: KernelView,
  y: KernelView,
  axes: readonly number[],
): void {
  const { shape } = x;
  if (axes.length === 0) {
    kernels.reduce(kind, x.data, y.data, sizeOf(shape), 1, 1);
    return;
  }
  let { data } = x;
  let inner = 1;
  let end = shape.length;
  let left = axes.length;
  while (left > 0) {
    const last = axes[--left];
    let first = last;
    while (left > 0 && axes[left - 1] === first - 1) first = axes[--left];
    const outer = sizeBetween(shape, 0, first);
    const count = sizeBetween(shape, first, last + 1);
    inner *= sizeBetween(shape, last + 1, end);
    const out = left === 0 ? y.data : kernels.allocate(x.dtype, outer * inner);
    kernels.reduce(kind, data, out, outer, count, inner);
    data = out;
    end = first;
  }
}
