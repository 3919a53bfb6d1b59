// What convolutions and pools have in common: options for each spatial axis, padding, the order of the axes.

import { ArgumentError, ShapeError } from '../errors.js';
import { formatShape, type Shape, stridesOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { reshapeOp } from './broadcast.js';
import { permuteOp } from './permute.js';
import type { Padding } from './signatures-windows.js';
import { surrounded, type Widths } from './slice.js';
import {
  countOf,
  eachAxis,
  extentOf,
  positionAxes,
  type Window,
  type WindowAttrs,
  windowAttrs,
  withinAxes,
} from './windows.js';

/** @throws ShapeError unless x has a batch axis, a channel axis and at least one more. */
export function checkSpatial(op: string, { shape }: Tensor): void {
  if (shape.length >= 3) return;
  throw new ShapeError(
    `${op}: x is [batch, channels, …spatial axes], got shape ${formatShape(shape)}. ` +
      'Give a single sample a batch axis of size 1, and an image without channels one of size 1.',
  );
}

/** 'same': as many windows as the axis has strides, what is odd behind. */
function sameWidths(window: Window, length: number): Widths {
  const reach = (Math.ceil(length / window.stride) - 1) * window.stride + extentOf(window);
  const total = Math.max(0, reach - length);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** The padding as widths for each spatial axis. */
export function widthsOf(
  op: string,
  padding: Padding,
  windows: readonly Window[],
  lengths: Shape,
): Widths[] {
  if (padding === 'valid') return windows.map(() => [0, 0]);
  if (padding === 'same') return windows.map((window, i) => sameWidths(window, lengths[i]));
  const entries = typeof padding === 'number' ? windows.map(() => padding) : padding;
  if (!Array.isArray(entries) || entries.length !== windows.length) {
    throw new ArgumentError(
      `${op}: padding is a number, 'same', 'valid', or a number or [before, after] for each of the ` +
        `${windows.length} spatial axes, got ${JSON.stringify(padding)}. Check how many axes there are.`,
    );
  }
  return (entries as readonly (number | Widths)[]).map((entry) => {
    const [before, after] = eachAxis(op, 'padding', entry, 2, 0);
    return [before, after];
  });
}

/** How many windows lie along each spatial axis. @throws ShapeError where not one does. */
export function countsOf(
  op: string,
  windows: readonly Window[],
  lengths: Shape,
  widths: readonly Widths[],
): number[] {
  return windows.map((window, i) => {
    const [before, after] = widths[i];
    const count = countOf(window, lengths[i] + before + after);
    if (count >= 1) return count;
    throw new ShapeError(
      `${op}: windows lie within the padded axis, got one of ${extentOf(window)} elements on spatial axis ${i} ` +
        `of ${lengths[i]} with padding ${before} and ${after}. Pad more, or make the window smaller.`,
    );
  });
}

/** x with `fill` around the spatial axes, which begin at `first`. */
export function padded(
  op: string,
  x: Tensor,
  first: number,
  widths: readonly Widths[],
  fill: number,
): Tensor {
  const all = x.shape.map((_, axis): Widths => widths[axis - first] ?? [0, 0]);
  return surrounded(op, x, all, fill);
}

/** Axes in another order; without a copy where only axes of size 1 move. */
export function reordered(x: Tensor, axes: readonly number[]): Tensor {
  const shape = axes.map((axis) => x.shape[axis]);
  const moving = axes.filter((axis) => x.shape[axis] !== 1);
  const stays = moving.every((axis, i) => i === 0 || moving[i - 1] < axis);
  return stays ? reshapeOp(x, { shape }) : permuteOp(x, { axes });
}

/**
 * The windows of a whole [N, …spatial, C] in the order [G, N, …positions, …within, C/G], which makes one row a window: within
 * and channels lie side by side in the whole too.
 */
export function windowsInRows(
  whole: Shape,
  windows: readonly Window[],
  counts: readonly number[],
  groups: number,
): WindowAttrs {
  const [batchStep, ...steps] = stridesOf(whole);
  const channels = whole[whole.length - 1] / groups;
  return windowAttrs(whole, [
    [groups, channels],
    [whole[0], batchStep],
    ...positionAxes(windows, counts, steps),
    ...withinAxes(windows, steps),
    [channels, 1],
  ]);
}
