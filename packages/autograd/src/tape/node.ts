// A point of the tape: which operation ran, on what, and what its derivative rules need of that.

import { ReleasedTapeError, RuleError } from '../errors.js';
import type { DType } from '../tensor/dtype.js';
import { type HookEntry, nextId, type Origin } from '../tensor/origin.js';
import type { Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { state } from './state.js';

/** A gradient (adjoint) or tangent that is zero everywhere is not computed at all: it is null. */
export type Adjoint = Tensor | null;

/** What a rule returns: one value, or one for each input (vjp) or output (jvp). */
export type Adjoints = Adjoint | readonly Adjoint[];

/** What is known of a value without its elements. */
export type Meta = { readonly shape: Shape; readonly dtype: DType };

/** Formulas of an operation in LaTeX, made from the names of what it is applied to. */
export interface Notation<A = never> {
  /** The value. */
  readonly value: (inputs: readonly string[], attrs: A) => string;
  /** What input i receives when the output, called `y`, has the gradient `g`; null for nothing. */
  readonly gradient: (
    i: number,
    g: string,
    inputs: readonly string[],
    y: string,
    attrs: A,
  ) => string | null;
}

/**
 * What the tape needs to know of an operation. It never looks at the name.
 *
 * `vjp(g, node)` maps the gradient of the output to the gradients of the inputs, `jvp(t, node)` the tangents of
 * the inputs to the tangent of the output. Both are written with differentiable operations, and read only what
 * `savedInputs` and `savesOutputs` keep; operations with several outputs take and return arrays.
 */
export interface Op {
  readonly name: string;
  /** The operation itself, to be run again on other inputs; null where it can't be. */
  readonly apply:
    | ((inputs: readonly Tensor[], attrs: unknown) => Tensor | readonly Tensor[])
    | null;
  /** How the operation and its gradients are written, in LaTeX, if it declares that itself. */
  readonly notation?: Notation | undefined;
  readonly vjp: ((g: never, node: Node) => Adjoints) | null;
  readonly jvp: ((t: readonly Adjoint[], node: Node) => Adjoints) | null;
  /** Bit i is set if input i is read by the rules, given which inputs are tracked (bits too); −1 for all. */
  savedInputs(tracked: number): number;
  savesOutputs(tracked: number): boolean;
}

/** One line of a tape that is listed. */
export interface TapeEntry {
  /** Its place on this tape, from 0. */
  readonly index: number;
  /** The operation's name; `leaf` where the tape begins. */
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** The places of the inputs on this tape; null for constants. */
  readonly inputs: readonly (number | null)[];
}

export interface TapeLine extends TapeEntry {
  readonly op: Op | null;
}

/** A tape without its values: what a replayed tape leaves behind. */
export interface ReleasedTape {
  readonly lines: readonly TapeLine[];
}

/** The inputs that a bit mask can name; operations with more save all of them or none. */
export const MASKED_INPUTS = 31;

export class Node implements Origin {
  declare readonly id: number;
  declare readonly level: number;
  declare readonly shape: Shape;
  declare readonly dtype: DType;
  declare visit: number;
  declare position: number;
  declare hooks: HookEntry[] | null;
  declare readonly op: Op;
  /** The operation's own parameters: axes, sizes, flags. Dropped on release: they can hold whole tensors. */
  declare attrs: unknown;
  /** Where the inputs come from; null for constants. Emptied on release, to let the tape go. */
  declare inputs: readonly (Origin | null)[];
  /** Which output of its origin each input is; null when all are the first. */
  declare readonly slots: readonly number[] | null;
  /** Shapes and dtypes of all outputs, when there are several. */
  declare readonly outputs: readonly Meta[] | null;
  /** The saved inputs and outputs, null where not saved. */
  declare saved: readonly (Tensor | null)[] | null;
  declare savedOutputs: readonly Tensor[] | null;
  /** What is left for inspection after the saved values were released. */
  declare released: ReleasedTape | null;
  /** Its place in there. */
  declare line: number;

  constructor(
    op: Op,
    attrs: unknown,
    level: number,
    inputs: readonly (Origin | null)[],
    slots: readonly number[] | null,
    saved: readonly (Tensor | null)[] | null,
    shape: Shape,
    dtype: DType,
    outputs: readonly Meta[] | null,
  ) {
    this.id = nextId();
    this.level = level;
    this.shape = shape;
    this.dtype = dtype;
    this.visit = 0;
    this.position = -1;
    this.hooks = null;
    this.op = op;
    this.attrs = attrs;
    this.inputs = inputs;
    this.slots = slots;
    this.outputs = outputs;
    this.saved = saved;
    this.savedOutputs = null;
    this.released = null;
    this.line = -1;
  }

  /** The saved inputs, in the order of the operation's arguments. */
  get x(): readonly Tensor[] {
    if (this.saved === null) throw notSaved(this, 'inputs');
    return this.saved as readonly Tensor[];
  }

  /** The saved output. */
  get y(): Tensor {
    return this.ys[0];
  }

  /** The saved outputs of an operation that has several. */
  get ys(): readonly Tensor[] {
    if (this.savedOutputs === null) throw notSaved(this, 'output');
    return this.savedOutputs;
  }

  /** Whether the replay that runs wants a gradient for input `i`. */
  needs(i: number): boolean {
    const input = this.inputs[i];
    return input !== null && input.visit === state.replay && input.position >= 0;
  }

  /** The shape of a tracked input. */
  inputShape(i: number): Shape {
    return this.inputMeta(i).shape;
  }

  /** The dtype of a tracked input. */
  inputDType(i: number): DType {
    return this.inputMeta(i).dtype;
  }

  private inputMeta(i: number): Meta {
    const input = this.inputs[i] as Origin;
    return outputMeta(input, this.slots === null ? 0 : this.slots[i]);
  }
}

/** Shape and dtype of one output of an origin. */
export function outputMeta(origin: Origin, slot: number): Meta {
  return slot > 0 && origin instanceof Node && origin.outputs !== null
    ? origin.outputs[slot]
    : origin;
}

function notSaved(node: Node, what: string): Error {
  if (node.released !== null) return releasedError(node.op.name);
  return new RuleError(
    `${node.op.name}: rules read what the operation saves, got asked for the ${what}, which it doesn't. ` +
      'Add it to saves in its definition.',
  );
}

export function releasedError(name: string): ReleasedTapeError {
  return new ReleasedTapeError(
    `backward: a tape is replayed once, got ${name}, whose saved values were released by an earlier replay. ` +
      'Pass { retain: true } to the first backward, or compute the value anew.',
  );
}
