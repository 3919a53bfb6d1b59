// Reductions over any set of axes, as reductions over one run of axes after the other.

import type { Kernels, KernelView, Reduction } from '../kernels/kernels.js';
import { sizeOf } from '../tensor/shape.js';

/** Splits sorted axes into runs of neighbours: [0, 2, 3] → [0, 0], [2, 3] (first and last). */
function runsOf(axes: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const axis of axes) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === axis - 1) last[1] = axis;
    else runs.push([axis, axis]);
  }
  return runs;
}

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
  const shape = [...x.shape];
  const runs = runsOf(axes).reverse();
  if (runs.length === 0) {
    kernels.reduce(kind, x.data, y.data, sizeOf(shape), 1, 1);
    return;
  }
  let data = x.data;
  runs.forEach(([first, last], i) => {
    const outer = sizeOf(shape.slice(0, first));
    const count = sizeOf(shape.slice(first, last + 1));
    const inner = sizeOf(shape.slice(last + 1));
    const out = i === runs.length - 1 ? y.data : kernels.allocate(x.dtype, outer * inner);
    kernels.reduce(kind, data, out, outer, count, inner);
    shape.splice(first, last - first + 1);
    data = out;
  });
}
