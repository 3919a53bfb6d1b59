// One WebAssembly module for a whole program: a function for each distinct kernel, and one that runs them all.

import {
  call,
  type Func,
  f32,
  f64,
  type ImportFunc,
  i32,
  importFunc,
  importMemory,
  type Local,
  local,
  Module,
  memory as memoryOps,
  type ValueType,
} from '../../kernels/wasm/assembler/index.js';
import { define, times } from '../../kernels/wasm/emit.js';
import { isExact } from '../../kernels/wasm/formula.js';
import type { Gemm } from '../../kernels/wasm/gemm-module.js';
import { columnsFunction, rowsFunction } from '../../kernels/wasm/reduce-code.js';
import { softmaxFunction } from '../../kernels/wasm/softmax-code.js';
import type { LaneType } from '../../kernels/wasm/vector.js';
import { nodesOf } from '../../scalar/index.js';
import { bytesPerElement, type DType } from '../../tensor/dtype.js';
import { sizeOf, stridesOf } from '../../tensor/shape.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { ElementwiseCall, Instruction, MatmulCall, ReduceCall } from '../instruction.js';
import { bytesOf } from '../plan.js';
import { floatsFromIntegers } from './convert.js';
import { elementwiseFunction, keyOfElementwise, rowsOf } from './elementwise.js';
import { columnSums, rowSums } from './sums.js';

/** Where a block lies: at an address of its own, or at an offset within the arena, which may move. */
export interface Place {
  readonly inArena: boolean;
  readonly offset: number;
}

export interface EmitOptions {
  readonly memory: WebAssembly.Memory;
  readonly placeOf: (block: Symbolic) => Place;
  readonly gemm: Gemm;
  /** Whether large products are better left to the system's library. */
  readonly hasBlas: () => boolean;
  /** Where matrix products pack their panels. */
  readonly scratch: Place;
  /** Runs instruction k in JavaScript. */
  readonly host: (k: number) => void;
  /** Copies at the end. */
  readonly moves: readonly { readonly from: Symbolic; readonly to: Symbolic }[];
}

export interface Emitted {
  readonly run: (arena: number) => void;
  /** For each instruction, what runs it. */
  readonly engines: readonly ('wasm' | 'host')[];
  readonly functions: number;
  readonly bytes: number;
}

type AnyFunction = Func<ValueType[], ValueType[]>;
type Parameter = number | Symbolic | Place;

/** A step of the run function. */
type Step =
  | { readonly kind: 'call'; readonly run: AnyFunction; readonly parameters: readonly Parameter[] }
  | { readonly kind: 'inline'; readonly emit: (push: (p: Parameter) => void) => void }
  | { readonly kind: 'host' };

const HOST: Step = { kind: 'host' };

/** Products of as many multiplications gain more from the system's BLAS than the way there and back costs. */
const BLAS_FROM = 65536;

/** Whether a product is large enough for the system's library, if there is one. */
export function leftToBlas({ m, n, k, dtype }: MatmulCall): boolean {
  return isLane(dtype) && m * n * k >= BLAS_FROM;
}

/** Batches of more matrices are looped over in JavaScript. */
const MOST_UNROLLED = 64;

/** Formulas of more nodes would take longer to emit than they save. */
const LONGEST = 2000;

const isLane = (dtype: DType): dtype is LaneType => dtype === 'float32' || dtype === 'float64';

export class ProgramEmitter {
  readonly #options: EmitOptions;
  readonly #functions = new Map<string, AnyFunction>();
  readonly #products = new Map<LaneType, ImportFunc>();

  constructor(options: EmitOptions) {
    this.#options = options;
  }

  #function(key: string, make: () => AnyFunction): AnyFunction {
    let known = this.#functions.get(key);
    if (known === undefined) {
      known = make();
      this.#functions.set(key, known);
    }
    return known;
  }

  #stepOf(instruction: Instruction): Step {
    const { call: asked, inputs, outputs } = instruction;
    const [out] = outputs;
    switch (asked.kind) {
      case 'elementwise':
        return this.#elementwise(asked, out);
      case 'reduce':
        return this.#reduce(asked, inputs[0], out);
      case 'axis': {
        const { kernel, outer, count, inner, flag } = asked;
        const { dtype } = out;
        if (kernel !== 'softmax' || inner !== 1 || outer * count === 0 || !isLane(dtype))
          return HOST;
        const kind = flag === true ? 'logSoftmax' : 'softmax';
        const run = this.#function(`${kind} ${dtype}`, () => softmaxFunction(kind, dtype));
        return { kind: 'call', run, parameters: [inputs[0], out, outer, bytesOfRow(dtype, count)] };
      }
      case 'copy': {
        const { from, to, shape } = asked;
        const strides = stridesOf(shape).join();
        if (from.strides.join() !== strides || to.strides.join() !== strides) return HOST;
        const bytes = bytesPerElement(out.dtype);
        return copyStep(
          out,
          to.offset * bytes,
          inputs[0],
          from.offset * bytes,
          sizeOf(shape) * bytes,
        );
      }
      case 'matmul':
        return this.#matmul(asked, inputs, out);
      case 'convert':
        if (asked.from === 'int32' && asked.to === 'float32' && out.length > 0) {
          const run = this.#function('floatsFromIntegers', floatsFromIntegers);
          return { kind: 'call', run, parameters: [out, inputs[0], bytesOf(out)] };
        }
        return convertStep(asked.from, asked.to, out, inputs[0]);
      default:
        return HOST;
    }
  }

  /** One product for each matrix of the batch. */
  #matmul(asked: MatmulCall, [a, b]: readonly Symbolic[], out: Symbolic): Step {
    const { dtype, m, n, k, batch, transposeA, transposeB } = asked;
    if (!isLane(dtype) || m * n * k === 0 || batch.length > MOST_UNROLLED) return HOST;
    if (leftToBlas(asked) && this.#options.hasBlas()) return HOST;
    const { placeOf, scratch } = this.#options;
    const bytes = bytesPerElement(dtype);
    const matrix = (block: Symbolic, index: number, size: number): Place => {
      const { inArena, offset } = placeOf(block);
      return { inArena, offset: offset + index * size * bytes };
    };
    const run = this.#product(dtype);
    return {
      kind: 'inline',
      emit: (push) => {
        batch.forEach(([indexOfA, indexOfB], index) => {
          push(matrix(a, indexOfA, m * k));
          push(matrix(b, indexOfB, k * n));
          push(matrix(out, index, m * n));
          for (const size of [m, n, k, Number(transposeA), Number(transposeB)]) push(size);
          push(scratch);
          push(0);
          call(run);
        });
      },
    };
  }

  #product(dtype: LaneType): ImportFunc {
    let known = this.#products.get(dtype);
    if (known === undefined) {
      known = importFunc({ in: times(10, i32), out: [] }, this.#options.gemm.raw(dtype));
      this.#products.set(dtype, known);
    }
    return known;
  }

  /** Reductions of rows and columns; only float32 sums need a function of their own, which rounds at the end. */
  #reduce({ reduction, outer, count, inner }: ReduceCall, x: Symbolic, out: Symbolic): Step {
    const { dtype } = out;
    if (!isLane(dtype) || reduction === 'prod' || outer * count * inner === 0) return HOST;
    const key = `${reduction} ${inner === 1 ? 'rows' : 'columns'} ${dtype}`;
    if (inner === 1) {
      const run = this.#function(key, () => {
        if (reduction === 'logsumexp') return softmaxFunction(reduction, dtype);
        return reduction === 'sum' && dtype === 'float32'
          ? rowSums()
          : rowsFunction(reduction, dtype);
      });
      return { kind: 'call', run, parameters: [x, out, outer, bytesOfRow(dtype, count)] };
    }
    if (reduction === 'logsumexp') return HOST;
    const rowBytes = bytesOfRow(dtype, inner);
    if (reduction === 'sum' && dtype === 'float32') {
      if (outer !== 1) return HOST;
      const run = this.#function(key, columnSums);
      return { kind: 'call', run, parameters: [x, out, count, rowBytes] };
    }
    const run = this.#function(key, () => columnsFunction(reduction, dtype));
    return { kind: 'call', run, parameters: [x, out, outer, count * rowBytes, rowBytes] };
  }

  #elementwise(asked: ElementwiseCall, out: Symbolic): Step {
    const { f, reads, dtype } = asked;
    const plain =
      isLane(dtype) && out.dtype === dtype && reads.every(({ block }) => block.dtype === dtype);
    if (!plain || out.length === 0 || nodesOf(f).length > LONGEST) return HOST;
    // Numbers are computed in JavaScript eagerly, whose mathematics has bits of its own.
    if (asked.shape.length === 0 && !isExact(f)) return HOST;
    const rows = rowsOf(asked);
    if (rows === null) return HOST;
    const bytes = rows.inner * bytesPerElement(dtype);
    const { placeOf } = this.#options;
    const place = placeOf(out);
    const overwrites = reads.some(
      ({ block }) =>
        placeOf(block).offset === place.offset && placeOf(block).inArena === place.inArena,
    );
    if (overwrites && rows.rows > 1 && bytes % 16 !== 0) return HOST;
    const run = this.#function(keyOfElementwise(f, dtype, rows.readings), () =>
      elementwiseFunction(f, dtype, rows.readings),
    );
    const parameters = [rows.rows, bytes, out, ...reads.map(({ block }) => block)];
    return { kind: 'call', run, parameters };
  }

  emit(instructions: readonly Instruction[]): Emitted {
    const { memory, placeOf, host, moves } = this.#options;
    const steps = instructions.map((instruction) => this.#stepOf(instruction));
    const hostFunction = importFunc({ in: [i32], out: [] }, host);
    const written = new Set<Symbolic>();
    const run = define({ in: [i32], locals: [], out: [] }, ([base]) => {
      const push = (parameter: Parameter): void => {
        if (typeof parameter === 'number') {
          i32.const(parameter);
          return;
        }
        const { inArena, offset } = 'inArena' in parameter ? parameter : placeOf(parameter);
        if (inArena) local.get(base as Local<'i32'>);
        i32.const(offset);
        if (inArena) i32.add();
      };
      instructions.forEach(({ partial, outputs: [out] }, k) => {
        // The first of several partial writes begins on zeros, as on a fresh array.
        if (partial && !written.has(out)) fillZeros(push, out);
        written.add(out);
        const step = steps[k];
        if (step.kind === 'call') {
          for (const parameter of step.parameters) push(parameter);
          call(step.run);
        } else if (step.kind === 'inline') step.emit(push);
        else {
          i32.const(k);
          call(hostFunction);
        }
      });
      for (const { from, to } of moves) {
        push(to);
        push(from);
        push(bytesOf(to));
        memoryOps.copy();
      }
    });
    const module = Module({
      exports: { run },
      memory: importMemory({ min: 1, max: 65536 }, memory),
    });
    const bytes = module.toBytes();
    const compiled = new WebAssembly.Module(bytes as BufferSource);
    const { exports } = new WebAssembly.Instance(compiled, module.importMap);
    return {
      run: exports.run as (arena: number) => void,
      engines: steps.map(({ kind }) => (kind === 'host' ? 'host' : 'wasm')),
      functions: this.#functions.size,
      bytes: bytes.length,
    };
  }
}

function bytesOfRow(dtype: LaneType, count: number): number {
  return count * bytesPerElement(dtype);
}

function fillZeros(push: (p: Parameter) => void, out: Symbolic): void {
  push(out);
  i32.const(0);
  push(bytesOf(out));
  memoryOps.fill();
}

function copyStep(out: Symbolic, to: number, x: Symbolic, from: number, bytes: number): Step {
  return {
    kind: 'inline',
    emit: (push) => {
      push(out);
      i32.const(to);
      i32.add();
      push(x);
      i32.const(from);
      i32.add();
      i32.const(bytes);
      memoryOps.copy();
    },
  };
}

/** Single numbers between the floating dtypes; anything else is left to JavaScript. */
function convertStep(from: DType, to: DType, out: Symbolic, x: Symbolic): Step {
  if (out.length !== 1 || !isLane(from) || !isLane(to) || from === to) return HOST;
  return {
    kind: 'inline',
    emit: (push) => {
      push(out);
      push(x);
      if (from === 'float64') {
        f64.load({});
        f32.demote_f64();
        f32.store({});
      } else {
        f32.load({});
        f64.promote_f32();
        f64.store({});
      }
    },
  };
}
