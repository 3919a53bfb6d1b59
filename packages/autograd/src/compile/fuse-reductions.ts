// Fusion of reductions, and of softmax, with the formula that makes their operand, so that it is not written and read again.

import type { Symbolic } from '../tensor/symbolic.js';
import { fuses } from './emit/reduce-formula.js';
import { type Elementwise, isElementwise } from './formulas.js';
import { type Instruction, isSoftmax, type ReduceFormulaCall, usesOf } from './instruction.js';

/**
 * Lets formulas be read as they are computed, in the place of the formula: its operands need not live longer. The values
 * are written too where somebody else reads them, or they are `kept`.
 */
export function fuseReductions(
  instructions: readonly Instruction[],
  kept: ReadonlySet<Symbolic>,
): Instruction[] {
  const readers = usesOf(instructions, 'inputs');
  const writers = usesOf(instructions, 'outputs');
  const makers = new Map<Symbolic, Elementwise>();
  const fused = new Map<Instruction, Instruction>();
  const gone = new Set<Instruction>();
  for (const instruction of instructions) {
    const { call, inputs, outputs } = instruction;
    const [x] = inputs;
    if (isElementwise(instruction)) makers.set(outputs[0], instruction);
    if (call.kind !== 'reduce' && !isSoftmax(call)) continue;
    const maker = makers.get(x);
    if (maker === undefined || fused.has(maker)) continue;
    if (writers(x) !== 1 || outputs.some((out) => writers(out) !== 1)) continue;
    const { call: formula } = maker;
    const written = readers(x) > 1 || kept.has(x);
    const joint: ReduceFormulaCall = { kind: 'reduceFormula', reduce: call, formula, written };
    if (!fuses(joint, x)) continue;
    fused.set(maker, { ...maker, call: joint, outputs: written ? [...outputs, x] : outputs });
    gone.add(instruction);
  }
  return instructions.flatMap((own) => (gone.has(own) ? [] : [fused.get(own) ?? own]));
}
