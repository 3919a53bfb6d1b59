// Softmax together with what makes its logarithm, along rows that threads share.

import { LONGEST_ROW, softmaxFunction } from '../../kernels/wasm/softmax-code.js';
import type { LaneType } from '../../kernels/wasm/vector.js';
import { bytesPerElement } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { SoftmaxWithLogsCall } from '../instruction.js';
import { EXPONENTIAL_COST } from './reduce.js';
import { blocksFor, cutAlong } from './shared.js';
import type { CallStep, StepContext } from './step.js';

/** Outputs are softmax, the shifts of rows, and the logarithms of their sums. */
export function softmaxWithLogsStep(
  { outer, count, inner }: SoftmaxWithLogsCall,
  x: Symbolic,
  outputs: readonly Symbolic[],
  { placeOf }: StepContext,
): CallStep | null {
  const [softmax, shifts, logs] = outputs;
  const dtype = softmax.dtype as LaneType;
  const bytes = bytesPerElement(dtype);
  const rowBytes = count * bytes;
  if (inner !== 1 || rowBytes > LONGEST_ROW) return null;
  const work = ((outer * rowBytes) / 4) * EXPONENTIAL_COST;
  return {
    kind: 'call',
    key: `softmaxWithLogs ${dtype}`,
    make: () => softmaxFunction('softmax', dtype, true),
    parameters: [placeOf(x), placeOf(softmax), outer, rowBytes, placeOf(shifts), placeOf(logs)],
    cut: cutAlong(2, outer, 1, blocksFor(work), [rowBytes, rowBytes, 0, 0, bytes, bytes]),
  };
}
