// Shapes that change while the elements stay: reshape, squeeze, repeat.

import { ShapeError } from '../errors.js';
import type { Operand } from '../tensor/operand.js';
import {
  checkInteger,
  checkShape,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  resolveReshape,
  type Shape,
} from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { broadcastOp, reshapeTo } from './broadcast.js';
import { toTensor, withAxis } from './convert.js';
import type { Axes, RepeatFn, ReshapeFn, SqueezeFn, TileFn, UnsqueezeFn } from './signatures.js';

/** The elements in another shape; one size may be −1. Storage is shared. @throws ShapeError if the count differs. */
export const reshape = ((x: Operand, shape: Shape): Tensor => {
  const value = toTensor('reshape', x);
  return reshapeTo(value, resolveReshape(value.shape, shape));
}) as ReshapeFn;

/** Axes of size 1 removed: the named ones, or all there are. @throws ShapeError for a named axis of another size. */
export const squeeze = ((x: Operand, axes?: Axes): Tensor => {
  const value = toTensor('squeeze', x);
  const { shape } = value;
  const named = axes === undefined ? null : normalizeAxes('squeeze', axes, value.rank);
  for (const axis of named ?? []) {
    if (shape[axis] !== 1) {
      throw new ShapeError(
        `squeeze: removes axes of size 1, got axis ${axis} of ${formatShape(shape)}. Index or reduce it.`,
      );
    }
  }
  const goes = (axis: number) => (named === null ? shape[axis] === 1 : named.includes(axis));
  return reshapeTo(
    value,
    shape.filter((_, axis) => !goes(axis)),
  );
}) as SqueezeFn;

/** A new axis of size 1 before `axis`; −1 puts it last. */
export const unsqueeze = ((x: Operand, axis: number): Tensor => {
  const value = toTensor('unsqueeze', x);
  const at = normalizeAxis('unsqueeze', axis, value.rank + 1);
  return reshapeTo(value, [...value.shape.slice(0, at), 1, ...value.shape.slice(at)]);
}) as UnsqueezeFn;

/** The whole tensor repeated: `repetitions` for each axis, new leading axes where there are more. */
export const tile = ((x: Operand, repetitions: readonly number[]): Tensor => {
  const value = toTensor('tile', x);
  const times = checkShape('tile', repetitions);
  const rank = Math.max(value.rank, times.length);
  const shape = [...new Array<number>(rank - value.rank).fill(1), ...value.shape];
  const counts = [...new Array<number>(rank - times.length).fill(1), ...times];
  if (counts.every((count) => count === 1)) return reshapeTo(value, shape);
  const spread = reshapeTo(
    value,
    shape.flatMap((size) => [1, size]),
  );
  const repeated = broadcastOp(spread, { shape: shape.flatMap((size, i) => [counts[i], size]) });
  return reshapeTo(
    repeated,
    shape.map((size, i) => size * counts[i]),
  );
}) as TileFn;

/** Every element repeated `count` times along an axis, next to itself. */
export const repeat = ((x: Operand, count: number, axis: number): Tensor => {
  const [value, at] = withAxis('repeat', x, axis);
  checkInteger('repeat', 'count', count, 0);
  if (count === 1) return value;
  const before = value.shape.slice(0, at + 1);
  const after = value.shape.slice(at + 1);
  const spread = reshapeTo(value, [...before, 1, ...after]);
  const repeated = broadcastOp(spread, { shape: [...before, count, ...after] });
  return reshapeTo(repeated, [...value.shape.slice(0, at), value.shape[at] * count, ...after]);
}) as RepeatFn;
