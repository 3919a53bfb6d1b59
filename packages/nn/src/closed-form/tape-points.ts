// Looking behind a value on the tape: which operations made it, and which leaves it would leave gradients in.

import type { Adjoint, Shape, Tensor, Variable } from '@retrograd/autograd';

/** What is read of an operation on the tape. */
export interface TapeOp {
  readonly name: string;
  readonly vjp: (g: Tensor, point: TapePoint) => Adjoint | readonly Adjoint[];
  savedInputs(tracked: number): number;
  savesOutputs(tracked: number): boolean;
}

/** What is read of a point of the tape. */
export interface TapePoint {
  readonly id: number;
  readonly shape: Shape;
  /** The operation and what went into it; leaves have neither. */
  readonly inputs?: readonly (TapePoint | null)[];
  op?: TapeOp;
  /** Where a leaf leaves its gradient. */
  readonly sink?: { grad: Adjoint } | null;
}

/** The point that made a value; null for a constant. */
export function pointOf(value: Tensor): TapePoint | null {
  return value.requiresGrad ? (value.origin as unknown as TapePoint | null) : null;
}

/** Every point that leads to `value`, the oldest first; nothing for a constant. */
export function pointsBehind(value: Tensor): TapePoint[] {
  const root = pointOf(value);
  const found = new Set<TapePoint>(root === null ? [] : [root]);
  for (const point of found) {
    for (const input of point.inputs ?? []) if (input !== null) found.add(input);
  }
  return [...found].sort((a, b) => a.id - b.id);
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

/** Runs `body` with every cell collecting gradients, frozen ones included. */
export function unfrozen<R>(cells: readonly Variable[], body: () => R): R {
  const frozen = cells.filter((cell) => !cell.requiresGrad);
  for (const cell of frozen) cell.requiresGrad = true;
  try {
    return body();
  } finally {
    for (const cell of frozen) cell.requiresGrad = false;
  }
}
