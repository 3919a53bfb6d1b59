// Pools: one number for each window of each channel, its largest or its mean.

import { ArgumentError } from '../errors.js';
import { ones } from '../tensor/creation.js';
import type { Operand } from '../tensor/operand.js';
import { sizeOf, stridesOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { div } from './arithmetic.js';
import { numeric } from './numeric.js';
import { max, sum } from './reduce.js';
import type { AveragePoolFn, MaxPoolFn, MaxPoolOptions, PerAxis } from './signatures-windows.js';
import type { Widths } from './slice.js';
import { checkSpatial, countsOf, padded, widthsOf } from './spatial.js';
import {
  eachAxis,
  extentOf,
  positionAxes,
  slidingWindowsOp,
  type Window,
  windowAttrs,
  windowsOf,
  withinAxes,
} from './windows.js';

/** How the windows of a pool lie. */
interface Plan {
  readonly windows: readonly Window[];
  readonly widths: readonly Widths[];
  readonly counts: readonly number[];
}

/** Every window must reach an element of x: a mean, or a maximum, of nothing but padding would mean nothing. */
function checkWidths(op: string, windows: readonly Window[], widths: readonly Widths[]): void {
  windows.forEach((window, i) => {
    const [before, after] = widths[i];
    const half = Math.floor(extentOf(window) / 2);
    if (Math.max(before, after) <= half) return;
    throw new ArgumentError(
      `${op}: padding is at most half a window, got ${before} and ${after} around windows of ` +
        `${extentOf(window)} on spatial axis ${i}. Use at most ${half}.`,
    );
  });
}

function planOf(op: string, x: Tensor, size: PerAxis, options: MaxPoolOptions): Plan {
  checkSpatial(op, x);
  const lengths = x.shape.slice(2);
  const sizes = eachAxis(op, 'size', size, lengths.length, 1);
  const { stride = sizes, dilation } = options;
  const windows = windowsOf(op, sizes, { stride, dilation });
  const widths = widthsOf(op, options.padding ?? 0, windows, lengths);
  if (options.padding !== 'same') checkWidths(op, windows, widths);
  return { windows, widths, counts: countsOf(op, windows, lengths, widths) };
}

/** [positions within a window, N, C, …windows]: what is reduced comes first, so that whole rows are compared or added. */
function positionsFirst(x: Tensor, { windows, counts }: Plan): Tensor {
  const [batch, channels] = x.shape;
  const [batchStep, channelStep, ...steps] = stridesOf(x.shape);
  const axes = [
    ...withinAxes(windows, steps),
    [batch, batchStep] as const,
    [channels, channelStep] as const,
    ...positionAxes(windows, counts, steps),
  ];
  return slidingWindowsOp(x, windowAttrs(x.shape, axes));
}

/** The axes of the positions within a window. */
function within({ windows }: Plan): number[] {
  return windows.map((_, i) => i);
}

const LEAST_INT32 = -(2 ** 31);

/**
 * The largest element of each window: [N, C, …spatial] → [N, C, …windows]. `size` is a number, or one for each spatial axis;
 * padding counts as −∞. Elements that are equally large share the gradient evenly; NaN is passed on.
 * @throws ShapeError where a window is larger than the padded axis, ArgumentError for a padding of more than half a
 *   window and for options that aren't whole numbers.
 */
export const maxPool = ((x: Operand, size: PerAxis, options: MaxPoolOptions = {}): Tensor => {
  const value = numeric('maxPool', x);
  const plan = planOf('maxPool', value, size, options);
  const least = value.dtype === 'int32' ? LEAST_INT32 : -Infinity;
  const whole = padded('maxPool', value, 2, plan.widths, least);
  return max(positionsFirst(whole, plan), within(plan));
}) as MaxPoolFn;

/** The sum of each window, zeros around x. */
function sums(x: Tensor, plan: Plan): Tensor {
  return sum(positionsFirst(padded('averagePool', x, 2, plan.widths, 0), plan), within(plan));
}

/**
 * The mean of each window: [N, C, …spatial] → [N, C, …windows]. `size` is a number, or one for each spatial axis. Padding is
 * of zeros, which count as elements unless `countIncludePad` is false. Integers give float32.
 * @throws ShapeError where a window is larger than the padded axis, ArgumentError for a padding of more than half a
 *   window and for options that aren't whole numbers.
 */
export const averagePool = ((x: Operand, size: PerAxis, options = {}): Tensor => {
  const value = numeric('averagePool', x, true);
  const { stride, padding, countIncludePad = true } = options;
  const plan = planOf('averagePool', value, size, { stride, padding });
  if (countIncludePad || plan.widths.flat().every((width) => width === 0)) {
    return div(sums(value, plan), sizeOf(plan.windows.map((window) => window.size)));
  }
  const held = ones([1, 1, ...value.shape.slice(2)], { dtype: value.dtype });
  return div(sums(value, plan), sums(held, plan));
}) as AveragePoolFn;
