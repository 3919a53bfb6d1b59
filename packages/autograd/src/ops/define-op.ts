// How an operation is declared: name, forward, vjp and jvp in one place. The built-in ones use nothing else.

import { RuleError } from '../errors.js';
import { kernelsFor } from '../kernels/active.js';
import type { Kernels, KernelView } from '../kernels/kernels.js';
import type { Adjoint, Adjoints, Meta, Notation, Op } from '../tape/node.js';
import { type Output, record, recordAll } from '../tape/record.js';
import { INSIDE_OP, withLimit } from '../tape/state.js';
import type { TypedArray } from '../tensor/dtype.js';
import { Operand, type TensorLike } from '../tensor/operand.js';
import { sizeOf } from '../tensor/shape.js';
import { asArray, type Storage } from '../tensor/storage.js';
import { isSymbolic } from '../tensor/symbolic.js';
import { Tensor } from '../tensor/tensor.js';
import { toTensor } from './convert.js';
import { namedFunction } from './named-function.js';

/** What a derivative rule may read: what the operation declares to save, and its attributes. */
export interface RuleContext<A> {
  /** The saved inputs; reading one that isn't saved throws. */
  readonly x: readonly Tensor[];
  /** The saved (first) output. */
  readonly y: Tensor;
  /** The saved outputs. */
  readonly ys: readonly Tensor[];
  readonly attrs: A;
  /** Shape and dtype of the (first) output. */
  readonly shape: Meta['shape'];
  readonly dtype: Meta['dtype'];
  /** Whether a gradient for input i is wanted; rules may return null where it isn't. */
  needs(i: number): boolean;
  inputShape(i: number): Meta['shape'];
  inputDType(i: number): Meta['dtype'];
}

interface Rules<A, G> {
  readonly name: string;
  /**
   * Which inputs and whether the outputs are read by the rules; nothing else is kept. Default: nothing.
   * `inputs: true` keeps all, a list keeps those.
   */
  readonly saves?: { readonly inputs?: true | readonly number[]; readonly outputs?: boolean };
  /** Gradient of the output → gradients of the inputs, with their shapes and dtypes; null for none. */
  readonly vjp: ((g: G, context: RuleContext<A>) => Adjoints) | 'nondifferentiable';
  /** Tangents of the inputs (null: zero) → tangent of the output. Left out, forward mode refuses the op. */
  readonly jvp?: (t: readonly Adjoint[], context: RuleContext<A>) => Adjoints;
  /** How it is written in LaTeX, for derivations. Default: its name. */
  readonly notation?: Notation<A>;
}

/** Forward written with tensor operations; they run unrecorded. */
interface TensorForward<A, R> {
  readonly forward: (inputs: readonly Tensor[], attrs: A) => R;
}

/** Forward by shapes first: the outputs are allocated as declared, then filled. */
interface DeclaredForward<A, R> {
  /** Shape and dtype of the output (or of each), from those of the inputs. */
  readonly output: (inputs: readonly Meta[], attrs: A) => R;
}

/** Forward written on typed arrays. */
interface KernelForward<A, R> extends DeclaredForward<A, R> {
  /** Fills `outputs`, which are zeroed, from `inputs`. A pure function; must not keep either. */
  readonly kernel: (
    inputs: readonly KernelView[],
    outputs: readonly KernelView[],
    attrs: A,
  ) => void;
}

/** Forward written as calls of the library's kernels, which can be compiled. It must not look at elements itself. */
interface LoweredForward<A, R> extends DeclaredForward<A, R> {
  /** @internal `lower` writes every element of its outputs, which need no zeros. */
  readonly covers?: true;
  readonly lower: (
    inputs: readonly KernelView[],
    outputs: readonly KernelView[],
    attrs: A,
    kernels: Kernels,
  ) => void;
}

type ArrayForward<A, R> = KernelForward<A, R> | LoweredForward<A, R>;

/** The declaration of an operation with one output. */
export type OpDefinition<A> = Rules<A, Tensor> & (TensorForward<A, Tensor> | ArrayForward<A, Meta>);

/** The declaration of an operation with several outputs; gradients come as a list, null where there is none. */
export type MultiOpDefinition<A> = Rules<A, readonly Adjoint[]> &
  (TensorForward<A, readonly Tensor[]> | ArrayForward<A, readonly Meta[]>);

type Arguments<A> = A extends undefined ? readonly TensorLike[] : readonly [...TensorLike[], A];

/** A declared operation: a function of its inputs, followed by its attributes if it has any. */
export interface OpFunction<A = undefined, R = Tensor> {
  (...args: Arguments<A>): R;
  /** What the tape records. */
  readonly op: Op;
}

function savedMask(inputs: true | readonly number[] | undefined): number {
  if (inputs === undefined) return 0;
  return inputs === true ? -1 : inputs.reduce((mask, i) => mask | (1 << i), 0);
}

function opOf<A, G>(
  definition: Rules<A, G>,
  apply: (inputs: readonly Tensor[], attrs: A) => unknown,
): Op {
  const { name, saves = {}, vjp, jvp, notation } = definition;
  const mask = savedMask(saves.inputs);
  return {
    name,
    apply: apply as Op['apply'],
    notation,
    vjp: vjp === 'nondifferentiable' ? null : (vjp as unknown as Op['vjp']),
    jvp: (jvp as unknown as Op['jvp']) ?? null,
    savedInputs: () => mask,
    savesOutputs: () => saves.outputs === true,
  };
}

/** The attributes are the last argument, if that is no operand and no number. */
function isAttrs(last: unknown): boolean {
  return typeof last === 'object' && last !== null && !(last instanceof Operand);
}

/** A symbolic block stands where the elements will be: those who lower pass it on, and never look inside. */
function viewOf({ storage, shape, dtype }: Tensor): KernelView {
  const data = asArray(storage, dtype) as TypedArray;
  return { data, shape, dtype };
}

interface Fill<A> {
  readonly run: LoweredForward<A, unknown>['lower'];
  readonly covers: boolean;
}

/** A kernel of the user's runs at once, unless it is to be noted down. */
function fillOf<A>(name: string, forward: ArrayForward<A, unknown>): Fill<A> {
  if ('lower' in forward) return { run: forward.lower, covers: forward.covers === true };
  const run: Fill<A>['run'] = (inputs, outputs, attrs, kernels) => {
    if (kernels.host === undefined) forward.kernel(inputs, outputs, attrs);
    else kernels.host(name, inputs, outputs, (x, y) => forward.kernel(x, y, attrs));
  };
  return { run, covers: false };
}

/** What a kernel fills, and what becomes of it. */
interface Block extends KernelView {
  storage: Storage;
}

/** Freshly allocated outputs, filled; scalars become plain numbers. */
function filled<A>(
  { run, covers }: Fill<A>,
  inputs: readonly Tensor[],
  metas: readonly Meta[],
  attrs: A,
): Output[] {
  const kernels = kernelsFor(inputs);
  const views = new Array<KernelView>(inputs.length);
  for (let i = 0; i < inputs.length; i++) views[i] = viewOf(inputs[i]);
  const blocks = new Array<Block>(metas.length);
  for (let i = 0; i < metas.length; i++) {
    const { shape, dtype } = metas[i];
    const data = kernels.allocate(dtype, sizeOf(shape), covers);
    blocks[i] = { data, storage: data, shape, dtype };
  }
  run(views, blocks, attrs, kernels);
  for (let i = 0; i < metas.length; i++) {
    const { data, shape } = blocks[i];
    if (shape.length === 0 && !isSymbolic(data)) blocks[i].storage = data[0];
  }
  return blocks;
}

/**
 * Declares an operation with one output.
 *
 * ```ts
 * const cube = defineOp({
 *   name: 'cube',
 *   forward: ([x]) => x.mul(x).mul(x),
 *   saves: { inputs: [0] },
 *   vjp: (g, { x: [x] }) => g.mul(x.mul(x).mul(3)),
 *   jvp: ([t], { x: [x] }) => t && t.mul(x.mul(x).mul(3)),
 * });
 * ```
 *
 * Rules are written with differentiable operations, so gradients of gradients need nothing more.
 */
export function defineOp<A = undefined>(definition: OpDefinition<A>): OpFunction<A> {
  const compute = computeOf(definition, true);
  const apply = (inputs: readonly Tensor[], attrs: A): Tensor => {
    const [y] = compute(inputs, attrs);
    if ('forward' in definition && !(y instanceof Tensor)) {
      throw new RuleError(
        `${definition.name}: forward returns a tensor, got ${typeof y}. Use defineMultiOp for several outputs.`,
      );
    }
    return record(op, inputs, attrs, y.storage, y.shape, y.dtype);
  };
  const op = opOf(definition, apply);
  return callable(op, apply);
}

/** Declares an operation with several outputs: `vjp` takes, and `jvp` returns, a list with one entry for each. */
export function defineMultiOp<A = undefined>(
  definition: MultiOpDefinition<A>,
): OpFunction<A, Tensor[]> {
  const compute = computeOf(definition, false);
  const apply = (inputs: readonly Tensor[], attrs: A): Tensor[] =>
    recordAll(op, inputs, attrs, compute(inputs, attrs));
  const op = opOf(definition, apply);
  return callable(op, apply);
}

/** The forward computation, whichever way it is written; what `single` forwards return is a list of one. */
function computeOf<A>(
  definition: { readonly name: string } & (TensorForward<A, unknown> | ArrayForward<A, unknown>),
  single: boolean,
): (inputs: readonly Tensor[], attrs: A) => readonly Output[] {
  const listed = <T extends Meta>(result: unknown) => (single ? [result] : result) as readonly T[];
  if ('forward' in definition) {
    return (inputs, attrs) =>
      listed<Output>(withLimit(INSIDE_OP, () => definition.forward(inputs, attrs)));
  }
  const fill = fillOf(definition.name, definition);
  return (inputs, attrs) =>
    filled(fill, inputs, listed<Meta>(definition.output(inputs, attrs)), attrs);
}

/** The function that users call, around what runs on tensors. */
function callable<A, R>(
  op: Op,
  apply: (inputs: readonly Tensor[], attrs: A) => R,
): OpFunction<A, R> {
  const call = (...args: readonly unknown[]): R => {
    const last = args[args.length - 1];
    const attrs = isAttrs(last) ? last : undefined;
    const inputs = new Array<Tensor>(attrs === undefined ? args.length : args.length - 1);
    for (let i = 0; i < inputs.length; i++) inputs[i] = toTensor(op.name, args[i] as TensorLike);
    return apply(inputs, attrs as A);
  };
  return namedFunction(op, call) as OpFunction<A, R>;
}
