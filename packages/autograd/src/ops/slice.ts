// Regular parts of a tensor: slices with steps, and their adjoint, placing into zeros.

import { ArgumentError, IndexError } from '../errors.js';
import { argument } from '../scalar/index.js';
import { coerceExactly } from '../tensor/dtype.js';
import type { Operand } from '../tensor/operand.js';
import {
  checkShape,
  contiguous,
  formatShape,
  normalizeAxes,
  type Shape,
  stridesOf,
} from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { reshapeOp } from './broadcast.js';
import { toTensor } from './convert.js';
import { defineLinear } from './define-linear.js';
import { defineOp, type OpFunction } from './define-op.js';
import type { AlongFn, PadFn, SliceFn, SliceRange } from './signatures.js';

interface SliceAttrs {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  /** The shape of the slice. */
  readonly shape: Shape;
}

interface PlaceAttrs {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  /** The shape of the whole. */
  readonly shape: Shape;
  /** What stands where nothing is placed. */
  readonly fill: number;
}

/** Where the elements starts + k · steps of a tensor of `shape` lie. */
function stepped(shape: Shape, starts: readonly number[], steps: readonly number[]) {
  const strides = stridesOf(shape);
  return {
    offset: starts.reduce((offset, start, axis) => offset + start * strides[axis], 0),
    strides: steps.map((step, axis) => step * strides[axis]),
  };
}

/** y_k = x at starts + k · steps. */
export const sliceOp: OpFunction<SliceAttrs> = defineLinear<SliceAttrs>({
  name: 'slice',
  output: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  lower: ([x], [y], { starts, steps, shape }, kernels) =>
    kernels.copy(x.data, stepped(x.shape, starts, steps), y.data, contiguous(shape), shape),
  vjp: (g, node) => {
    const { starts, steps } = node.attrs;
    return placeOp(g, { starts, steps, shape: node.inputShape(0), fill: 0 });
  },
});

/** A tensor of `fill`, with x at starts + k · steps. */
export const placeOp: OpFunction<PlaceAttrs> = defineOp<PlaceAttrs>({
  name: 'place',
  output: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  lower: ([x], [y], { starts, steps, shape, fill }, kernels) => {
    const number = { storage: fill, shape: [] };
    if (fill !== 0) kernels.elementwise(argument(0), [number], y.data, y.shape, y.dtype);
    kernels.copy(x.data, contiguous(x.shape), y.data, stepped(shape, starts, steps), x.shape);
  },
  vjp: (g, node) => {
    const { starts, steps } = node.attrs;
    return sliceOp(g, { starts, steps, shape: node.inputShape(0) });
  },
  jvp: ([t], { attrs }) => t && placeOp(t, { ...attrs, fill: 0 }),
});

/** The elements of x from `starts` on, as many as `shape` holds. */
export function partOf(x: Tensor, starts: readonly number[], shape: Shape): Tensor {
  return sliceOp(x, { starts, steps: starts.map(() => 1), shape });
}

/** Elements put before and behind an axis. */
export type Widths = readonly [before: number, after: number];

/** x with `fill` around it: widths for each axis. @throws DTypeError for a fill that an int32 can't hold. */
export function surrounded(op: string, x: Tensor, widths: readonly Widths[], fill: number): Tensor {
  const coerced = coerceExactly(op, fill, x.dtype);
  if (widths.flat().every((width) => width === 0)) return x;
  return placeOp(x, {
    starts: widths.map(([before]) => before),
    steps: widths.map(() => 1),
    shape: widths.map(([before, after], axis) => before + x.shape[axis] + after),
    fill: coerced,
  });
}

/** One axis of a slice: where it starts, its step, how many elements. */
interface Range {
  readonly start: number;
  readonly step: number;
  readonly count: number;
  readonly drops: boolean;
}

/** Python's rules: negative positions count from the end, those outside are cut to the axis. */
function resolve(range: SliceRange, size: number, axis: number): Range {
  if (range === null) return { start: 0, step: 1, count: size, drops: false };
  if (typeof range === 'number') {
    const start = range < 0 ? range + size : range;
    if (!Number.isInteger(range) || start < 0 || start >= size) {
      throw new IndexError(
        `slice: axis ${axis} has ${size} elements, got index ${range}. ` +
          `Use ${-size} … ${size - 1}, or a range [start, stop].`,
      );
    }
    return { start, step: 1, count: 1, drops: true };
  }
  const [from = null, to = null, by = null] = range;
  const step = by ?? 1;
  if (
    !Number.isInteger(step) ||
    step === 0 ||
    [from, to].some((p) => p !== null && !Number.isInteger(p))
  ) {
    throw new ArgumentError(
      `slice: a range is [start, stop, step] of integers, the step not 0, got [${range.join(', ')}]. ` +
        'Use null for a default.',
    );
  }
  const [first, end] = step > 0 ? [0, size] : [size - 1, -1];
  const position = (p: number | null, missing: number): number => {
    if (p === null) return missing;
    const fromStart = p < 0 ? p + size : p;
    return Math.min(Math.max(fromStart, Math.min(first, end)), Math.max(first, end));
  };
  const start = position(from, first);
  const stop = position(to, end);
  return { start, step, count: Math.max(0, Math.ceil((stop - start) / step)), drops: false };
}

/**
 * A part of x, one range an axis, missing ones taking all: an integer picks one position and drops the axis, null
 * takes all, `[start, stop, step]` follows Python (negative positions count from the end, null is the default).
 * @throws IndexError for an integer outside of the axis, ArgumentError for a range that isn't one.
 */
export const slice = ((x: Operand, ...ranges: readonly SliceRange[]): Tensor => {
  const value = toTensor('slice', x);
  if (ranges.length > value.rank) {
    throw new ArgumentError(
      `slice: shape ${formatShape(value.shape)} takes up to ${value.rank} ranges, got ${ranges.length}. ` +
        'Leave some out.',
    );
  }
  const resolved = value.shape.map((size, axis) => resolve(ranges[axis] ?? null, size, axis));
  const counts = resolved.map(({ count }) => count);
  const whole = resolved.every(
    ({ start, step, count }, axis) => start === 0 && step === 1 && count === value.shape[axis],
  );
  const part = whole
    ? value
    : sliceOp(value, {
        starts: resolved.map(({ start }) => start),
        steps: resolved.map(({ step }) => step),
        shape: counts,
      });
  if (!resolved.some(({ drops }) => drops)) return part;
  return reshapeOp(part, { shape: counts.filter((_, axis) => !resolved[axis].drops) });
}) as SliceFn;

/** The order along the axes (default: all) reversed. */
export const flip = ((x: Operand, axes?: number | readonly number[]): Tensor => {
  const value = toTensor('flip', x);
  const flipped = normalizeAxes('flip', axes, value.rank);
  if (flipped.every((axis) => value.shape[axis] < 2)) return value;
  return sliceOp(value, {
    starts: value.shape.map((size, axis) => (flipped.includes(axis) ? size - 1 : 0)),
    steps: value.shape.map((_, axis) => (flipped.includes(axis) ? -1 : 1)),
    shape: value.shape,
  });
}) as AlongFn<'flip', number | readonly number[]>;

/**
 * x surrounded by `value`: `[before, after]` for each axis, counts of at least 0.
 * @throws DTypeError for a value that an int32 can't hold.
 */
export const pad = ((x: Operand, widths: readonly Widths[], value = 0): Tensor => {
  const inner = toTensor('pad', x);
  if (widths.length !== inner.rank || widths.some((w) => w.length !== 2)) {
    throw new ArgumentError(
      `pad: takes [before, after] for each of the ${inner.rank} axes, got ${widths.length}. ` +
        'Use [0, 0] for an axis that stays.',
    );
  }
  checkShape('pad', widths.flat());
  return surrounded('pad', inner, widths, value);
}) as PadFn;
