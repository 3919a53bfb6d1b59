// Reductions and softmax: which function does them, and with what.

import { columnsFunction, rowsFunction } from '../../kernels/wasm/reduce-code.js';
import { softmaxFunction } from '../../kernels/wasm/softmax-code.js';
import { isLane } from '../../kernels/wasm/vector.js';
import { bytesPerElement } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { AxisCall, ReduceCall } from '../instruction.js';
import { nested } from './nest.js';
import type { CallStep, StepContext } from './step.js';
import { columnSums, rowSums } from './sums.js';

/** Reductions of rows and columns; only float32 sums need functions of their own, which round at the end. */
export function reduceStep(
  { reduction, outer, count, inner }: ReduceCall,
  x: Symbolic,
  out: Symbolic,
  { placeOf }: StepContext,
): CallStep | null {
  const { dtype } = out;
  if (!isLane(dtype) || reduction === 'prod' || outer * count * inner === 0) return null;
  const bytes = bytesPerElement(dtype);
  const sums = reduction === 'sum' && dtype === 'float32';
  const places = [placeOf(x), placeOf(out)];
  if (inner === 1) {
    return {
      kind: 'call',
      key: `${reduction} rows ${dtype}`,
      make: () => {
        if (reduction === 'logsumexp') return softmaxFunction(reduction, dtype);
        return sums ? rowSums() : rowsFunction(reduction, dtype);
      },
      parameters: [...places, outer, count * bytes],
    };
  }
  if (reduction === 'logsumexp') return null;
  const key = `${reduction} columns ${dtype}`;
  const rowBytes = inner * bytes;
  if (!sums) {
    const make = () => columnsFunction(reduction, dtype);
    return { kind: 'call', key, make, parameters: [...places, outer, count * rowBytes, rowBytes] };
  }
  const one: CallStep = {
    kind: 'call',
    key,
    make: columnSums,
    parameters: [...places, count, rowBytes],
  };
  const loops = outer === 1 ? [] : [{ count: outer, steps: [count * rowBytes, rowBytes] }];
  return nested(one, loops, [0, 1]);
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
  return {
    kind: 'call',
    key: `${kind} ${dtype}`,
    make: () => softmaxFunction(kind, dtype),
    parameters: [placeOf(x), placeOf(out), outer, count * bytesPerElement(dtype)],
  };
}
