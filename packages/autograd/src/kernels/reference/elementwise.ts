// One scalar formula over broadcast arrays.

import { type Expr, kernelOf, type Loop } from '../../scalar/index.js';
import type { DType, TypedArray } from '../../tensor/dtype.js';
import { broadcastStrides, type Shape } from '../../tensor/shape.js';
import { arraysOf, collapse, holdOf } from '../broadcast-loops.js';
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
    case 3:
      loop(
        out,
        at,
        n,
        arrays[0],
        starts[0],
        strides[0],
        arrays[1],
        starts[1],
        strides[1],
        arrays[2],
        starts[2],
        strides[2],
      );
      return;
    default: {
      const operands: (TypedArray | number)[] = [];
      for (let i = 0; i < arrays.length; i++) operands.push(arrays[i], starts[i], strides[i]);
      loop(out, at, n, ...operands);
    }
  }
}

/** Any broadcast: run by run along the innermost axis, counting along the others. */
function runStrided(
  loop: Loop,
  out: TypedArray,
  arrays: readonly TypedArray[],
  inputs: readonly Elements[],
  shape: Shape,
): void {
  const [sizes, steps] = collapse(
    shape,
    inputs.map((x) => broadcastStrides(x.shape, shape)),
  );
  const inner = sizes[0];
  const innerStrides = steps.map((own) => own[0]);
  const starts = new Array<number>(inputs.length).fill(0);
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

export function elementwise(
  f: Expr,
  inputs: readonly Elements[],
  out: TypedArray,
  shape: Shape,
  dtype: DType,
): void {
  if (out.length === 0) return;
  const arity = inputs.length;
  const { loop } = kernelOf(f, arity, dtype);
  const arrays = arraysOf(inputs, dtype);
  const starts = new Array<number>(arity);
  const strides = new Array<number>(arity);
  let flat = true;
  for (let i = 0; i < arity; i++) {
    const count = arrays[i].length;
    starts[i] = 0;
    strides[i] = count === 1 ? 0 : 1;
    flat &&= count === 1 || count === out.length;
  }
  if (flat) {
    run(loop, out, 0, out.length, arrays, starts, strides);
    return;
  }
  const holds = new Array<number>(arity);
  let inner = out.length;
  for (let i = 0; i < arity; i++) {
    const count = arrays[i].length;
    const hold = holdOf(inputs[i].shape, shape);
    holds[i] = hold;
    if (hold !== 1) strides[i] = 0;
    if (count > 1) inner = Math.min(inner, hold === 1 ? count : hold);
  }
  if (inner === 0) {
    runStrided(loop, out, arrays, inputs, shape);
    return;
  }
  for (let at = 0; at < out.length; at += inner) {
    if (at > 0) {
      for (let i = 0; i < arity; i++) starts[i] = Math.floor(at / holds[i]) % arrays[i].length;
    }
    run(loop, out, at, inner, arrays, starts, strides);
  }
}
