// What a trace notes down: kernel calls on blocks of memory that don't exist yet.

import { accumulate } from '../kernels/accumulate.js';
import type { Kernels, KernelView, Layout, Reduction } from '../kernels/kernels.js';
import { softmaxWithLogs } from '../kernels/wasm/softmax.js';
import { type Expr, kernelOf } from '../scalar/index.js';
import type { Stream } from '../tensor/draw.js';
import type { DType, TypedArray } from '../tensor/dtype.js';
import { type Shape, sameShape, sizeOf, stridesOf } from '../tensor/shape.js';
import type { Symbolic } from '../tensor/symbolic.js';

/** A block as an elementwise kernel reads it. */
export interface Read {
  readonly block: Symbolic;
  readonly shape: Shape;
}

export interface ElementwiseCall {
  readonly kind: 'elementwise';
  readonly f: Expr;
  readonly reads: readonly Read[];
  readonly shape: Shape;
  /** The dtype computed in; that of the output may be bool. */
  readonly dtype: DType;
}

export interface ReduceCall {
  readonly kind: 'reduce';
  readonly reduction: Reduction;
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

/**
 * A reduction, or softmax, of what a formula gives, made as it is read. Behind its own outputs are, if they are `written`, the
 * formula's values, which others read.
 */
export interface ReduceFormulaCall {
  readonly kind: 'reduceFormula';
  readonly reduce: RowCall;
  readonly formula: ElementwiseCall;
  readonly written: boolean;
}

export interface CopyCall {
  readonly kind: 'copy';
  readonly from: Layout;
  readonly to: Layout;
  readonly shape: Shape;
}

/** out += x, from one layout to another. */
export interface AccumulateCall {
  readonly kind: 'accumulate';
  readonly from: Layout;
  readonly to: Layout;
  readonly shape: Shape;
}

export interface MatmulCall {
  readonly kind: 'matmul';
  readonly dtype: DType;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly batch: readonly (readonly [number, number])[];
}

/**
 * The kernels that work along one axis, on blocks and three sizes. That of softmax `WithLogs` gives of each row m and
 * ln Σ exp(x − m) too: the logarithm of softmax is x less both.
 */
export type AxisKernel =
  | 'argReduce'
  | 'cumulativeSum'
  | 'softmax'
  | 'softmaxWithLogs'
  | 'argSort'
  | 'gather'
  | 'scatterAdd'
  | 'takeAlong'
  | 'scatterAddAlong';

export interface AxisCall {
  readonly kind: 'axis';
  readonly kernel: AxisKernel;
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
  /** The kernel's last argument, if it has one. */
  readonly flag: boolean | 'max' | 'min' | null;
}

export interface ConvertCall {
  readonly kind: 'convert';
  readonly from: DType;
  readonly to: DType;
}

/** out = W − η·(A B); inputs are A, B, W, and η unless it is known. */
export interface DescentCall {
  readonly kind: 'descent';
  readonly product: MatmulCall;
  readonly rate: number | null;
}

/** What may take the formula of its operand. */
export type RowCall = ReduceCall | AxisCall;

export const isSoftmax = (call: Call): call is AxisCall =>
  call.kind === 'axis' && call.kernel.startsWith('softmax');

/** A kernel of the user's, called as it is. */
export interface HostCall {
  readonly kind: 'host';
  readonly name: string;
  readonly metas: readonly Pick<KernelView, 'shape' | 'dtype'>[];
  readonly run: (inputs: readonly KernelView[], outputs: readonly KernelView[]) => void;
}

/**
 * Draws from a generator, whose state goes on as it does eagerly. Of a stream, JavaScript writes the place into the second
 * output, from where vectors fill the first; without one it fills the output.
 */
export interface DrawCall {
  readonly kind: 'draw';
  readonly stream: Stream | null;
  readonly fill: (out: TypedArray) => void;
}

export type Call =
  | ElementwiseCall
  | ReduceCall
  | ReduceFormulaCall
  | CopyCall
  | AccumulateCall
  | MatmulCall
  | DescentCall
  | AxisCall
  | ConvertCall
  | HostCall
  | DrawCall;

/** One step of a program: a call, the blocks that it reads, the blocks that it writes. */
export interface Instruction {
  readonly call: Call;
  readonly inputs: readonly Symbolic[];
  readonly outputs: readonly Symbolic[];
  /** Whether it leaves a part of the output as it was, or adds to it. */
  readonly partial: boolean;
  /** Holds the stack of where it was noted down; read only to explain a refusal. */
  readonly site: Error | null;
}

/** Whether a copy writes every element of its output, in order. */
export function fillsWhole({ to, shape }: CopyCall, out: Symbolic): boolean {
  return to.offset === 0 && sizeOf(shape) === out.length && sameShape(to.strides, stridesOf(shape));
}

/** How often instructions read, or write, each block. */
export function usesOf(
  instructions: readonly Instruction[],
  side: keyof Blocks,
): (block: Symbolic) => number {
  const counts = new Map<Symbolic, number>();
  for (const instruction of instructions) {
    for (const block of instruction[side]) counts.set(block, (counts.get(block) ?? 0) + 1);
  }
  return (block) => counts.get(block) ?? 0;
}

/** Blocks that an instruction, or a whole program, reads and writes. */
export type Blocks = Pick<Instruction, 'inputs' | 'outputs'>;

/** The arrays over them. */
export interface Operands {
  readonly inputs: readonly TypedArray[];
  readonly outputs: readonly TypedArray[];
}

/** Runs one instruction on arrays: what the emitter's code must be equal to. */
export function execute(
  kernels: Kernels,
  { call }: Instruction,
  { inputs: x, outputs }: Operands,
): void {
  const out = outputs[0];
  switch (call.kind) {
    case 'elementwise':
      if (call.shape.length === 0) {
        const { scalar } = kernelOf(call.f, x.length, call.dtype);
        out[0] = scalar(...x.map((array) => array[0]));
      } else executeElementwise(kernels, call, x, out);
      return;
    case 'reduce':
      kernels.reduce(call.reduction, x[0], out, call.outer, call.count, call.inner);
      return;
    case 'copy':
      kernels.copy(x[0], call.from, out, call.to, call.shape);
      return;
    case 'accumulate':
      accumulate(kernels, x[0], call.from, out, call.to, call.shape);
      return;
    case 'matmul':
      kernels.matmul({ ...call, a: x[0], b: x[1], out });
      return;
    case 'reduceFormula': // is made only where it has a function,
    case 'descent': // and this for BLAS alone.
      throw new Error(`unreachable: no kernel does a ${call.kind}`);
    case 'axis':
      executeAxis(kernels, call, x, outputs);
      return;
    case 'convert':
      kernels.convert(x[0], call.from, out, call.to);
      return;
    case 'draw':
      call.fill(out);
      return;
    case 'host':
      executeHost(call, x, outputs);
  }
}

function executeElementwise(
  kernels: Kernels,
  { f, reads, shape, dtype }: ElementwiseCall,
  x: readonly TypedArray[],
  out: TypedArray,
): void {
  const operands = reads.map((read, i) => ({ storage: x[i], shape: read.shape }));
  kernels.elementwise(f, operands, out, shape, dtype);
}

function executeHost(
  { metas, run }: HostCall,
  x: readonly TypedArray[],
  outputs: readonly TypedArray[],
): void {
  const views = [...x, ...outputs].map((data, i) => ({ data, ...metas[i] }));
  run(views.slice(0, x.length), views.slice(x.length));
}

function executeAxis(
  kernels: Kernels,
  call: AxisCall,
  x: readonly TypedArray[],
  outputs: readonly TypedArray[],
): void {
  const { outer, count, inner, flag } = call;
  const [out] = outputs;
  switch (call.kernel) {
    case 'softmaxWithLogs':
      softmaxWithLogs(x[0], outputs, outer, count, inner);
      return;
    case 'argReduce':
      kernels.argReduce(flag as 'max' | 'min', x[0], out, outer, count, inner);
      return;
    case 'cumulativeSum':
    case 'softmax':
    case 'argSort':
      kernels[call.kernel](x[0], out, outer, count, inner, flag as boolean);
      return;
    default:
      kernels[call.kernel](x[0], x[1], out, outer, count, inner);
  }
}
