// Softmax, its logarithm, and log Σ exp: one pass over rows that fit a slot, else composed of formulas and reductions.

import { argument, type Expr } from '../../scalar/index.js';
import type { TypedArray } from '../../tensor/dtype.js';
import type { Shape } from '../../tensor/shape.js';
import { allocate } from '../../tensor/storage.js';
import type { Reduction } from '../kernels.js';
import { reduce as reduceInJavaScript } from '../reference/reduce.js';
import { softmax as softmaxInJavaScript } from '../reference/scan.js';
import { elementwise } from './elementwise.js';
import { instantiate } from './module.js';
import { reduce as reduceGathering } from './reduce.js';
import { copyTo, SLOT_BYTES, scratchArray, scratchImport, slotAddress } from './scratch.js';
import { type RowFunction, softmaxFunction } from './softmax-code.js';
import { type LaneType, laneTypeOf } from './vector.js';

type Rows = (source: number, target: number, rows: number, rowBytes: number) => void;

const SLOTS = 2;

const compiled: { readonly [kind in RowFunction]: { [dtype in LaneType]?: Rows } } = {
  softmax: {},
  logSoftmax: {},
  logsumexp: {},
};

function rowsOf(kind: RowFunction, dtype: LaneType): Rows {
  const known = compiled[kind];
  known[dtype] ??= instantiate({ rows: softmaxFunction(kind, dtype) }, scratchImport(SLOTS)).rows;
  return known[dtype];
}

function alongRows(
  kind: RowFunction,
  dtype: LaneType,
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
): void {
  const run = rowsOf(kind, dtype);
  const memory = scratchArray(dtype, SLOTS);
  const bytes = memory.BYTES_PER_ELEMENT;
  const most = Math.floor(SLOT_BYTES / bytes / count);
  const length = kind === 'logsumexp' ? 1 : count;
  for (let i = 0; i < outer; i += most) {
    const rows = Math.min(most, outer - i);
    copyTo(memory, 0, x, i * count, rows * count);
    run(0, slotAddress(1), rows, count * bytes);
    copyTo(out, i * length, memory, slotAddress(1) / bytes, rows * length);
  }
}

// ---- Composed ---------------------------------------------------------------------------------------------------------

const [X, SHIFT, SUM] = [argument(0), argument(1), argument(2)];

/** Infinite maxima would give ∞ − ∞. */
const FINITE = X.abs().less(Infinity).select(X, X.equal(X).select(0, X));
const NOT_ABSENT = X.equal(-Infinity).select(0, X);
const EXPONENTIAL = X.sub(SHIFT).exp();
const POSITIVE = SUM.equal(0).select(1, SUM);

const COMPOSED: Readonly<Record<RowFunction, { shift: Expr; result: Expr }>> = {
  softmax: { shift: NOT_ABSENT, result: EXPONENTIAL.div(POSITIVE) },
  logSoftmax: { shift: NOT_ABSENT, result: X.sub(SHIFT).sub(POSITIVE.log()) },
  logsumexp: { shift: FINITE, result: X.add(argument(1).log()) },
};

function composed(
  kind: RowFunction,
  dtype: LaneType,
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
): void {
  const shape: Shape = [outer, count, inner];
  const reduced: Shape = [outer, 1, inner];
  const { shift, result } = COMPOSED[kind];
  const most = allocate(dtype, outer * inner);
  reduceGathering('max', x, most, outer, count, inner);
  const shifts = allocate(dtype, outer * inner);
  elementwise(shift, [{ storage: most, shape: reduced }], shifts, reduced, dtype);
  const operands = [
    { storage: x, shape },
    { storage: shifts, shape: reduced },
  ];
  const exponentials = allocate(dtype, x.length);
  elementwise(EXPONENTIAL, operands, exponentials, shape, dtype);
  const sums = allocate(dtype, outer * inner);
  reduceGathering('sum', exponentials, sums, outer, count, inner);
  const sum = { storage: sums, shape: reduced };
  if (kind === 'logsumexp') elementwise(result, [operands[1], sum], out, reduced, dtype);
  else elementwise(result, [...operands, sum], out, shape, dtype);
}

/** False where there is nothing for vectors to do. */
function ran(
  kind: RowFunction,
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
): boolean {
  const dtype = laneTypeOf(x);
  if (dtype === null || x.length === 0) return false;
  const fits = inner === 1 && count <= SLOT_BYTES / x.BYTES_PER_ELEMENT;
  if (fits) alongRows(kind, dtype, x, out, outer, count);
  else composed(kind, dtype, x, out, outer, count, inner);
  return true;
}

export function softmax(
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
  logarithm: boolean,
): void {
  if (!ran(logarithm ? 'logSoftmax' : 'softmax', x, out, outer, count, inner)) {
    softmaxInJavaScript(x, out, outer, count, inner, logarithm);
  }
}

/** All reductions; log Σ exp here, sums and extremes by the loops that gather, the rest in plain JavaScript. */
export function reduce(
  kind: Reduction,
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
): void {
  if (kind !== 'logsumexp') reduceGathering(kind, x, out, outer, count, inner);
  else if (!ran(kind, x, out, outer, count, inner)) {
    reduceInJavaScript(kind, x, out, outer, count, inner);
  }
}
