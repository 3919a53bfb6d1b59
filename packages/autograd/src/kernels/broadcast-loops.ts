// How loops over broadcast operands walk: as few axes as will do.

import { arrayOfLength, type DType, type TypedArray } from '../tensor/dtype.js';
import type { Shape } from '../tensor/shape.js';
import { elementsOf } from '../tensor/storage.js';
import type { Elements } from './kernels.js';

/**
 * Merges neighbouring axes that every operand steps through as if they were one; axes of size 1 go. The sizes that are
 * left and each operand's strides along them, innermost first.
 */
export function collapse(
  shape: Shape,
  strides: readonly (readonly number[])[],
): [number[], number[][]] {
  const sizes: number[] = [];
  const steps: number[][] = strides.map(() => []);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis];
    if (size === 1) continue;
    const last = sizes.length - 1;
    const joins =
      last >= 0 && strides.every((own, i) => own[axis] === steps[i][last] * sizes[last]);
    if (joins) sizes[last] *= size;
    else {
      sizes.push(size);
      for (let i = 0; i < strides.length; i++) steps[i].push(strides[i][axis]);
    }
  }
  return [sizes, steps];
}

/**
 * For how many elements of the result each element of an operand of `shape` stays, where its elements then follow each
 * other, again and again: element i of the result meets the operand's ⌊i / hold⌋, modulo their number. 0 where that is not
 * so. Holds, and what operands begin anew after, are products of the result's last sizes: they divide each other.
 */
export function holdOf(shape: Shape, target: Shape): number {
  const lead = target.length - shape.length;
  let hold = 1;
  let axis = shape.length - 1;
  while (axis >= 0 && shape[axis] === 1) hold *= target[lead + axis--];
  while (axis >= 0 && shape[axis] === target[lead + axis]) axis--;
  while (axis >= 0) if (shape[axis--] !== 1) return 0;
  return hold;
}

/** For each operand an array of one element, which is filled anew in every call: loops keep nothing. */
const scalars: Readonly<Record<DType, TypedArray[]>> = {
  float32: [],
  float64: [],
  int32: [],
  bool: [],
};

/** The operands as arrays, scalars too; valid until the next call. */
export function arraysOf(inputs: readonly Elements[], dtype: DType): TypedArray[] {
  const arrays = new Array<TypedArray>(inputs.length);
  for (let i = 0; i < arrays.length; i++) {
    const elements = elementsOf('elementwise', inputs[i].storage);
    if (typeof elements === 'number') {
      scalars[dtype][i] ??= arrayOfLength(dtype, 1);
      scalars[dtype][i][0] = elements;
      arrays[i] = scalars[dtype][i];
    } else arrays[i] = elements;
  }
  return arrays;
}
