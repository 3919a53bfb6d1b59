// Where a tensor comes from: what every point of the tape shows to the floors below it.

import type { DType } from './dtype.js';
import type { Shape } from './shape.js';
import type { Tensor } from './tensor.js';

/** A function that a gradient passes through; returning nothing leaves it as it is. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks has no return statement.
export type GradientHook = (g: Tensor) => Tensor | undefined | void;

/** A hook on one output of an origin. */
export interface HookEntry {
  readonly slot: number;
  readonly hook: GradientHook;
}

/** Where `backward()` leaves a gradient. */
export interface GradientSink {
  grad: Tensor | null;
}

/** The level of a value that no gradient can pass: it was cut from what it came from. */
export const CUT_LEVEL = Infinity;

/**
 * A point of the tape. Identifiers grow with time, so an origin's inputs always have smaller ones:
 * sorting by `id` is a topological order.
 */
export interface Origin {
  readonly id: number;
  /** The lowest transform level that the value depends on: 0 for leaves that `backward()` fills. */
  readonly level: number;
  /** Shape and dtype of the (first) output. */
  readonly shape: Shape;
  readonly dtype: DType;
  /** The replay that is visiting, 0 when none is. */
  visit: number;
  /** The place in that replay, −1 if it has none. */
  position: number;
  hooks: HookEntry[] | null;
}

let lastId = 0;

export function nextId(): number {
  return ++lastId;
}

/** Where a tape begins: a tensor that requires a gradient, a variable, or an argument of a transform. */
export class Leaf implements Origin {
  declare readonly id: number;
  declare readonly level: number;
  declare readonly shape: Shape;
  declare readonly dtype: DType;
  declare visit: number;
  declare position: number;
  declare hooks: HookEntry[] | null;
  declare readonly sink: GradientSink | null;

  constructor(level: number, shape: Shape, dtype: DType, sink: GradientSink | null) {
    this.id = nextId();
    this.level = level;
    this.shape = shape;
    this.dtype = dtype;
    this.visit = 0;
    this.position = -1;
    this.hooks = null;
    this.sink = sink;
  }
}

const NO_SHAPE: Shape = [];

/**
 * Where a tape was cut: by `detach`, by `noGrad`, or by an operation without a derivative. Its name travels
 * with the values computed from there on, so that a missing gradient can be explained.
 */
export class Cut implements Origin {
  readonly id = 0;
  readonly level = CUT_LEVEL;
  readonly shape = NO_SHAPE;
  readonly dtype: DType = 'float32';
  visit = 0;
  position = -1;
  hooks: HookEntry[] | null = null;
  readonly by: string;

  constructor(by: string) {
    this.by = by;
  }
}
