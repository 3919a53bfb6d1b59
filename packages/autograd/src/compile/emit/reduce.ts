// Reductions of blocks: which function does them, and with what.

import { columnsFunction } from '../../kernels/wasm/reduce-code.js';
import { argument } from '../../scalar/index.js';
import { bytesPerElement, type DType, isFloating } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { ElementwiseCall, ReduceCall } from '../instruction.js';
import { reduceFormulaStep } from './reduce-formula.js';
import { softmaxStep } from './softmax.js';
import type { CallStep, StepContext } from './step.js';
import { columnScratchBytes } from './sums.js';

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
  const { dtype } = out;
  if (!isFloating(dtype) || reduction === 'prod' || outer * count * inner === 0) return null;
  if (reduction === 'logsumexp') return softmaxStep(reduction, reduce, x, [out], context);
  if (inner === 1 || reduction === 'sum') {
    const call = { kind: 'reduceFormula', reduce, formula: plain(reduce, x) } as const;
    return reduceFormulaStep(call, [x], [out], context);
  }
  const rowBytes = inner * bytesPerElement(dtype);
  const places = [x, out].map(context.placeOf);
  return {
    kind: 'call',
    key: `${reduction} columns ${dtype}`,
    make: () => columnsFunction(reduction, dtype),
    parameters: [...places, outer, count * rowBytes, rowBytes],
  };
}

/** The scratch that a reduction takes. */
export function reduceScratchBytes({ reduction, inner }: ReduceCall, dtype: DType): number {
  if (!isFloating(dtype) || reduction !== 'sum' || inner === 1) return 0;
  return columnScratchBytes(dtype, inner * bytesPerElement(dtype));
}
