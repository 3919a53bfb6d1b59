// Transposed convolutional layers along one axis and along two: from few positions to more.

import {
  convTranspose,
  type Operand,
  type Padding,
  type PerAxis,
  type Shape,
  type Tensor,
  type UnknownRank,
  type Unless,
} from '@retrograd/autograd';
import { Convolution, type ConvolutionTransposeOptions } from './convolution.js';
import type { ChannelProblem } from './typed-channels.js';

/** [N, in, length] → [N, out, positions]: `convTranspose` with a weight [in, out / groups, size] and a bias [out]. */
export class ConvTranspose1d<
  In extends number = number,
  Out extends number = number,
> extends Convolution<In, Out> {
  readonly padding: Exclude<Padding, 'same'>;
  readonly outputPadding: PerAxis;

  /** @internal Use `convTranspose1d(inChannels, outChannels, kernelSize)`. */
  constructor(
    inChannels: In,
    outChannels: Out,
    kernelSize: PerAxis,
    options: ConvolutionTransposeOptions,
  ) {
    const shape = { inChannels, outChannels, kernelSize, rank: 1, transposed: true };
    super({ op: 'convTranspose1d', ...shape }, options);
    this.padding = options.padding ?? 0;
    this.outputPadding = options.outputPadding ?? 0;
  }

  /** @throws ShapeError unless x is [N, inChannels, length], and where the padding leaves nothing. */
  forward(x: Operand<UnknownRank>): Tensor<number[]>;
  forward<S extends Shape>(
    x: Unless<ChannelProblem<'convTranspose1d', S, In>, Operand<S>>,
  ): Tensor<number[]>;
  forward(x: Operand): Tensor<number[]> {
    this.checkInput(x);
    return this.withBias(convTranspose(x, this.weight, this));
  }
}

/** [N, in, height, width] → [N, out, …positions]: `convTranspose` with a weight [in, out / groups, height, width] and a bias [out]. */
export class ConvTranspose2d<
  In extends number = number,
  Out extends number = number,
> extends Convolution<In, Out> {
  readonly padding: Exclude<Padding, 'same'>;
  readonly outputPadding: PerAxis;

  /** @internal Use `convTranspose2d(inChannels, outChannels, kernelSize)`. */
  constructor(
    inChannels: In,
    outChannels: Out,
    kernelSize: PerAxis,
    options: ConvolutionTransposeOptions,
  ) {
    const shape = { inChannels, outChannels, kernelSize, rank: 2, transposed: true };
    super({ op: 'convTranspose2d', ...shape }, options);
    this.padding = options.padding ?? 0;
    this.outputPadding = options.outputPadding ?? 0;
  }

  /** @throws ShapeError unless x is [N, inChannels, height, width], and where the padding leaves nothing. */
  forward(x: Operand<UnknownRank>): Tensor<number[]>;
  forward<S extends Shape>(
    x: Unless<ChannelProblem<'convTranspose2d', S, In>, Operand<S>>,
  ): Tensor<number[]>;
  forward(x: Operand): Tensor<number[]> {
    this.checkInput(x);
    return this.withBias(convTranspose(x, this.weight, this));
  }
}

/**
 * A transposed convolutional layer along one axis, for signals [N, inChannels, length].
 *
 * ```ts
 * convTranspose1d(8, 2, 4, { stride: 2, padding: 1 }).forward(zeros([32, 8, 50]));   // [32, 2, 100]
 * ```
 *
 * @throws ArgumentError unless sizes are whole numbers of at least 1, and channels go into the groups.
 */
export function convTranspose1d<const In extends number, const Out extends number>(
  inChannels: In,
  outChannels: Out,
  kernelSize: number | readonly [length: number],
  options: ConvolutionTransposeOptions = {},
): ConvTranspose1d<In, Out> {
  return new ConvTranspose1d(inChannels, outChannels, kernelSize, options);
}

/**
 * A transposed convolutional layer along two axes, for images [N, inChannels, height, width]. Names and layouts of weight and bias are
 * PyTorch's.
 *
 * ```ts
 * convTranspose2d(16, 1, 2, { stride: 2 }).forward(zeros([32, 16, 4, 4]));   // [32, 1, 8, 8]
 * ```
 *
 * @throws ArgumentError unless sizes are whole numbers of at least 1, and channels go into the groups.
 */
export function convTranspose2d<const In extends number, const Out extends number>(
  inChannels: In,
  outChannels: Out,
  kernelSize: number | readonly [height: number, width: number],
  options: ConvolutionTransposeOptions = {},
): ConvTranspose2d<In, Out> {
  return new ConvTranspose2d(inChannels, outChannels, kernelSize, options);
}
