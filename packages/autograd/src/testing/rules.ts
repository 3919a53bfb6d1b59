// Derivatives by the rules of the operations: backward with weights, forward along directions, and weighted sums.

import type { Adjoint } from '../tape/node.js';
import { zerosLike } from '../tensor/creation.js';
import type { Tensor } from '../tensor/tensor.js';
import { withLevel } from '../transforms/level.js';
import { push as pushForward } from '../transforms/push.js';
import { moved } from './problem.js';

/** A map between lists of tensors; a result that nothing flows into may be missing. */
export type TensorMap = (at: readonly Tensor[]) => readonly Adjoint[];

/**
 * Jᵀw: the gradients of Σ weights · fn(at), by all of `at` or by those named; the others are constants to it. Called
 * inside another derivative, the result can be differentiated by `at` and by the weights.
 */
export function pull(
  fn: TensorMap,
  at: readonly Tensor[],
  weights: readonly Tensor[],
  by: readonly number[] = [...at.keys()],
): Tensor[] {
  return withLevel((level) => {
    const leaves = at.map((x, i) => (by.includes(i) ? level.leaf('gradcheck', x, '') : x));
    const values = level.run('gradcheck', () => fn(leaves));
    const present = [...values.keys()].filter((k) => values[k] !== null);
    const ends = by.map((i) => leaves[i]);
    const gradients = level.pull(
      present.map((k) => values[k] as Tensor),
      present.map((k) => weights[k]),
      ends,
    );
    return gradients.map((g, i) => level.outward(g ?? zerosLike(ends[i])));
  });
}

/** Jv: the tangents of fn(at), for each list of tangents of `at`; null where nothing moves. */
export function push(
  fn: TensorMap,
  at: readonly Tensor[],
  directions: Iterable<readonly Adjoint[]>,
): Adjoint[][] {
  return withLevel((level) => {
    const leaves = at.map((x) => level.leaf('gradcheck', x, ''));
    const values = level.run('gradcheck', () => fn(leaves));
    const present = values.flatMap((value) => (value === null ? [] : [value]));
    return Array.from(directions, (tangents) => {
      const moving = pushForward(level, present, leaves, tangents).map(
        (t) => t && level.outward(t),
      );
      return values.map((value) => (value === null ? null : (moving.shift() as Adjoint)));
    });
  });
}

/** Each direction in which one element of one tensor moves, in order. */
export function unitDirections(at: readonly Tensor[]): Adjoint[][] {
  return at.flatMap((x, place) =>
    Array.from({ length: x.size }, (_, element) =>
      at.map((_, k) => (k === place ? moved(zerosLike(x), element, 1) : null)),
    ),
  );
}

/** Σ w · y over all elements of all pairs. A missing y is zero. */
export function weightedSum(weights: readonly Tensor[], values: readonly Adjoint[]): number {
  return sumOver(weights, values, (product) => product);
}

/** Σ |w · y|: the size of what may cancel in a weighted sum. */
export function weightedSize(weights: readonly Tensor[], values: readonly Adjoint[]): number {
  return sumOver(weights, values, Math.abs);
}

function sumOver(
  weights: readonly Tensor[],
  values: readonly Adjoint[],
  term: (product: number) => number,
): number {
  let total = 0;
  values.forEach((value, k) => {
    if (value === null) return;
    const w = weights[k].data();
    const y = value.data();
    for (let i = 0; i < y.length; i++) total += term(w[i] * y[i]);
  });
  return total;
}
