// Operations floor: the types of windows, convolution and pooling, functions and methods.

import type { Operand } from '../tensor/operand.js';
import type { Tensor } from '../tensor/tensor.js';

/** One number for every axis, or one for each. */
export type PerAxis = number | readonly number[];

export interface WindowOptions {
  /** From the start of one window to that of the next. Default: 1. */
  readonly stride?: PerAxis;
  /** From one element of a window to the next. Default: 1. */
  readonly dilation?: PerAxis;
}

export interface SlidingWindowsOptions extends WindowOptions {
  /** How many elements a window has. */
  readonly size: PerAxis;
}

export interface FoldWindowsOptions extends WindowOptions {
  /** How long the axes become. Default: as long as the windows reach. */
  readonly length?: PerAxis;
}

export type SlidingWindowsFn = (
  x: Operand,
  axes: PerAxis,
  options: SlidingWindowsOptions,
) => Tensor<number[]>;

export type SlidingWindowsMethod = (
  this: Operand,
  axes: PerAxis,
  options: SlidingWindowsOptions,
) => Tensor<number[]>;

export type FoldWindowsFn = (
  x: Operand,
  axes: PerAxis,
  options?: FoldWindowsOptions,
) => Tensor<number[]>;

export type FoldWindowsMethod = (
  this: Operand,
  axes: PerAxis,
  options?: FoldWindowsOptions,
) => Tensor<number[]>;

/**
 * What is put around the spatial axes: a number for all sides; 'valid' for nothing; 'same' for ⌈n / stride⌉ windows on n
 * elements; or for each spatial axis a number for both sides, or [before, after].
 */
export type Padding =
  | number
  | 'same'
  | 'valid'
  | readonly (number | readonly [before: number, after: number])[];

export interface ConvOptions extends WindowOptions {
  /** Zeros around the spatial axes. Default: 0. */
  readonly padding?: Padding;
  /** Channels come in so many groups, each with output channels of its own. Default: 1. */
  readonly groups?: number;
}

export interface ConvTransposeOptions extends WindowOptions {
  /** What the adjoint convolution puts around, and is cut off here. Default: 0. */
  readonly padding?: Exclude<Padding, 'same'>;
  /** Elements added at the end of the axes. Default: 0. */
  readonly outputPadding?: PerAxis;
  /** Default: 1. */
  readonly groups?: number;
}

export interface MaxPoolOptions {
  /** From the start of one window to that of the next. Default: the size of a window. */
  readonly stride?: PerAxis;
  /** From one element of a window to the next. Default: 1. */
  readonly dilation?: PerAxis;
  /** −∞ around the spatial axes, at most half a window. Default: 0. */
  readonly padding?: Padding;
}

export interface AveragePoolOptions {
  /** From the start of one window to that of the next. Default: the size of a window. */
  readonly stride?: PerAxis;
  /** Zeros around the spatial axes, at most half a window. Default: 0. */
  readonly padding?: Padding;
  /** Whether these zeros count as elements of the mean. Default: true. */
  readonly countIncludePad?: boolean;
}

export type ConvFn = (x: Operand, weight: Operand, options?: ConvOptions) => Tensor<number[]>;

export type ConvTransposeFn = (
  x: Operand,
  weight: Operand,
  options?: ConvTransposeOptions,
) => Tensor<number[]>;

export type MaxPoolFn = (x: Operand, size: PerAxis, options?: MaxPoolOptions) => Tensor<number[]>;

export type AveragePoolFn = (
  x: Operand,
  size: PerAxis,
  options?: AveragePoolOptions,
) => Tensor<number[]>;
