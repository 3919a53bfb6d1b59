// Looking behind a value on the tape: which operations made it, and which leaves it would leave gradients in.

import type { Adjoint, ElementwiseOp, Shape, Tensor } from '@retrograd/autograd';

/** What is read of a point of the tape. */
export interface TapePoint {
  readonly shape: Shape;
  /** Operations and what went into them; leaves have neither. */
  readonly inputs?: readonly (TapePoint | null)[];
  op?: ElementwiseOp;
  /** Where a leaf leaves its gradient. */
  readonly sink?: { grad: Adjoint } | null;
}

function pointOf(value: Tensor): TapePoint | null {
  return value.requiresGrad ? (value.origin as unknown as TapePoint | null) : null;
}

/** Every point that leads to `value`, in no particular order; nothing for a constant. */
export function pointsBehind(value: Tensor): TapePoint[] {
  const root = pointOf(value);
  const found = new Set<TapePoint>(root === null ? [] : [root]);
  for (const point of found) {
    for (const input of point.inputs ?? []) if (input !== null) found.add(input);
  }
  return [...found];
}

/**
 * Runs `body`, which may call `backward()` on `value`, and puts back the gradients that stood in the leaves behind it.
 * They are empty while it runs.
 */
export function withGradientsKept<R>(value: Tensor, body: () => R): R {
  const sinks = pointsBehind(value).flatMap(({ sink }) => (sink ? [sink] : []));
  const kept = sinks.map(({ grad }) => grad);
  for (const sink of sinks) sink.grad = null;
  try {
    return body();
  } finally {
    for (const [i, sink] of sinks.entries()) sink.grad = kept[i];
  }
}
