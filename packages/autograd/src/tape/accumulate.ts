// The one operation that a replay itself performs: adding up gradients that meet.

import { kernelsFor } from '../kernels/active.js';
import { argument, kernelOf } from '../scalar/index.js';
import { sizeOf } from '../tensor/shape.js';
import { scalarTensor, type Tensor } from '../tensor/tensor.js';
import type { Adjoint, Op } from './node.js';
import { record } from './record.js';

const SUM = argument(0).add(argument(1));

export const accumulateOp: Op = {
  name: 'accumulate',
  apply: ([a, b]) => accumulate(a, b),
  vjp: (g: Tensor) => [g, g],
  jvp: ([ta, tb]) => sumOf(ta, tb),
  savedInputs: () => 0,
  savesOutputs: () => false,
};

/** a + b of equal shape and dtype, recorded like any other operation. */
export function accumulate(a: Tensor, b: Tensor): Tensor {
  const { shape, dtype } = a;
  if (typeof a.storage === 'number' && typeof b.storage === 'number') {
    const sum = kernelOf(SUM, 2, dtype).scalar(a.storage, b.storage);
    if (a.origin === null && b.origin === null) return scalarTensor(sum, dtype);
    return record(accumulateOp, [a, b], null, sum, shape, dtype);
  }
  const kernels = kernelsFor([a, b]);
  const out = kernels.allocate(dtype, sizeOf(shape), true);
  kernels.elementwise(SUM, [a, b], out, shape, dtype);
  return record(accumulateOp, [a, b], null, out, shape, dtype);
}

/** The sum of two gradients, either of which may be missing. */
export function sumOf(a: Adjoint, b: Adjoint): Adjoint {
  if (a === null) return b;
  return b === null ? a : accumulate(a, b);
}
