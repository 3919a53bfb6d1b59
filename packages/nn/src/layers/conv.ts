// Convolutional layers along one axis and along two.

import {
  conv,
  type Operand,
  type Padding,
  type PerAxis,
  type Shape,
  type Tensor,
  type UnknownRank,
  type Unless,
} from '@retrograd/autograd';
import { Convolution, type ConvolutionOptions } from './convolution.js';
import type { ChannelProblem } from './typed-channels.js';

/** [N, in, length] → [N, out, positions]: `conv` with a weight [out, in / groups, size] and a bias [out]. */
export class Conv1d<In extends number = number, Out extends number = number> extends Convolution<
  In,
  Out
> {
  readonly padding: Padding;

  /** @internal Use `conv1d(inChannels, outChannels, kernelSize)`. */
  constructor(inChannels: In, outChannels: Out, kernelSize: PerAxis, options: ConvolutionOptions) {
    const shape = { inChannels, outChannels, kernelSize, rank: 1, transposed: false };
    super({ op: 'conv1d', ...shape }, options);
    this.padding = options.padding ?? 0;
  }

  /** @throws ShapeError unless x is [N, inChannels, length], and where the kernel is larger than the padded x. */
  forward(x: Operand<UnknownRank>): Tensor<number[]>;
  forward<S extends Shape>(
    x: Unless<ChannelProblem<'conv1d', S, In>, Operand<S>>,
  ): Tensor<number[]>;
  forward(x: Operand): Tensor<number[]> {
    this.checkInput(x);
    return this.withBias(conv(x, this.weight, this));
  }
}

/** [N, in, height, width] → [N, out, …positions]: `conv` with a weight [out, in / groups, height, width] and a bias [out]. */
export class Conv2d<In extends number = number, Out extends number = number> extends Convolution<
  In,
  Out
> {
  readonly padding: Padding;

  /** @internal Use `conv2d(inChannels, outChannels, kernelSize)`. */
  constructor(inChannels: In, outChannels: Out, kernelSize: PerAxis, options: ConvolutionOptions) {
    const shape = { inChannels, outChannels, kernelSize, rank: 2, transposed: false };
    super({ op: 'conv2d', ...shape }, options);
    this.padding = options.padding ?? 0;
  }

  /** @throws ShapeError unless x is [N, inChannels, height, width], and where the kernel is larger than the padded x. */
  forward(x: Operand<UnknownRank>): Tensor<number[]>;
  forward<S extends Shape>(
    x: Unless<ChannelProblem<'conv2d', S, In>, Operand<S>>,
  ): Tensor<number[]>;
  forward(x: Operand): Tensor<number[]> {
    this.checkInput(x);
    return this.withBias(conv(x, this.weight, this));
  }
}

/**
 * A convolutional layer along one axis, for signals [N, inChannels, length].
 *
 * ```ts
 * conv1d(2, 8, 5, { padding: 'same' }).forward(zeros([32, 2, 100]));   // [32, 8, 100]
 * ```
 *
 * @throws ArgumentError unless sizes are whole numbers of at least 1, and channels go into the groups.
 */
export function conv1d<const In extends number, const Out extends number>(
  inChannels: In,
  outChannels: Out,
  kernelSize: number | readonly [length: number],
  options: ConvolutionOptions = {},
): Conv1d<In, Out> {
  return new Conv1d(inChannels, outChannels, kernelSize, options);
}

/**
 * A convolutional layer along two axes, for images [N, inChannels, height, width]. Names and layouts of weight and bias are
 * PyTorch's.
 *
 * ```ts
 * const model = sequential(conv2d(1, 16, 3, { padding: 'same' }), relu, maxPool2d(2), flatten(), dense(256, 10));
 * ```
 *
 * @throws ArgumentError unless sizes are whole numbers of at least 1, and channels go into the groups.
 */
export function conv2d<const In extends number, const Out extends number>(
  inChannels: In,
  outChannels: Out,
  kernelSize: number | readonly [height: number, width: number],
  options: ConvolutionOptions = {},
): Conv2d<In, Out> {
  return new Conv2d(inChannels, outChannels, kernelSize, options);
}
