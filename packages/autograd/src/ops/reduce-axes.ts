// Reductions over any set of axes, as reductions over one run of axes after the other.

import type { Kernels, KernelView, Reduction } from '../kernels/kernels.js';
import type { Meta } from '../tape/node.js';
import { reducedShape, sizeBetween, sizeOf } from '../tensor/shape.js';

export interface ReduceAttrs {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** The forward half of a reduction's definition. */
export const reducing = (kind: Reduction) => ({
  output: ([x]: readonly Meta[], { axes, keepDims }: ReduceAttrs): Meta => ({
    shape: reducedShape(x.shape, axes, keepDims),
    dtype: x.dtype,
  }),
  lower: (
    [x]: readonly KernelView[],
    [y]: readonly KernelView[],
    { axes }: ReduceAttrs,
    kernels: Kernels,
  ): void => reduceAxes(kernels, kind, x, y, axes),
});

/**
 * y = the reduction of x over `axes` (sorted). Runs of neighbouring axes are one axis to the kernel; the last run
 * goes first, so that the sizes before it are still those of x.
 */
function reduceAxes(
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
