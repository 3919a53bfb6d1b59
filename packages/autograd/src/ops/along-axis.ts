// The kernels that go along one axis: everything before it is one outer axis to them, everything behind it an inner one.

import type { Kernels, KernelView } from '../kernels/kernels.js';
import { aroundAxis } from '../tensor/shape.js';

export interface AxisAttrs {
  readonly axis: number;
}

type Lower<A> = (
  inputs: readonly KernelView[],
  outputs: readonly KernelView[],
  attrs: A,
  kernels: Kernels,
) => void;

/** Computes y from x, along an axis, by the kernel that is called with `flag`. */
export const scanning =
  <A extends AxisAttrs>(
    kernel: 'cumulativeSum' | 'softmax' | 'argSort',
    flag: (attrs: A) => boolean,
  ): Lower<A> =>
  ([x], [y], attrs, kernels) => {
    const { outer, size, inner } = aroundAxis(x.shape, attrs.axis);
    kernels[kernel](x.data, y.data, outer, size, inner, flag(attrs));
  };
