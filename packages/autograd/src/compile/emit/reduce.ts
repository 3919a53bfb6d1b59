// Reductions of blocks, and softmax: which function does them, and with what.

import { columnsFunction } from '../../kernels/wasm/reduce-code.js';
import { LONGEST_ROW, softmaxFunction } from '../../kernels/wasm/softmax-code.js';
import { isLane } from '../../kernels/wasm/vector.js';
import { argument } from '../../scalar/index.js';
import { bytesPerElement, type DType } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { AxisCall, ElementwiseCall, ReduceCall } from '../instruction.js';
import { reduceFormulaStep } from './reduce-formula.js';
import { blocksFor, type Cut, cutAlong } from './shared.js';
import type { CallStep, StepContext } from './step.js';
import { columnScratchBytes } from './sums.js';

/** Nanoseconds for each four bytes. */
export const EXPONENTIAL_COST = 2;

/** (x, out, rows, bytes of a row, …) in blocks of rows, each of which becomes `outBytes`; `work` in nanoseconds. */
function cutRows(rows: number, rowBytes: number, outBytes: number, work: number): Cut | null {
  return cutAlong(2, rows, 1, blocksFor(work), [rowBytes, outBytes, 0, 0]);
}

/** The formula that gives the elements of a block as they are. */
function plain({ outer, count, inner }: ReduceCall, block: Symbolic): ElementwiseCall {
  const shape = [outer, count, inner];
  const { dtype } = block;
  return { kind: 'elementwise', f: argument(0), reads: [{ block, shape }], shape, dtype };
}

/** Reductions of rows and columns. */
export function reduceStep(
  reduce: ReduceCall,
  x: Symbolic,
  out: Symbolic,
  context: StepContext,
): CallStep | null {
  const { reduction, outer, count, inner } = reduce;
  const { placeOf } = context;
  const { dtype } = out;
  if (!isLane(dtype) || reduction === 'prod' || outer * count * inner === 0) return null;
  const rowBytes = (inner === 1 ? count : inner) * bytesPerElement(dtype);
  const places = [placeOf(x), placeOf(out)];
  if (reduction === 'logsumexp') {
    if (inner > 1 || rowBytes > LONGEST_ROW) return null;
    return {
      kind: 'call',
      key: `logsumexp rows ${dtype}`,
      make: () => softmaxFunction(reduction, dtype),
      parameters: [...places, outer, rowBytes],
      cut: cutRows(
        outer,
        rowBytes,
        bytesPerElement(dtype),
        ((outer * rowBytes) / 4) * EXPONENTIAL_COST,
      ),
    };
  }
  if (inner === 1 || reduction === 'sum') {
    const call = { kind: 'reduceFormula', reduce, formula: plain(reduce, x) } as const;
    return reduceFormulaStep(call, [x], [out], context);
  }
  return {
    kind: 'call',
    key: `${reduction} columns ${dtype}`,
    make: () => columnsFunction(reduction, dtype),
    parameters: [...places, outer, count * rowBytes, rowBytes],
  };
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
  if (rowBytes > LONGEST_ROW) return null;
  const work = ((outer * rowBytes) / 4) * EXPONENTIAL_COST;
  return {
    kind: 'call',
    key: `${kind} ${dtype}`,
    make: () => softmaxFunction(kind, dtype),
    parameters: [placeOf(x), placeOf(out), outer, rowBytes],
    cut: cutRows(outer, rowBytes, rowBytes, work),
  };
}
