// Group normalisation: every sample by itself, over groups of its channels.

import {
  ArgumentError,
  type Operand,
  type Shape,
  ShapeError,
  type Tensor,
  type Variable,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { checkCount, constantInit, zerosInit } from '../init.js';
import { Module } from '../module.js';
import { ParameterMaker, type ParameterOptions } from './parameter.js';
import { affine, checkEpsilon, standardize } from './standardize.js';

export interface GroupNormOptions extends Pick<ParameterOptions, 'dtype'> {
  /** ε ≥ 0, added to the variance. Default: 1e-5. */
  readonly epsilon?: number;
  /** Whether a weight γ and a bias β are learnt, one for each channel. Default: true. */
  readonly affine?: boolean;
}

/**
 * y = γ (x − mean) / √(variance + ε) + β for x [N, C, …]: mean and variance are those of each sample over a group of
 * C / groups neighbouring channels and all axes behind. One group is layer normalisation of the whole sample, as many
 * groups as channels instance normalisation. Y. Wu, K. He, 2018.
 */
export class GroupNorm extends Module {
  readonly groups: number;
  readonly channels: number;
  readonly epsilon: number;
  /** γ [channels], ones at first. */
  readonly weight: Variable<[number]> | null;
  /** β [channels], zeros at first. */
  readonly bias: Variable<[number]> | null;

  /** @internal Use `groupNorm(groups, channels)`. */
  constructor(groups: number, channels: number, options: GroupNormOptions = {}) {
    super();
    checkCount('groupNorm', 'groups', groups);
    checkCount('groupNorm', 'channels', channels);
    if (channels % groups !== 0) {
      throw new ArgumentError(
        `groupNorm: the groups are equally large, got ${channels} channels for ${groups} groups. ` +
          'Choose a number of groups that divides the channels.',
      );
    }
    const make = new ParameterMaker('groupNorm', options);
    this.groups = groups;
    this.channels = channels;
    this.epsilon = checkEpsilon('groupNorm', options.epsilon ?? 1e-5);
    this.weight = options.affine === false ? null : make.cell(constantInit(1), [channels]);
    this.bias = options.affine === false ? null : make.cell(zerosInit, [channels]);
  }

  /** Says to `sequential` that whatever comes in keeps its shape. */
  get keepsShape(): true {
    return true;
  }

  /** Keeps the shape. @throws ShapeError unless axis 1 has as many elements as there are channels. */
  forward<S extends Shape>(x: Operand<S>): Tensor<S>;
  forward(input: Operand): Tensor {
    const x: Tensor = input.read();
    if (x.rank < 2 || x.shape[1] !== this.channels) {
      throw new ShapeError(
        `groupNorm: takes ${this.channels} channels on axis 1, got shape ${formatShape(x.shape)}. ` +
          'Check the number of channels, or move their axis behind the batch.',
      );
    }
    const { groups, channels } = this;
    const [batch, , ...field] = x.shape;
    const area = field.reduce((product, size) => product * size, 1);
    const width = channels / groups;
    const grouped: Tensor = x.reshape([batch, groups, width, area]);
    const { y } = standardize(grouped, [2, 3], this.epsilon);
    const spread = (cell: Variable | null): Tensor | null =>
      cell === null ? null : cell.reshape([groups, width, 1]);
    return affine(y, spread(this.weight), spread(this.bias)).reshape([...x.shape]);
  }

  override detail(): string {
    return `${this.channels} in ${this.groups} groups`;
  }
}

/**
 * A group normalisation of `channels` channels on axis 1, in `groups` groups.
 * @throws ArgumentError unless the groups divide the channels, DTypeError for a dtype that parameters can't have.
 */
export function groupNorm(
  groups: number,
  channels: number,
  options: GroupNormOptions = {},
): GroupNorm {
  return new GroupNorm(groups, channels, options);
}
