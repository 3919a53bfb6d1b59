// Softmax, its logarithm, and log Σ exp: one pass over rows, or composed of formulas and reductions.

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
import {
  copyTo,
  type Floats,
  SLOT_BYTES,
  scratchArray,
  scratchImport,
  slotAddress,
} from './scratch.js';
import { LONGEST_ROW, type RowFunction, softmaxFunction } from './softmax-code.js';
import { type LaneType, laneTypeOf } from './vector.js';

type Rows = (rows: number, rowBytes: number, source: number, target: number) => void;

const SLOTS = 2;

const compiled: { [key in `${RowFunction} ${LaneType}`]?: Rows } = {};

function alongRows(
  kind: RowFunction,
  dtype: LaneType,
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
): void {
  const key = `${kind} ${dtype}` as const;
  compiled[key] ??= instantiate({ rows: softmaxFunction(kind, dtype) }, scratchImport(SLOTS)).rows;
  const run = compiled[key];
  const bytes = x.BYTES_PER_ELEMENT;
  const slots = Math.ceil((count * bytes) / SLOT_BYTES);
  const memory = scratchArray(dtype, SLOTS * slots);
  const target = slotAddress(slots);
  const most = Math.floor((slots * SLOT_BYTES) / bytes / count);
  const length = out.length / outer;
  for (let i = 0; i < outer; i += most) {
    const rows = Math.min(most, outer - i);
    copyTo(memory, 0, x, i * count, rows * count);
    run(rows, count * bytes, 0, target);
    copyTo(out, i * length, memory, target / bytes, rows * length);
  }
}

// ---- Composed ---------------------------------------------------------------------------------------------------------

const [A, B, C] = [argument(0), argument(1), argument(2)];

const positive = (sum: Expr): Expr => sum.equal(0).select(1, sum);

/** m of the maximum of a row: infinite ones would give ∞ − ∞. */
const FINITE = A.abs().equal(Infinity).select(0, A);
const NOT_ABSENT = A.equal(-Infinity).select(0, A);
/** Of x and m; of that and its sum; of the sum; of m and the sum. */
const EXPONENTIAL = A.sub(B).exp();
const SHARE = A.div(positive(B));
const LOG_OF_SUM = positive(A).log();
const LOGSUMEXP = A.add(B.log());

/** ln softmax(x) of x, m and ln Σ exp(x − m), rounded as the loops along rows round it. */
export const LOGARITHM = A.sub(B).sub(C);

/** Of each row also m and Σ exp(x − m). */
function composed(
  kind: RowFunction,
  dtype: LaneType,
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
): readonly [shifts: TypedArray, sums: TypedArray] {
  const shapeOf = ({ length }: TypedArray): Shape => [
    outer,
    length === x.length ? count : 1,
    inner,
  ];
  const room = () => allocate(dtype, outer * inner);
  const apply = (f: Expr, operands: readonly TypedArray[], to = room()): TypedArray => {
    const reads = operands.map((storage) => ({ storage, shape: shapeOf(storage) }));
    elementwise(f, reads, to, shapeOf(to), dtype);
    return to;
  };
  const gather = (reduction: Reduction, from: TypedArray): TypedArray => {
    const to = room();
    reduceGathering(reduction, from, to, outer, count, inner);
    return to;
  };
  const shifts = apply(kind === 'logsumexp' ? FINITE : NOT_ABSENT, [gather('max', x)]);
  const exponentials = apply(EXPONENTIAL, [x, shifts], allocate(dtype, x.length));
  const sums = gather('sum', exponentials);
  if (kind === 'logsumexp') apply(LOGSUMEXP, [shifts, sums], out);
  else if (kind === 'softmax') apply(SHARE, [exponentials, sums], out);
  else apply(LOGARITHM, [x, shifts, apply(LOG_OF_SUM, [sums])], out);
  return [shifts, sums];
}

/** Softmax where it is composed, and of each row m and ln Σ exp(x − m). */
export function softmaxWithLogs(
  x: TypedArray,
  [out, shifts, logs]: readonly TypedArray[],
  outer: number,
  count: number,
  inner: number,
): void {
  const dtype = laneTypeOf(x) as LaneType;
  const [m, sums] = composed('softmax', dtype, x, out, outer, count, inner);
  shifts.set(m as Floats);
  const shape = [sums.length];
  elementwise(LOG_OF_SUM, [{ storage: sums, shape }], logs, shape, dtype);
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
  const fits = inner === 1 && count * x.BYTES_PER_ELEMENT <= LONGEST_ROW;
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
