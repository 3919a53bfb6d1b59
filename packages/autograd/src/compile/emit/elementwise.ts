// A fused formula over blocks: one function for each formula and way of reading, addresses and sizes as parameters.

import { collapse } from '../../kernels/broadcast-loops.js';
import {
  type Func,
  i32,
  type Local,
  local,
  type ValueType,
  v128,
} from '../../kernels/wasm/assembler/index.js';
import { define, Emitter, sharedNodes, times } from '../../kernels/wasm/emit.js';
import { formulaOn } from '../../kernels/wasm/formula.js';
import { type LaneType, lanesOf, vec } from '../../kernels/wasm/vector.js';
import type { Expr } from '../../scalar/index.js';
import { bytesPerElement } from '../../tensor/dtype.js';
import { broadcastStrides } from '../../tensor/shape.js';
import type { ElementwiseCall } from '../instruction.js';
import {
  advance,
  type Pointer,
  pushAddress,
  pushSplat,
  pushVector,
  repeat,
  reset,
  VECTOR_BYTES,
  whileBelow,
} from './addresses.js';

/**
 * How an operand is read along rows of the result: element by element, one row again and again, one element a row, or
 * one element for all.
 */
export type Reading = 'same' | 'row' | 'column' | 'one';

/** A result as rows of `inner` elements, and how each operand is read along them. */
export interface Rows {
  readonly rows: number;
  readonly inner: number;
  readonly readings: readonly Reading[];
}

function readingOf(inner: number, outer: number): Reading | null {
  if (inner === 1) return outer === 0 ? 'row' : 'same';
  if (inner !== 0) return null;
  return outer === 0 ? 'one' : outer === 1 ? 'column' : null;
}

/** The call as rows; null if it has more axes than that, or reads in other steps. */
export function rowsOf({ reads, shape }: ElementwiseCall): Rows | null {
  const strides = reads.map((read) => broadcastStrides(read.shape, shape));
  const whole = broadcastStrides(shape, shape);
  const [sizes, steps] = collapse(shape, [whole, ...strides]);
  if (sizes.length > 2) return null;
  const [inner = 1, rows = 1] = sizes;
  const readings = steps.slice(1).map((own): Reading | null => {
    const [step = 0, rowStep = sizes.length > 1 ? 0 : null] = own;
    if (rowStep === null) return step === 0 ? 'one' : step === 1 ? 'same' : null;
    if (step === 1 && rowStep === inner) return 'same';
    return readingOf(step, rowStep);
  });
  return readings.includes(null) ? null : { rows, inner, readings: readings as Reading[] };
}

/**
 * (rows, inner bytes, out, a₀, a₁, …): the formula over rows. The last vector of a row may reach beyond it: into the
 * next row, which is written after it, or into the padding behind the block.
 */
export function elementwiseFunction(
  f: Expr,
  dtype: LaneType,
  readings: readonly Reading[],
): Func<ValueType[], ValueType[]> {
  const l = lanesOf(dtype);
  const pointers: Pointer[] = [];
  const splats: Local<'v128'>[] = [];
  const at: Pointer[] = [];
  const args = readings.map((reading, k) =>
    reading === 'same' || reading === 'row'
      ? vec(() => pushVector(pointers[k], at[0]))
      : vec(() => local.get(splats[k]), [], true),
  );
  const root = formulaOn(l, f, args);
  const pool = sharedNodes([root]).length;
  const arity = readings.length;
  const locals = [i32, ...times(arity, v128), ...times(pool, v128)];
  return define({ in: times(3 + arity, i32), locals, out: [] }, (parameters, rest) => {
    const [rows, inner, out, ...own] = parameters as Pointer[];
    const [position, ...vectors] = rest as [Pointer, ...Local<'v128'>[]];
    pointers.push(...own);
    at.push(position);
    splats.push(...vectors.slice(0, arity));
    readings.forEach((reading, k) => {
      if (reading !== 'one') return;
      pushSplat(dtype, own[k]);
      local.set(splats[k]);
    });
    repeat(rows, () => {
      readings.forEach((reading, k) => {
        if (reading !== 'column') return;
        pushSplat(dtype, own[k]);
        local.set(splats[k]);
        advance(own[k], bytesPerElement(dtype));
      });
      reset(position);
      whileBelow(position, inner, VECTOR_BYTES, () => {
        pushAddress(out, position);
        new Emitter(vectors.slice(arity)).push(root);
        v128.store({});
      });
      advance(out, inner);
      readings.forEach((reading, k) => {
        if (reading === 'same') advance(own[k], inner);
      });
    });
  });
}

/** A key for functions that do the same: formula, dtype and readings. */
export function keyOfElementwise(f: Expr, dtype: LaneType, readings: readonly Reading[]): string {
  return `elementwise ${f.id} ${dtype} ${readings.join()}`;
}
