// Sliding windows and their adjoint, adding windows up where they came from: what convolution and pooling are made of.

import { ArgumentError, ShapeError } from '../errors.js';
import { accumulate } from '../kernels/accumulate.js';
import type { Layout } from '../kernels/kernels.js';
import type { Operand } from '../tensor/operand.js';
import {
  checkInteger,
  contiguous,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  type Shape,
  stridesOf,
} from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { toTensor } from './convert.js';
import { defineLinear } from './define-linear.js';
import type { OpFunction } from './define-op.js';
import { numeric } from './numeric.js';
import type {
  FoldWindowsFn,
  FoldWindowsOptions,
  SlidingWindowsFn,
  WindowOptions,
} from './signatures-windows.js';

export interface WindowAttrs {
  /** Where the elements of the windows lie in the whole. Strides may be shared: windows overlap. */
  readonly layout: Layout;
  /** The shape of the windows: their positions and the positions within them, in any order. */
  readonly shape: Shape;
  /** The shape of what they are windows of. */
  readonly whole: Shape;
}

/** The elements of x at a layout, which may read them more than once. */
export const slidingWindowsOp: OpFunction<WindowAttrs> = defineLinear<WindowAttrs>({
  name: 'slidingWindows',
  output: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  lower: ([x], [y], { layout, shape }, kernels) =>
    kernels.copy(x.data, layout, y.data, contiguous(shape), shape),
  vjp: (g, { attrs }) => foldWindowsOp(g, attrs),
});

/** Zeros, with every element of x added at its place in the layout. */
export const foldWindowsOp: OpFunction<WindowAttrs> = defineLinear<WindowAttrs>({
  name: 'foldWindows',
  output: ([x], { whole }) => ({ shape: whole, dtype: x.dtype }),
  lower: ([x], [y], { layout, shape }, kernels) =>
    accumulate(kernels, x.data, contiguous(shape), y.data, layout, shape),
  vjp: (g, { attrs }) => slidingWindowsOp(g, attrs),
});

/** Windows along one axis: `size` elements, `dilation` apart, a window every `stride` elements. */
export interface Window {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
}

/** How many elements a window reaches over. */
export function extentOf({ size, dilation }: Window): number {
  return dilation * (size - 1) + 1;
}

/** How many windows lie within an axis; not positive if none does. */
export function countOf(window: Window, length: number): number {
  return Math.floor((length - extentOf(window)) / window.stride) + 1;
}

/** An option that is one number for all axes, or one for each. */
export function eachAxis(
  op: string,
  name: string,
  value: number | readonly number[],
  count: number,
  least: number,
): number[] {
  const list = typeof value === 'number' ? new Array<number>(count).fill(value) : [...value];
  if (list.length !== count) {
    throw new ArgumentError(
      `${op}: ${name} is one number, or one for each of the ${count} axes, got [${list.join(', ')}]. ` +
        `Pass ${count === 1 ? 'one' : `${count} of them`}.`,
    );
  }
  return list.map((entry) => checkInteger(op, name, entry, least));
}

/** The axes in the order in which they are named. */
function axesOf(op: string, axes: number | readonly number[], rank: number): number[] {
  normalizeAxes(op, axes, rank); // refuses those named twice
  return [axes].flat().map((axis) => normalizeAxis(op, axis, rank));
}

/** Windows of the given sizes along as many axes, one behind the other unless the options say so. */
export function windowsOf(
  op: string,
  sizes: readonly number[],
  { stride = 1, dilation = 1 }: WindowOptions,
): Window[] {
  const strides = eachAxis(op, 'stride', stride, sizes.length, 1);
  const dilations = eachAxis(op, 'dilation', dilation, sizes.length, 1);
  return sizes.map((size, i) => ({ size, stride: strides[i], dilation: dilations[i] }));
}

/** One axis of a layout. */
type AxisLayout = readonly [size: number, stride: number];

export function windowAttrs(whole: Shape, axes: readonly AxisLayout[]): WindowAttrs {
  return {
    layout: { offset: 0, strides: axes.map(([, stride]) => stride) },
    shape: axes.map(([size]) => size),
    whole,
  };
}

/** The axes of the positions of windows, on axes of the whole with these strides. */
export function positionAxes(
  windows: readonly Window[],
  counts: readonly number[],
  strides: readonly number[],
): AxisLayout[] {
  return windows.map(({ stride }, i) => [counts[i], stride * strides[i]]);
}

/** The axes of the positions within a window. */
export function withinAxes(windows: readonly Window[], strides: readonly number[]): AxisLayout[] {
  return windows.map(({ size, dilation }, i) => [size, dilation * strides[i]]);
}

/** Positions on the axes of the whole, then the positions within, as axes behind them. */
function attrsOf(whole: Shape, axes: readonly number[], windows: readonly Window[]): WindowAttrs {
  const strides = stridesOf(whole);
  const along = axes.map((axis) => strides[axis]);
  const counts = windows.map((window, i) => countOf(window, whole[axes[i]]));
  const positions = positionAxes(windows, counts, along);
  const all = whole.map((size, axis) => positions[axes.indexOf(axis)] ?? [size, strides[axis]]);
  return windowAttrs(whole, [...all, ...withinAxes(windows, along)]);
}

/**
 * All windows of x along the axes: an axis of n elements becomes one of ⌊(n − dilation · (size − 1) − 1) / stride⌋ + 1
 * windows, and the positions within a window become new axes at the end, in the order of `axes`. As NumPy's
 * `sliding_window_view` and PyTorch's `unfold`, but a copy.
 *
 * ```ts
 * slidingWindows(tensor([1, 2, 3, 4]), 0, { size: 3 });   // [[1, 2, 3], [2, 3, 4]]
 * ```
 *
 * @throws ShapeError where a window is longer than its axis, AxisError for axes that x doesn't have or that are named
 *   twice, ArgumentError for sizes, strides and dilations that aren't whole numbers of at least 1.
 */
export const slidingWindows = ((
  x: Operand,
  axes: number | readonly number[],
  options: WindowOptions & { readonly size: number | readonly number[] },
): Tensor => {
  const value = toTensor('slidingWindows', x);
  const along = axesOf('slidingWindows', axes, value.rank);
  const sizes = eachAxis('slidingWindows', 'size', options.size, along.length, 1);
  const windows = windowsOf('slidingWindows', sizes, options);
  windows.forEach((window, i) => {
    const length = value.shape[along[i]];
    if (countOf(window, length) >= 1) return;
    throw new ShapeError(
      `slidingWindows: windows lie within the axis, got one of ${extentOf(window)} elements on axis ` +
        `${along[i]} of ${formatShape(value.shape)}. Pad x, or make the window smaller.`,
    );
  });
  return slidingWindowsOp(value, attrsOf(value.shape, along, windows));
}) as SlidingWindowsFn;

/**
 * The adjoint of `slidingWindows`: windows are added up where they were taken from, so what lies in several is summed, and
 * what lies in none is 0. The last axes of x are the positions within the windows, one for each of `axes`; `length` is
 * how long these are in the result, by default as long as the windows reach.
 *
 * ```ts
 * foldWindows(tensor([[1, 2, 3], [2, 3, 4]]), 0);   // [1, 4, 6, 4]
 * ```
 *
 * @throws ShapeError where the windows of that length are not as many as x has.
 */
export const foldWindows = ((
  x: Operand,
  axes: number | readonly number[],
  options: FoldWindowsOptions = {},
): Tensor => {
  const value = numeric('foldWindows', x);
  const count = typeof axes === 'number' ? 1 : axes.length;
  const rank = value.rank - count;
  const along = axesOf('foldWindows', axes, Math.max(0, rank));
  const windows = windowsOf('foldWindows', value.shape.slice(rank), options);
  const reached = windows.map(
    (window, i) => Math.max(0, value.shape[along[i]] - 1) * window.stride + extentOf(window),
  );
  const lengths = eachAxis('foldWindows', 'length', options.length ?? reached, count, 0);
  const whole = value.shape.slice(0, rank);
  windows.forEach((window, i) => {
    const there = whole[along[i]];
    const fits = window.size > 0 && countOf(window, lengths[i]) === there;
    whole[along[i]] = lengths[i];
    if (fits || there === 0) return;
    throw new ShapeError(
      `foldWindows: an axis of ${lengths[i]} elements has ${Math.max(0, countOf(window, lengths[i]))} windows of ` +
        `${extentOf(window)}, got ${there} in ${formatShape(value.shape)}. Pass the length, stride and ` +
        'dilation that the windows were taken with.',
    );
  });
  const attrs = attrsOf(whole, along, windows);
  return foldWindowsOp(value, { ...attrs, shape: value.shape });
}) as FoldWindowsFn;
