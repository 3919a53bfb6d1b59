// Fusion of reductions with the formula that makes their operand, so that it is not written and read again.

import type { Symbolic } from '../tensor/symbolic.js';
import { fuses } from './emit/reduce-formula.js';
import { isElementwise } from './formulas.js';
import { type Instruction, type ReduceFormulaCall, usesOf } from './instruction.js';

/**
 * Lets formulas be reduced as they are computed, in the place of the formula: its operands need not live longer. The values
 * are written too where somebody else reads them, or they are `kept`.
 */
export function fuseReductions(
  instructions: readonly Instruction[],
  kept: ReadonlySet<Symbolic>,
): Instruction[] {
  const readers = usesOf(instructions, 'inputs');
  const writers = usesOf(instructions, 'outputs');
  const makers = new Map<Symbolic, Instruction>();
  const fused = new Map<Instruction, Instruction>();
  const gone = new Set<Instruction>();
  for (const instruction of instructions) {
    const { call, inputs, outputs } = instruction;
    const [x, out] = [inputs[0], outputs[0]];
    if (isElementwise(instruction)) makers.set(out, instruction);
    if (call.kind !== 'reduce') continue;
    const maker = makers.get(x);
    if (maker?.call.kind !== 'elementwise' || fused.has(maker)) continue;
    if (writers(x) !== 1 || writers(out) !== 1) continue;
    const joint: ReduceFormulaCall = { kind: 'reduceFormula', reduce: call, formula: maker.call };
    const isRead = readers(x) > 1 || kept.has(x);
    if (!fuses(joint, maker.inputs, x.dtype, isRead)) continue;
    fused.set(maker, { ...maker, call: joint, outputs: isRead ? [out, x] : [out] });
    gone.add(instruction);
  }
  return instructions.flatMap((own) => (gone.has(own) ? [] : [fused.get(own) ?? own]));
}
