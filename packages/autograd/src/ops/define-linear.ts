// Operations that are linear in their one tensor, so that forward mode needs no rule of its own.

import type { Tensor } from '../tensor/tensor.js';
import { defineOp, type OpDefinition, type OpFunction } from './define-op.js';

/** Declares an operation A x of one tensor: its tangent is A t. */
export function defineLinear<A extends object>(definition: OpDefinition<A>): OpFunction<A> {
  const op: OpFunction<A> = defineOp<A>({
    ...definition,
    jvp: ([t], { attrs }) => t && apply(t, attrs),
  });
  const apply = op as unknown as (x: Tensor, attrs: A) => Tensor;
  return op;
}
