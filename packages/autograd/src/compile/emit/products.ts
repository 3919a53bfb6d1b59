// Matrix products: one call, or a loop over the matrices of a batch.

import {
  call,
  type ImportFunc,
  i32,
  importFunc,
  local,
} from '../../kernels/wasm/assembler/index.js';
import { define, times } from '../../kernels/wasm/emit.js';
import { GEMM_PARAMETERS } from '../../kernels/wasm/gemm-blocks.js';
import type { Gemm } from '../../kernels/wasm/gemm-module.js';
import { isLane, type LaneType } from '../../kernels/wasm/vector.js';
import { bytesPerElement } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { MatmulCall } from '../instruction.js';
import { type Loop, nested } from './nest.js';
import { type AnyFunction, behind, type CallStep, type StepContext } from './step.js';

/** Products of as many multiplications gain more from the system's BLAS than the way there and back costs. */
const BLAS_FROM = 65536;

/** Whether a product is large enough for the system's library, if there is one. */
export function leftToBlas({ m, n, k, dtype }: MatmulCall): boolean {
  return isLane(dtype) && m * n * k >= BLAS_FROM;
}

const products = new WeakMap<Gemm, Map<LaneType, ImportFunc>>();

function productOf(gemm: Gemm, dtype: LaneType): ImportFunc {
  let known = products.get(gemm);
  if (known === undefined) {
    known = new Map();
    products.set(gemm, known);
  }
  let product = known.get(dtype);
  if (product === undefined) {
    product = importFunc({ in: times(GEMM_PARAMETERS, i32), out: [] }, gemm.raw(dtype));
    known.set(dtype, product);
  }
  return product;
}

/** (a, b, out, m, n, k, transposeA, transposeB, scratch): out = op(A) op(B). */
function productFunction(gemm: Gemm, dtype: LaneType): AnyFunction {
  return define({ in: times(9, i32), locals: [], out: [] }, (parameters) => {
    for (const parameter of parameters) local.get(parameter);
    i32.const(0);
    call(productOf(gemm, dtype));
  });
}

/**
 * The batch as loops, innermost first: matrices of A, B and C that lie in equal steps one after another. Null if it is
 * not that regular.
 */
export function loopsOf(
  batch: MatmulCall['batch'],
): { count: number; a: number; b: number }[] | null {
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

export function matmulStep(
  asked: MatmulCall,
  [a, b]: readonly Symbolic[],
  out: Symbolic,
  { placeOf, gemm, hasBlas, scratch }: StepContext,
): CallStep | null {
  const { dtype, m, n, k, batch, transposeA, transposeB } = asked;
  if (!isLane(dtype) || m * n * k * batch.length === 0) return null;
  if (leftToBlas(asked) && hasBlas()) return null;
  const regular = loopsOf(batch);
  if (regular === null) return null;
  const bytes = bytesPerElement(dtype);
  const [sizeOfA, sizeOfB, sizeOfC] = [m * k * bytes, k * n * bytes, m * n * bytes];
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
