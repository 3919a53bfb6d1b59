// The kernels of a trace: they compute nothing and note down everything.

import type {
  Elements,
  Kernels,
  KernelView,
  Layout,
  MatmulProblem,
  Reduction,
} from '../kernels/kernels.js';
import type { Expr } from '../scalar/index.js';
import { knownAt } from '../scalar/known.js';
import { type DType, dtypeOfArray, type TypedArray } from '../tensor/dtype.js';
import type { Shape } from '../tensor/shape.js';
import { isSymbolic, Symbolic } from '../tensor/symbolic.js';
import type { Call, Instruction } from './instruction.js';

/** Elements that are known while tracing. */
export type Constant = TypedArray | number;

/** Deep enough for the user's frame to be found behind those of the library. */
const FRAMES_CAPTURED = 40;

/** Where the program is right now, as the stack of an error that is never thrown. */
export function siteOf(): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES_CAPTURED;
  const site = new Error();
  Error.stackTraceLimit = limit;
  return site;
}

/**
 * Whose places are noted down: that takes longer than all the rest. Programs name the line of an index that they refuse.
 */
export type Sites = 'none' | 'indices' | 'all';

export class Recorder implements Kernels {
  readonly name = 'trace';
  readonly instructions: Instruction[] = [];
  readonly constants = new Map<Symbolic, Constant>();
  readonly #constantOf = new Map<TypedArray, Symbolic>();
  readonly #sites: Sites;
  #lastId = 0;

  constructor(sites: Sites) {
    this.#sites = sites;
  }

  block(dtype: DType, length: number): Symbolic {
    return new Symbolic(++this.#lastId, dtype, length);
  }

  allocate(dtype: DType, length: number): TypedArray {
    return this.block(dtype, length) as unknown as TypedArray;
  }

  /** The block of what a kernel was given: one of the trace's, or elements that are known already. */
  #blockOf(storage: unknown, dtype: DType): Symbolic {
    if (isSymbolic(storage)) return storage;
    if (typeof storage === 'number') return this.constant(storage, dtype, 1);
    const array = storage as TypedArray;
    return knownAt(this.#constantOf, array, () => this.constant(array, dtype, array.length));
  }

  constant(elements: Constant, dtype: DType, length: number): Symbolic {
    const block = this.block(dtype, length);
    this.constants.set(block, elements);
    return block;
  }

  note(
    call: Call,
    inputs: readonly Symbolic[],
    outputs: readonly Symbolic[],
    partial = false,
  ): void {
    const readsIndices = call.kind === 'axis' && inputs.length > 1;
    const wanted = this.#sites === 'all' || (this.#sites === 'indices' && readsIndices);
    const site = wanted ? siteOf() : null;
    this.instructions.push({ call, inputs, outputs, partial, site });
  }

  #noteOn(call: Call, inputs: readonly TypedArray[], out: TypedArray, partial = false): void {
    const blocks = inputs.map((x) => this.#blockOf(x, isSymbolic(x) ? 'float32' : dtypeOfArray(x)));
    this.note(call, blocks, [out as unknown as Symbolic], partial);
  }

  elementwise(
    f: Expr,
    inputs: readonly Elements[],
    out: TypedArray,
    shape: Shape,
    dtype: DType,
  ): void {
    const reads = inputs.map((x) => ({ block: this.#blockOf(x.storage, dtype), shape: x.shape }));
    const call: Call = { kind: 'elementwise', f, reads, shape, dtype };
    this.note(
      call,
      reads.map(({ block }) => block),
      [out as unknown as Symbolic],
    );
  }

  reduce(
    reduction: Reduction,
    x: TypedArray,
    out: TypedArray,
    outer: number,
    count: number,
    inner: number,
  ): void {
    this.#noteOn({ kind: 'reduce', reduction, outer, count, inner }, [x], out);
  }

  copy(x: TypedArray, from: Layout, out: TypedArray, to: Layout, shape: Shape): void {
    this.#noteOn({ kind: 'copy', from, to, shape }, [x], out, true);
  }

  accumulate(x: TypedArray, from: Layout, out: TypedArray, to: Layout, shape: Shape): void {
    this.#noteOn({ kind: 'accumulate', from, to, shape }, [x], out, true);
  }

  matmul({ a, b, out, ...sizes }: MatmulProblem): void {
    this.#noteOn({ kind: 'matmul', ...sizes }, [a, b], out);
  }

  convert(x: TypedArray, from: DType, out: TypedArray, to: DType): void {
    this.#noteOn({ kind: 'convert', from, to }, [x], out);
  }

  host(
    name: string,
    inputs: readonly KernelView[],
    outputs: readonly KernelView[],
    run: (inputs: readonly KernelView[], outputs: readonly KernelView[]) => void,
  ): void {
    const metas = [...inputs, ...outputs].map(({ shape, dtype }) => ({ shape, dtype }));
    this.note(
      { kind: 'host', name, metas, run },
      inputs.map(({ data, dtype }) => this.#blockOf(data, dtype)),
      outputs.map(({ data }) => data as unknown as Symbolic),
    );
  }

  /** A kernel that scans an axis, with a flag. */
  #scan(kernel: 'cumulativeSum' | 'softmax' | 'argSort'): Kernels['softmax'] {
    return (x, out, outer, count, inner, flag) =>
      this.#noteOn({ kind: 'axis', kernel, outer, count, inner, flag }, [x], out);
  }

  /** A kernel that reads, or adds, at indices. */
  #pick(kernel: 'gather' | 'scatterAdd' | 'takeAlong' | 'scatterAddAlong'): Kernels['gather'] {
    const adds = kernel.startsWith('scatter');
    return (x, indices, out, outer, count, inner) => {
      const call: Call = { kind: 'axis', kernel, outer, count, inner, flag: null };
      this.#noteOn(call, [x, indices], out, adds);
    };
  }

  argReduce: Kernels['argReduce'] = (flag, x, out, outer, count, inner) =>
    this.#noteOn({ kind: 'axis', kernel: 'argReduce', outer, count, inner, flag }, [x], out);

  readonly cumulativeSum = this.#scan('cumulativeSum');
  readonly softmax = this.#scan('softmax');
  readonly argSort = this.#scan('argSort');
  readonly gather = this.#pick('gather');
  readonly scatterAdd = this.#pick('scatterAdd');
  readonly takeAlong = this.#pick('takeAlong');
  readonly scatterAddAlong = this.#pick('scatterAddAlong');
}
