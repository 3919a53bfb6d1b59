// One scalar formula over broadcast arrays.

import { type Expr, kernelOf, type Loop } from '../../scalar/index.js';
import type { DType, TypedArray } from '../../tensor/dtype.js';
import { broadcastStrides, type Shape, sameShape } from '../../tensor/shape.js';
import { asArray, elementsOf } from '../../tensor/storage.js';
import { collapse } from '../broadcast-loops.js';
import type { Elements } from '../kernels.js';

function run(
  loop: Loop,
  out: TypedArray,
  at: number,
  n: number,
  arrays: readonly TypedArray[],
  starts: readonly number[],
  strides: readonly number[],
): void {
  switch (arrays.length) {
    case 1:
      loop(out, at, n, arrays[0], starts[0], strides[0]);
      return;
    case 2:
      loop(out, at, n, arrays[0], starts[0], strides[0], arrays[1], starts[1], strides[1]);
      return;
    default: {
      const operands: (TypedArray | number)[] = [];
      for (let i = 0; i < arrays.length; i++) operands.push(arrays[i], starts[i], strides[i]);
      loop(out, at, n, ...operands);
    }
  }
}

export function elementwise(
  f: Expr,
  inputs: readonly Elements[],
  out: TypedArray,
  shape: Shape,
  dtype: DType,
): void {
  if (out.length === 0) return;
  const { loop } = kernelOf(f, inputs.length, dtype);
  const arrays = inputs.map(({ storage }) => asArray(elementsOf('elementwise', storage), dtype));
  const starts = new Array<number>(inputs.length).fill(0);
  const flat = inputs.every((x, i) => arrays[i].length === 1 || sameShape(x.shape, shape));
  if (flat) {
    const strides = arrays.map(({ length }) => (length === 1 ? 0 : 1));
    run(loop, out, 0, out.length, arrays, starts, strides);
    return;
  }

  const [sizes, steps] = collapse(
    shape,
    inputs.map((x) => broadcastStrides(x.shape, shape)),
  );
  const inner = sizes[0];
  const innerStrides = steps.map((own) => own[0]);
  const counter = new Array<number>(sizes.length).fill(0);
  for (let at = 0; at < out.length; at += inner) {
    run(loop, out, at, inner, arrays, starts, innerStrides);
    for (let axis = 1; axis < sizes.length; axis++) {
      counter[axis]++;
      for (let i = 0; i < starts.length; i++) starts[i] += steps[i][axis];
      if (counter[axis] < sizes[axis]) break;
      for (let i = 0; i < starts.length; i++) starts[i] -= steps[i][axis] * sizes[axis];
      counter[axis] = 0;
    }
  }
}
