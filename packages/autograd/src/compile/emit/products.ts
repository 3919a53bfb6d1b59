// Matrix products: one call, or a loop over the matrices of a batch.

import {
  call,
  type ImportFunc,
  i32,
  importFunc,
  local,
} from '../../kernels/wasm/assembler/index.js';
import { routine, times } from '../../kernels/wasm/emit.js';
import type { Gemm } from '../../kernels/wasm/gemm-module.js';
import { GEMM_PARAMETERS } from '../../kernels/wasm/gemm-product.js';
import {
  cutOf,
  type GemmCut,
  gemmJob,
  scratchPerThread,
  worthThreads,
} from '../../kernels/wasm/gemm-threads.js';
import type { LaneType } from '../../kernels/wasm/vector.js';
import { knownAt } from '../../scalar/known.js';
import { bytesPerElement, isFloating } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { MatmulCall } from '../instruction.js';
import { type Loop, nested } from './nest.js';
import type { Blocks } from './shared.js';
import {
  type AnyFunction,
  behind,
  type CallStep,
  type Parameter,
  type StepContext,
} from './step.js';

const products = new WeakMap<Gemm, Map<LaneType, ImportFunc>>();

const productOf = (gemm: Gemm, dtype: LaneType): ImportFunc =>
  knownAt(
    knownAt(products, gemm, () => new Map()),
    dtype,
    () => importFunc({ in: times(GEMM_PARAMETERS, i32), out: [] }, gemm.raw(dtype)),
  );

/** (a, b, out, m, n, k, transposeA, transposeB, scratch): out = op(A) op(B). */
function productFunction(gemm: Gemm, dtype: LaneType): AnyFunction {
  return routine(9, 0, 0, (parameters) => {
    for (const parameter of parameters) local.get(parameter);
    i32.const(0);
    call(productOf(gemm, dtype));
  });
}

/**
 * The batch as loops, innermost first: matrices of A, B and C that lie in equal steps one after another. Null if it is
 * not that regular.
 */
function loopsOf(batch: MatmulCall['batch']): { count: number; a: number; b: number }[] | null {
  const loops: { count: number; a: number; b: number }[] = [];
  let starts = [...batch];
  while (starts.length > 1) {
    const [first, second] = starts;
    const [a, b] = [second[0] - first[0], second[1] - first[1]];
    let count = 1;
    while (
      count < starts.length &&
      starts[count][0] - starts[count - 1][0] === a &&
      starts[count][1] - starts[count - 1][1] === b
    )
      count++;
    if (starts.length % count !== 0) return null;
    const regular = starts.every((start, i) => {
      const [a0, b0] = starts[i - (i % count)];
      return start[0] === a0 + (i % count) * a && start[1] === b0 + (i % count) * b;
    });
    if (!regular) return null;
    loops.push({ count, a, b });
    starts = starts.filter((_, i) => i % count === 0);
  }
  return loops;
}

/** The bytes of a matrix of A, of B and of C. */
export function sizesOf({ dtype, m, n, k }: MatmulCall): readonly [number, number, number] {
  const bytes = bytesPerElement(dtype);
  return [m * k * bytes, k * n * bytes, m * n * bytes];
}

/** A batch in rows and columns, and how A, B and C step on from product to product. */
interface Grid {
  readonly down: number;
  readonly across: number;
  readonly steps: readonly { readonly down: number; readonly across: number }[];
}

const ONCE = { count: 1, a: 0, b: 0 };

/** Null if the batch is not that regular. */
export function gridOf(call: MatmulCall): Grid | null {
  const loops = loopsOf(call.batch);
  if (loops === null || loops.length > 2) return null;
  const [inner = ONCE, outer = ONCE] = loops;
  const steps = sizesOf(call).map((size, operand) => ({
    down: [outer.a, outer.b, inner.count][operand] * size,
    across: [inner.a, inner.b, 1][operand] * size,
  }));
  return { down: outer.count, across: inner.count, steps };
}

/** Products of fewer multiplications in a batch are not taken one by one. */
const LEAST_PRODUCT = 65536;

/** The blocks that threads take: parts of each product, or whole products of a batch. Null if it's not worth that. */
export function matmulBlocks(
  call: MatmulCall,
  [a, b]: readonly Symbolic[],
  out: Symbolic,
  { placeOf, gemm, scratch, threads }: StepContext,
): readonly Blocks[] | null {
  const { dtype, m, n, k, batch, transposeA, transposeB } = call;
  if (!isFloating(dtype)) return null;
  const [sizeOfA, sizeOfB, sizeOfC] = sizesOf(call);
  const perThread = scratchPerThread(dtype, n, k);
  const jobOf = (index: number, cut: GemmCut) => {
    const [ofA, ofB] = batch[index];
    const product = {
      a: behind(placeOf(a), ofA * sizeOfA),
      b: behind(placeOf(b), ofB * sizeOfB),
      c: behind(placeOf(out), index * sizeOfC),
      ...{ m, n, k, transposeA, transposeB, add: false },
    };
    return gemmJob<Parameter>(gemm, dtype, product, scratch, perThread, cut);
  };
  if (worthThreads(dtype, m, n, k)) {
    return batch.map((_, index) => jobOf(index, cutOf(dtype, m, n, threads)));
  }
  const worthwhile = m * n * k >= LEAST_PRODUCT && worthThreads(dtype, m, n, k * batch.length);
  const grid = worthwhile ? gridOf(call) : null;
  if (grid === null) return null;
  const { down, across, steps } = grid;
  const { target, parameters } = jobOf(0, { rows: m, columns: n });
  const stepping = parameters.map(({ base, perThread }, p) => ({
    base,
    perThread,
    ...steps[p],
  }));
  return [{ target, parameters: stepping, down, across }];
}

export function matmulStep(
  asked: MatmulCall,
  [a, b]: readonly Symbolic[],
  out: Symbolic,
  { placeOf, gemm, scratch }: StepContext,
): CallStep | null {
  const { dtype, m, n, k, batch, transposeA, transposeB } = asked;
  if (!isFloating(dtype) || m * n * k * batch.length === 0) return null;
  const regular = loopsOf(batch);
  if (regular === null) return null;
  const [sizeOfA, sizeOfB, sizeOfC] = sizesOf(asked);
  const [[firstA, firstB]] = batch;
  const step: CallStep = {
    kind: 'call',
    key: `product ${dtype}`,
    make: () => productFunction(gemm, dtype),
    parameters: [
      behind(placeOf(a), firstA * sizeOfA),
      behind(placeOf(b), firstB * sizeOfB),
      placeOf(out),
      ...[m, n, k, Number(transposeA), Number(transposeB)],
      scratch,
    ],
  };
  let done = 1;
  const loops = regular.map((one): Loop => {
    const steps = [one.a * sizeOfA, one.b * sizeOfB, done * sizeOfC];
    done *= one.count;
    return { count: one.count, steps };
  });
  return nested(step, loops, [0, 1, 2]);
}
