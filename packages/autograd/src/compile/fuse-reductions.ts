// Fusion of reductions with the formula that makes their operand, so that it is not written and read again.

import type { Symbolic } from '../tensor/symbolic.js';
import { fuses } from './emit/reduce-formula.js';
import { isElementwise } from './formulas.js';
import type { Instruction, ReduceFormulaCall } from './instruction.js';

/** How many instructions read, or write, each block. */
function countsOf(
  instructions: readonly Instruction[],
  side: 'inputs' | 'outputs',
): ReadonlyMap<Symbolic, number> {
  const counts = new Map<Symbolic, number>();
  for (const instruction of instructions) {
    for (const block of new Set(instruction[side])) counts.set(block, (counts.get(block) ?? 0) + 1);
  }
  return counts;
}

/**
 * Lets formulas be reduced as they are computed, in the place of the formula: its operands need not live longer. The values
 * are written too where somebody else reads them, or they are `kept`.
 */
export function fuseReductions(
  instructions: readonly Instruction[],
  kept: ReadonlySet<Symbolic>,
): Instruction[] {
  const readers = countsOf(instructions, 'inputs');
  const writers = countsOf(instructions, 'outputs');
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
    if (writers.get(x) !== 1 || writers.get(out) !== 1) continue;
    const joint: ReduceFormulaCall = { kind: 'reduceFormula', reduce: call, formula: maker.call };
    const isRead = (readers.get(x) ?? 0) > 1 || kept.has(x);
    if (!fuses(joint, maker.inputs, x.dtype, isRead)) continue;
    fused.set(maker, { ...maker, call: joint, outputs: isRead ? [out, x] : [out] });
    gone.add(instruction);
  }
  return instructions.flatMap((own) => (gone.has(own) ? [] : [fused.get(own) ?? own]));
}
