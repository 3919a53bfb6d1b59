// Reductions of blocks, and softmax: which function does them, and with what.

import { columnsFunction } from '../../kernels/wasm/reduce-code.js';
import { argument } from '../../scalar/index.js';
import { bytesPerElement, type DType, isFloating } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { ElementwiseCall, ReduceCall, RowCall } from '../instruction.js';
import { kindOf, reduceFormulaStep } from './reduce-formula.js';
import type { CallStep, StepContext } from './step.js';
import { columnScratchBytes } from './sums.js';

/** The formula that gives the elements of a block as they are. */
function plain({ outer, count, inner }: RowCall, block: Symbolic): ElementwiseCall {
  const shape = [outer, count, inner];
  const { dtype } = block;
  return { kind: 'elementwise', f: argument(0), reads: [{ block, shape }], shape, dtype };
}

/** Reductions of rows and columns, and softmax along rows. */
export function reduceStep(
  reduce: RowCall,
  inputs: readonly Symbolic[],
  outputs: readonly Symbolic[],
  context: StepContext,
): CallStep | null {
  const { outer, count, inner } = reduce;
  const [x] = inputs;
  const { dtype } = x;
  const kind = kindOf(reduce);
  if (!isFloating(dtype) || outer * count * inner === 0) return null;
  if ((kind !== 'max' && kind !== 'min') || inner === 1) {
    const formula = plain(reduce, x);
    const call = { kind: 'reduceFormula', reduce, formula, written: false } as const;
    return reduceFormulaStep(call, inputs, outputs, context, x);
  }
  const rowBytes = inner * bytesPerElement(dtype);
  const places = [x, outputs[0]].map(context.placeOf);
  return {
    kind: 'call',
    key: `${kind} columns ${dtype}`,
    make: () => columnsFunction(kind, dtype),
    parameters: [...places, outer, count * rowBytes, rowBytes],
  };
}

/** The scratch that a reduction takes. */
export function reduceScratchBytes({ reduction, inner }: ReduceCall, dtype: DType): number {
  if (!isFloating(dtype) || reduction !== 'sum' || inner === 1) return 0;
  return columnScratchBytes(dtype, inner * bytesPerElement(dtype));
}
