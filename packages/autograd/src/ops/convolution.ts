// Convolution and its adjoint as matrix products: every window a row, every output channel a column.

import { ShapeError } from '../errors.js';
import type { Operand } from '../tensor/operand.js';
import { checkInteger, formatShape, sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { reshapeOp } from './broadcast.js';
import { product } from './matmul.js';
import { numericPair } from './numeric.js';
import type {
  ConvFn,
  ConvOptions,
  ConvTransposeFn,
  ConvTransposeOptions,
} from './signatures-windows.js';
import { partOf } from './slice.js';
import { checkSpatial, countsOf, padded, reordered, widthsOf, windowsInRows } from './spatial.js';
import {
  eachAxis,
  extentOf,
  foldWindowsOp,
  slidingWindowsOp,
  type Window,
  windowsOf,
} from './windows.js';

/** 0 … count − 1, from `first` on. */
function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

/** Both in one dtype, of one rank, with channels that go into the groups. */
function operandsOf(
  op: string,
  x: Operand,
  weight: Operand,
  groups: number,
  layout: string,
): readonly Tensor[] {
  const pair = numericPair(op, x, weight);
  const [a, w] = pair;
  checkSpatial(op, a);
  if (w.rank !== a.rank) {
    throw new ShapeError(
      `${op}: weight is ${layout} with as many spatial axes as x, got ${formatShape(w.shape)} for x ` +
        `${formatShape(a.shape)}. Check the number of axes of both.`,
    );
  }
  checkInteger(op, 'groups', groups, 1);
  return pair;
}

function checkChannels(op: string, x: Tensor, weight: Tensor, axis: number, groups: number): void {
  const taken = weight.shape[axis] * groups;
  if (taken === x.shape[1]) return;
  throw new ShapeError(
    `${op}: weight ${formatShape(weight.shape)} takes ${taken} channels` +
      `${groups === 1 ? '' : ` in ${groups} groups`}, got ${x.shape[1]} in x ${formatShape(x.shape)}. ` +
      `Check axis ${axis} of the weight against axis 1 of x.`,
  );
}

/** [N, C, …] as [N, …, C]. */
function channelsLast(x: Tensor): Tensor {
  return reordered(x, [0, ...range(2, x.rank - 2), 1]);
}

/** A matrix for each group, or just a matrix where there is one. */
function matrices(x: Tensor, groups: number, rows: number, columns: number): Tensor {
  return reshapeOp(x, { shape: groups === 1 ? [rows, columns] : [groups, rows, columns] });
}

function checkGroups(op: string, name: string, channels: number, groups: number): void {
  if (channels % groups === 0) return;
  throw new ShapeError(
    `${op}: ${name} channels go into the groups without rest, got ${channels} channels in ${groups} groups. ` +
      'Change groups to a divisor.',
  );
}

/**
 * Cross-correlation, what neural networks call convolution: y[n, o, p] = Σ_c,k x[n, c, stride · p + dilation · k − padding] ·
 * weight[o, c, k], over any number of spatial axes. x is [N, C, …spatial], weight [O, C/groups, …kernel], the result
 * [N, O, …positions]: PyTorch's layouts. Channels come in `groups` that see nothing of each other.
 *
 * `padding` is of zeros: a number for all sides, a number or [before, after] for each spatial axis, 'valid' for none, or 'same'
 * for ⌈n / stride⌉ positions on n elements, the odd one behind.
 *
 * @throws ShapeError for axes and channels that don't fit, and where the kernel is larger than the padded x;
 *   ArgumentError for options that aren't whole numbers, or too many.
 */
export const conv = ((x: Operand, weight: Operand, options: ConvOptions = {}): Tensor => {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const [value, kernel] = operandsOf('conv', x, weight, groups, '[out, in / groups, …kernel]');
  const [batch, channels, ...lengths] = value.shape;
  const [units, within, ...sizes] = kernel.shape;
  checkGroups('conv', 'input', channels, groups);
  checkGroups('conv', 'output', units, groups);
  checkChannels('conv', value, kernel, 1, groups);
  const windows = windowsOf('conv', sizes, { stride, dilation });
  const widths = widthsOf('conv', padding, windows, lengths);
  const counts = countsOf('conv', windows, lengths, widths);
  const last = padded('conv', channelsLast(value), 1, widths, 0);
  const rows = slidingWindowsOp(last, windowsInRows(last.shape, windows, counts, groups));
  const inner = sizeOf(sizes) * within;
  const positions = sizeOf(counts);
  const y = product(
    matrices(rows, groups, batch * positions, inner),
    matrices(channelsLast(kernel), groups, units / groups, inner),
    false,
    true,
  );
  const split = reshapeOp(y, { shape: [groups, batch, positions, units / groups] });
  return reshapeOp(reordered(split, [1, 0, 3, 2]), { shape: [batch, units, ...counts] });
}) as ConvFn;

/** What a transposed convolution makes of each axis before it is cropped. */
function lengthsOf(
  windows: readonly Window[],
  counts: readonly number[],
  extra: readonly number[],
): number[] {
  return windows.map((window, i) => (counts[i] - 1) * window.stride + extentOf(window) + extra[i]);
}

function checkExtra(windows: readonly Window[], extra: readonly number[]): void {
  windows.forEach(({ stride, dilation }, i) => {
    if (extra[i] < Math.max(stride, dilation)) return;
    throw new ShapeError(
      `convTranspose: outputPadding is less than the stride or the dilation, got ${extra[i]} on spatial axis ${i} ` +
        `with stride ${stride} and dilation ${dilation}. It chooses among the sizes that conv makes equal.`,
    );
  });
}

/**
 * The adjoint of `conv` by its x, as a map of its own: every element of x adds the kernel, times itself, to y. x is
 * [N, C, …spatial], weight [C, O/groups, …kernel], the result [N, O, …] with (n − 1) · stride − padding before and after +
 * dilation · (kernel − 1) + 1 + outputPadding elements for n: PyTorch's layouts. `outputPadding` adds elements at the end,
 * where several sizes of y have the same `conv`.
 *
 * @throws ShapeError for axes and channels that don't fit, where nothing is left of an axis, and for an outputPadding
 *   that is as large as stride and dilation; ArgumentError for options that aren't whole numbers, or too many.
 */
export const convTranspose = ((
  x: Operand,
  weight: Operand,
  options: ConvTransposeOptions = {},
): Tensor => {
  const { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1 } = options;
  const op = 'convTranspose';
  const [value, kernel] = operandsOf(op, x, weight, groups, '[in, out / groups, …kernel]');
  const [batch, channels, ...counts] = value.shape;
  const [, own, ...sizes] = kernel.shape;
  const rank = counts.length;
  checkGroups(op, 'input', channels, groups);
  checkChannels(op, value, kernel, 0, 1);
  const windows = windowsOf(op, sizes, { stride, dilation });
  const widths = widthsOf(op, padding, windows, counts);
  const extra = eachAxis(op, 'outputPadding', outputPadding, rank, 0);
  checkExtra(windows, extra);
  const lengths = lengthsOf(windows, counts, extra);
  const cropped = lengths.map((length, i) => length - widths[i][0] - widths[i][1]);
  if (cropped.some((length) => length < 1)) {
    throw new ShapeError(
      `${op}: something is left of every axis, got ${formatShape(lengths)} without a padding of ` +
        `${JSON.stringify(widths)}. Use less padding.`,
    );
  }
  const positions = sizeOf(counts);
  const taps = sizeOf(sizes) * own;
  const split = reshapeOp(value, { shape: [batch, groups, channels / groups, positions] });
  const rows = product(
    matrices(reordered(split, [1, 0, 3, 2]), groups, batch * positions, channels / groups),
    matrices(channelsLast(kernel), groups, channels / groups, taps),
    false,
    false,
  );
  const attrs = windowsInRows([batch, ...lengths, own * groups], windows, counts, groups);
  const whole = foldWindowsOp(reshapeOp(rows, { shape: attrs.shape }), attrs);
  const part = widths.flat().every((width) => width === 0)
    ? whole
    : partOf(whole, [0, ...widths.map(([before]) => before), 0], [batch, ...cropped, own * groups]);
  return reordered(part, [0, rank + 1, ...range(1, rank)]);
}) as ConvTransposeFn;
