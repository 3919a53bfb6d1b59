// Softmax, its logarithm and log Σ exp along rows that threads share.

import { LONGEST_ROW, type RowFunction, softmaxFunction } from '../../kernels/wasm/softmax-code.js';
import { bytesPerElement, isFloating } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { SoftmaxWithLogsCall } from '../instruction.js';
import { blocksFor, cutAlong } from './shared.js';
import type { CallStep, StepContext } from './step.js';

/** Nanoseconds for each four bytes. */
const EXPONENTIAL_COST = 2;

/** The outputs are the function's; of softmax, where they are wanted, the shifts of rows and the logarithms of their sums too. */
export function softmaxStep(
  kind: RowFunction,
  { outer, count, inner }: Pick<SoftmaxWithLogsCall, 'outer' | 'count' | 'inner'>,
  x: Symbolic,
  [out, ...logs]: readonly Symbolic[],
  { placeOf }: StepContext,
): CallStep | null {
  const { dtype } = out;
  if (inner !== 1 || outer * count === 0 || !isFloating(dtype)) return null;
  const bytes = bytesPerElement(dtype);
  const rowBytes = count * bytes;
  if (rowBytes > LONGEST_ROW) return null;
  const blocks = blocksFor(((outer * rowBytes) / 4) * EXPONENTIAL_COST);
  const outBytes = (out.length / outer) * bytes;
  const withLogs = logs.length > 0;
  return {
    kind: 'call',
    key: `${kind} ${dtype} ${withLogs}`,
    make: () => softmaxFunction(kind, dtype, withLogs),
    parameters: [placeOf(x), placeOf(out), outer, rowBytes, ...logs.map(placeOf)],
    cut: cutAlong(2, outer, 1, blocks, [rowBytes, outBytes, 0, 0, ...logs.map(() => bytes)]),
  };
}
