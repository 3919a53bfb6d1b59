// What all convolutional layers are: a weight over windows of channels, a bias for each channel that comes out.

import {
  ArgumentError,
  add,
  type Operand,
  type Padding,
  type PerAxis,
  reshape,
  ShapeError,
  type Tensor,
  type Variable,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { checkCount, heOverXavier, type Initializer, xavierUniform, zerosInit } from '../init.js';
import { Module } from '../module.js';
import { ParameterMaker, type ParameterOptions } from './parameter.js';

interface SharedOptions extends ParameterOptions {
  /** From one position of the kernel to the next; a number, or one for each spatial axis. Default: 1. */
  readonly stride?: PerAxis;
  /** From one element under the kernel to the next; a number, or one for each spatial axis. Default: 1. */
  readonly dilation?: PerAxis;
  /** Channels come in so many groups, each with output channels of its own. Default: 1. */
  readonly groups?: number;
  /** Whether a bias is added to each output channel. Default: true. */
  readonly bias?: boolean;
  /**
   * How the weight begins. Default: `xavierUniform`, or `heUniform` for a layer that `sequential` finds in front of relu or
   * one of its relatives.
   */
  readonly init?: Initializer;
  /** How the bias begins. Default: zeros. */
  readonly biasInit?: Initializer;
}

export interface ConvolutionOptions extends SharedOptions {
  /**
   * Zeros around the spatial axes: a number for all sides, 'same' for ⌈n / stride⌉ positions on n elements, 'valid' for
   * none, or for each axis a number or [before, after]. Default: 0.
   */
  readonly padding?: Padding;
}

export interface ConvolutionTransposeOptions extends SharedOptions {
  /** What is cut off from each side: a number, or for each axis a number or [before, after]. Default: 0. */
  readonly padding?: Exclude<Padding, 'same'>;
  /** Elements added at the end of each axis. Default: 0. */
  readonly outputPadding?: PerAxis;
}

/** The names of the spatial axes, for messages. */
const AXES = [[], ['length'], ['height', 'width']] as const;

function sizesOf(op: string, kernelSize: PerAxis, rank: number): number[] {
  const sizes =
    typeof kernelSize === 'number' ? new Array<number>(rank).fill(kernelSize) : [...kernelSize];
  if (sizes.length !== rank) {
    throw new ArgumentError(
      `${op}: kernelSize is one number, or one for each of ${AXES[rank].join(' and ')}, got ` +
        `[${sizes.join(', ')}]. Pass ${rank} of them.`,
    );
  }
  for (const size of sizes) checkCount(op, 'kernelSize', size);
  return sizes;
}

function checkGroups(op: string, name: string, channels: number, groups: number): void {
  checkCount(op, name, channels);
  if (channels % groups === 0) return;
  throw new ArgumentError(
    `${op}: ${name} go into the groups without rest, got ${channels} in ${groups} groups. ` +
      'Change groups to a divisor.',
  );
}

/** What a layer is made with. */
export interface ConvolutionPlan<In extends number, Out extends number> {
  /** The factory's name, for messages. */
  readonly op: string;
  readonly inChannels: In;
  readonly outChannels: Out;
  readonly kernelSize: PerAxis;
  /** How many spatial axes there are. */
  readonly rank: number;
  /** Whether the weight is [in, out / groups, …] instead of [out, in / groups, …]. */
  readonly transposed: boolean;
}

/** The frame of the convolutional layers. */
export abstract class Convolution<
  In extends number = number,
  Out extends number = number,
> extends Module {
  readonly inChannels: In;
  readonly outChannels: Out;
  readonly kernelSize: readonly number[];
  readonly stride: PerAxis;
  readonly dilation: PerAxis;
  readonly groups: number;
  readonly weight: Variable<number[]>;
  readonly bias: Variable<[Out]> | null;
  readonly #op: string;
  readonly #transposed: boolean;
  /** The weight as the default initialiser made it, for as long as it may be fitted to an activation. */
  #unfitted: Tensor | null;

  /** @internal */
  protected constructor(plan: ConvolutionPlan<In, Out>, options: SharedOptions) {
    super();
    const { op, inChannels, outChannels, rank, transposed } = plan;
    const { stride = 1, dilation = 1, groups = 1 } = options;
    checkCount(op, 'groups', groups);
    checkGroups(op, 'inChannels', inChannels, groups);
    checkGroups(op, 'outChannels', outChannels, groups);
    for (const value of [stride].flat()) checkCount(op, 'stride', value);
    for (const value of [dilation].flat()) checkCount(op, 'dilation', value);
    const { init = xavierUniform, biasInit = zerosInit } = options;
    const make = new ParameterMaker(op, options);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = sizesOf(op, plan.kernelSize, rank);
    this.stride = stride;
    this.dilation = dilation;
    this.groups = groups;
    const channels = transposed
      ? [inChannels, outChannels / groups]
      : [outChannels, inChannels / groups];
    this.weight = make.cell<number[]>(init, [...channels, ...this.kernelSize]);
    this.bias = options.bias === false ? null : make.cell<[Out]>(biasInit, [outChannels]);
    this.#op = op;
    this.#transposed = transposed;
    this.#unfitted = options.init === undefined ? this.weight.value : null;
  }

  /** @throws ShapeError unless x is [batch, channels, …spatial] as the layer takes it. */
  protected checkInput({ shape }: Operand): void {
    const axes = AXES[this.kernelSize.length];
    if (shape.length === axes.length + 2 && shape[1] === this.inChannels) return;
    throw new ShapeError(
      `${this.#op}: takes [batch, ${this.inChannels}, ${axes.join(', ')}], got shape ${formatShape(shape)}. ` +
        `Check the number of channels${shape.length === axes.length + 1 ? ', and give a single sample a batch axis' : ''}.`,
    );
  }

  /** z + bias, channel by channel. */
  protected withBias(z: Tensor<number[]>): Tensor<number[]> {
    if (this.bias === null) return z;
    return add(z, reshape(this.bias, [this.outChannels, ...this.kernelSize.map(() => 1)]));
  }

  /**
   * Widens a weight that the default initialiser made, and that nothing has changed since, from Xavier's range to He's.
   * @internal
   */
  fitToRectifier(): void {
    if (this.#unfitted !== null && this.weight.value === this.#unfitted) {
      const [first, second, ...field] = this.weight.shape;
      // The fan in of a transposed convolution is counted over its first axis.
      const shape = this.#transposed ? [second, first, ...field] : this.weight.shape;
      this.weight.assign(this.#unfitted.mul(heOverXavier(shape)) as Tensor<number[]>);
    }
    this.#unfitted = null;
  }

  override detail(): string {
    const { groups, bias } = this;
    const parts = [
      `${this.inChannels} → ${this.outChannels}`,
      `kernel ${this.kernelSize.join(' × ')}`,
      ...changed('stride', this.stride, 1),
      ...changed('dilation', this.dilation, 1),
      ...changed('groups', groups, 1),
      ...(bias === null ? ['no bias'] : []),
    ];
    return parts.join(', ');
  }
}

/** `name value` unless every entry is the default. */
function changed(name: string, value: PerAxis, usual: number): string[] {
  const entries = [value].flat();
  return entries.every((entry) => entry === usual) ? [] : [`${name} ${entries.join(' × ')}`];
}
