// Truth as numbers: what compares and is then converted, is computed as 1 and 0 at once.

import { isFloating } from '../tensor/dtype.js';
import type { Symbolic } from '../tensor/symbolic.js';
import type { ElementwiseCall, Instruction } from './instruction.js';

/** Formulas of these are 1 or 0 in every dtype. */
const TRUTH: ReadonlySet<string> = new Set([
  'equal',
  'notEqual',
  'less',
  'lessEqual',
  'greater',
  'greaterEqual',
  'logicalAnd',
  'logicalOr',
  'logicalXor',
  'logicalNot',
]);

/**
 * A conversion of bool to the dtype that the comparison is computed in becomes the comparison itself, which fuses with
 * what reads it: a mask of dropout need never be written. The comparison stays if others read it.
 */
export function numbersFromTruth(instructions: readonly Instruction[]): Instruction[] {
  const comparisons = new Map<Symbolic, ElementwiseCall>();
  return instructions.map((instruction) => {
    const { call, inputs, outputs } = instruction;
    const [out] = outputs;
    if (call.kind === 'elementwise') {
      if (out.dtype === 'bool' && TRUTH.has(call.f.op)) comparisons.set(out, call);
      return instruction;
    }
    if (call.kind !== 'convert' || !isFloating(call.to)) return instruction;
    const compared = comparisons.get(inputs[0]);
    if (compared === undefined || compared.dtype !== call.to) return instruction;
    return { ...instruction, call: compared, inputs: compared.reads.map(({ block }) => block) };
  });
}
