// Reductions and softmax: which function does them, and with what.

import type { Reduction } from '../../kernels/kernels.js';
import { columnsFunction, rowsFunction } from '../../kernels/wasm/reduce-code.js';
import { softmaxFunction } from '../../kernels/wasm/softmax-code.js';
import { isLane } from '../../kernels/wasm/vector.js';
import { bytesPerElement, type DType } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { AxisCall, ReduceCall } from '../instruction.js';
import { VECTOR_BYTES } from './addresses.js';
import { nested } from './nest.js';
import { blocksFor, type Cut, cutAlong, LINE_BYTES } from './shared.js';
import type { CallStep, StepContext } from './step.js';
import { columnScratchBytes, columnSums, rowSums } from './sums.js';

/** Nanoseconds for each four bytes: gathered along rows, down columns, and in exponentials. */
export const ROW_COST = 0.3;
export const COLUMN_COST = 0.4;
export const EXPONENTIAL_COST = 2;

const costOfRows = (reduction: Reduction): number =>
  reduction === 'logsumexp' ? EXPONENTIAL_COST : ROW_COST;

/** (x, out, rows, bytes of a row, …) in blocks of rows, each of which becomes `outBytes`; `work` in nanoseconds. */
function cutRows(rows: number, rowBytes: number, outBytes: number, work: number): Cut | null {
  return cutAlong(2, rows, 1, blocksFor(work), [rowBytes, outBytes, 0, 0]);
}

/**
 * Strips of columns have rows of so many bytes, a page, that what is in them is read ahead; if that leaves threads without
 * a strip, down to half as many. Narrower ones take as long on two threads as all columns on one.
 */
const STRIP_BYTES = 4096;

/** Into how many strips the columns of rows of so many bytes are cut; 1 if they aren't. */
export function stripsFor(nanoseconds: number, rowBytes: number, threads: number): number {
  const pages = rowBytes / STRIP_BYTES;
  const strips = Math.max(pages, Math.min(threads, 2 * pages));
  return Math.min(blocksFor(nanoseconds), Math.floor(strips));
}

/** Reductions of rows and columns; float32 sums need functions of their own, which round at the end. */
export function reduceStep(
  { reduction, outer, count, inner }: ReduceCall,
  x: Symbolic,
  out: Symbolic,
  { placeOf, scratch, threads }: StepContext,
): CallStep | null {
  const { dtype } = out;
  if (!isLane(dtype) || reduction === 'prod' || outer * count * inner === 0) return null;
  const bytes = bytesPerElement(dtype);
  const places = [placeOf(x), placeOf(out)];
  if (inner === 1) {
    return {
      kind: 'call',
      key: `${reduction} rows ${dtype}`,
      make: () => {
        if (reduction === 'logsumexp') return softmaxFunction(reduction, dtype);
        const single = reduction === 'sum' && dtype === 'float32';
        return single ? rowSums() : rowsFunction(reduction, dtype);
      },
      parameters: [...places, outer, count * bytes],
      cut: cutRows(
        outer,
        count * bytes,
        bytes,
        ((outer * count * bytes) / 4) * costOfRows(reduction),
      ),
    };
  }
  if (reduction === 'logsumexp') return null;
  const key = `${reduction} columns ${dtype}`;
  const rowBytes = inner * bytes;
  if (reduction !== 'sum') {
    const make = () => columnsFunction(reduction, dtype);
    return { kind: 'call', key, make, parameters: [...places, outer, count * rowBytes, rowBytes] };
  }
  const one: CallStep = {
    kind: 'call',
    key,
    make: () => columnSums(dtype),
    parameters: [...places, count, rowBytes, rowBytes, scratch],
  };
  if (outer === 1) {
    const blocks = stripsFor(((count * rowBytes) / 4) * COLUMN_COST, rowBytes, threads);
    return { ...one, cut: cutAlong(4, rowBytes, LINE_BYTES, blocks, [1, 1, 0, 0, 0, 2]) };
  }
  return nested(one, [{ count: outer, steps: [count * rowBytes, rowBytes] }], [0, 1]);
}

/** The scratch that a reduction takes. */
export function reduceScratchBytes({ reduction, inner }: ReduceCall, dtype: DType): number {
  if (!isLane(dtype) || reduction !== 'sum' || inner === 1) return 0;
  return columnScratchBytes(dtype, inner * bytesPerElement(dtype));
}

/** Softmax and its logarithm along rows. */
export function softmaxStep(
  { outer, count, inner, flag }: AxisCall,
  x: Symbolic,
  out: Symbolic,
  { placeOf }: StepContext,
): CallStep | null {
  const { dtype } = out;
  if (inner !== 1 || outer * count === 0 || !isLane(dtype)) return null;
  const kind = flag === true ? 'logSoftmax' : 'softmax';
  const rowBytes = count * bytesPerElement(dtype);
  // The last vector of a row that doesn't end with one reaches into the next row, which may be another thread's.
  const whole = rowBytes % VECTOR_BYTES === 0;
  const work = whole ? ((outer * rowBytes) / 4) * EXPONENTIAL_COST : 0;
  return {
    kind: 'call',
    key: `${kind} ${dtype}`,
    make: () => softmaxFunction(kind, dtype),
    parameters: [placeOf(x), placeOf(out), outer, rowBytes],
    cut: cutRows(outer, rowBytes, rowBytes, work),
  };
}
