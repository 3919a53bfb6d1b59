// What windows, convolutions and pools refuse.

import { ArgumentError, AxisError, ShapeError } from '../../../errors.js';
import { conv, convTranspose } from '../../../ops/convolution.js';
import { averagePool, maxPool } from '../../../ops/pooling.js';
import { foldWindows, slidingWindows } from '../../../ops/windows.js';
import { constantOf, type ErrorSample, errorsOf } from '../sample.js';

const matrix = constantOf(2, 3);
const signal = constantOf(1, 2, 5);
const image = constantOf(1, 2, 4, 4);

export const convolutionErrors: readonly ErrorSample[] = [
  ...errorsOf(
    'slidingWindows',
    [
      'a window longer than its axis',
      () => slidingWindows(matrix, 1, { size: 2, dilation: 3 }),
      ShapeError,
      /^slidingWindows: windows lie within the axis, got one of 4 elements on axis 1 of \[2, 3\]\. Pad/,
    ],
    [
      'an axis named twice',
      () => slidingWindows(matrix, [1, -1], { size: 2 }),
      AxisError,
      /^slidingWindows: every axis may be named once, got \[1, -1\]\./,
    ],
    [
      'an axis that is not there',
      () => slidingWindows(matrix, 2, { size: 2 }),
      AxisError,
      /^slidingWindows: axes run from -2 to 1, got 2\./,
    ],
    [
      'a stride of 0',
      () => slidingWindows(matrix, 1, { size: 2, stride: 0 }),
      ArgumentError,
      /^slidingWindows: stride is an integer of at least 1, got 0\./,
    ],
    [
      'too many sizes',
      () => slidingWindows(matrix, 1, { size: [2, 2] }),
      ArgumentError,
      /^slidingWindows: size is one number, or one for each of the 1 axes, got \[2, 2\]\./,
    ],
  ),
  ...errorsOf(
    'foldWindows',
    [
      'another number of windows',
      () => foldWindows(matrix, 0, { length: 9 }),
      ShapeError,
      /^foldWindows: an axis of 9 elements has 7 windows of 3, got 2 in \[2, 3\]\. Pass/,
    ],
    [
      'more axes than there are',
      () => foldWindows(matrix, [0, 1]),
      AxisError,
      /^foldWindows: a scalar has no axes, got 0\./,
    ],
  ),
  ...errorsOf(
    'conv',
    [
      'a sample without a batch',
      () => conv(matrix, matrix),
      ShapeError,
      /^conv: x is \[batch, channels, …spatial axes\], got shape \[2, 3\]\. Give/,
    ],
    [
      'a weight of another rank',
      () => conv(image, constantOf(3, 2, 2)),
      ShapeError,
      /^conv: weight is \[out, in \/ groups, …kernel\] with as many spatial axes as x, got \[3, 2, 2\] for x \[1, 2, 4, 4\]\./,
    ],
    [
      'other channels',
      () => conv(signal, constantOf(4, 3, 2)),
      ShapeError,
      /^conv: weight \[4, 3, 2\] takes 3 channels, got 2 in x \[1, 2, 5\]\. Check axis 1/,
    ],
    [
      'groups that do not divide the input',
      () => conv(signal, constantOf(3, 1, 2), { groups: 3 }),
      ShapeError,
      /^conv: input channels go into the groups without rest, got 2 channels in 3 groups\./,
    ],
    [
      'groups that do not divide the output',
      () => conv(signal, constantOf(3, 1, 2), { groups: 2 }),
      ShapeError,
      /^conv: output channels go into the groups without rest, got 3 channels in 2 groups\./,
    ],
    [
      'a kernel larger than the padded x',
      () => conv(signal, constantOf(1, 2, 4), { dilation: 3, padding: 2 }),
      ShapeError,
      /^conv: windows lie within the padded axis, got one of 10 elements on spatial axis 0 of 5 with padding 2 and 2\./,
    ],
    [
      'padding for other axes',
      () => conv(image, constantOf(1, 2, 2, 2), { padding: [1] }),
      ArgumentError,
      /^conv: padding is a number, 'same', 'valid', or .* each of the 2 spatial axes, got \[1\]\./,
    ],
    [
      'negative padding',
      () => conv(signal, constantOf(1, 2, 2), { padding: -1 }),
      ArgumentError,
      /^conv: padding is an integer of at least 0, got -1\./,
    ],
    [
      'half a group',
      () => conv(signal, constantOf(1, 2, 2), { groups: 0.5 }),
      ArgumentError,
      /^conv: groups is an integer of at least 1, got 0\.5\./,
    ],
  ),
  ...errorsOf(
    'convTranspose',
    [
      'other channels',
      () => convTranspose(signal, constantOf(3, 1, 2)),
      ShapeError,
      /^convTranspose: weight \[3, 1, 2\] takes 3 channels, got 2 in x \[1, 2, 5\]\. Check axis 0/,
    ],
    [
      'groups that do not divide the input',
      () => convTranspose(signal, constantOf(2, 1, 2), { groups: 3 }),
      ShapeError,
      /^convTranspose: input channels go into the groups without rest, got 2 channels in 3 groups\./,
    ],
    [
      'padding that leaves nothing',
      () => convTranspose(signal, constantOf(2, 1, 2), { padding: 3 }),
      ShapeError,
      /^convTranspose: something is left of every axis, got \[6\] without a padding of \[\[3,3\]\]\./,
    ],
    [
      'more elements at the end than a stride has',
      () => convTranspose(signal, constantOf(2, 1, 2), { stride: 2, outputPadding: 2 }),
      ShapeError,
      /^convTranspose: outputPadding is less than the stride or the dilation, got 2 on spatial axis 0/,
    ],
  ),
  ...errorsOf(
    'maxPool',
    [
      'a sample without a batch',
      () => maxPool(matrix, 2),
      ShapeError,
      /^maxPool: x is \[batch, channels, …spatial axes\], got shape \[2, 3\]\./,
    ],
    [
      'padding of more than half a window',
      () => maxPool(signal, 3, { padding: 2 }),
      ArgumentError,
      /^maxPool: padding is at most half a window, got 2 and 2 around windows of 3 on spatial axis 0\. Use at most 1\./,
    ],
    [
      'a window larger than x',
      () => maxPool(image, [2, 5]),
      ShapeError,
      /^maxPool: windows lie within the padded axis, got one of 5 elements on spatial axis 1 of 4/,
    ],
    [
      'a size of 0',
      () => maxPool(signal, 0),
      ArgumentError,
      /^maxPool: size is an integer of at least 1, got 0\./,
    ],
  ),
  ...errorsOf(
    'averagePool',
    [
      'padding of more than half a window',
      () => averagePool(signal, 2, { padding: [[0, 2]] }),
      ArgumentError,
      /^averagePool: padding is at most half a window, got 0 and 2 around windows of 2/,
    ],
    [
      'sizes for other axes',
      () => averagePool(signal, [2, 2]),
      ArgumentError,
      /^averagePool: size is one number, or one for each of the 1 axes, got \[2, 2\]\./,
    ],
  ),
];
