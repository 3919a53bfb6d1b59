// From what was noted down to what has to be done: constants folded, repeats and dead code removed, chains fused.

import { isComparison, isExact } from '../kernels/wasm/formula.js';
import { argument, closureKernel, constant, substitute } from '../scalar/index.js';
import { knownAt } from '../scalar/known.js';
import { coerce, type DType } from '../tensor/dtype.js';
import type { Symbolic } from '../tensor/symbolic.js';
import { alike } from './compare.js';
import { fuseDescents } from './descent.js';
import { compacted, type Elementwise, isElementwise, withCall } from './formulas.js';
import { fuse } from './fuse.js';
import { fuseReductions } from './fuse-reductions.js';
import {
  type ElementwiseCall,
  fillsWhole,
  type Instruction,
  type MatmulCall,
  usesOf,
} from './instruction.js';
import { pickFirst } from './pick.js';
import type { Constant } from './recorder.js';
import { shareFunctions } from './share.js';
import { joinSoftmax } from './softmax.js';
import { readTransposed } from './transposed.js';

/** Blocks all of whose elements are one known number. */
type Uniform = Map<Symbolic, number>;

// ── Constants ──────────────────────────────────────────────────────────────────────────────────────

function foldElementwise(call: ElementwiseCall, uniform: Uniform): ElementwiseCall {
  let { f } = call;
  const reads = call.reads.map((read, i) => {
    const value = uniform.get(read.block);
    if (value === undefined) return read;
    f = substitute(f, argument(i), constant(coerce(value, call.dtype)));
    return null;
  });
  return { ...call, ...compacted(f, reads) };
}

/** Numbers that are known while tracing become part of the formulas that read them. */
function foldConstants(
  instructions: readonly Instruction[],
  constants: ReadonlyMap<Symbolic, Constant>,
): Instruction[] {
  const uniform: Uniform = new Map();
  for (const [block, elements] of constants) {
    if (typeof elements === 'number') uniform.set(block, elements);
    else if (elements.length > 0 && elements.every((v) => Object.is(v, elements[0]))) {
      uniform.set(block, elements[0]);
    }
  }
  // A block that several instructions write holds what none of these alone says.
  const writers = usesOf(instructions, 'outputs');
  return instructions.map((instruction) => {
    const { call, inputs, outputs } = instruction;
    const [out] = outputs;
    if (call.kind === 'elementwise') {
      const folded = foldElementwise(call, uniform);
      // What vectors compute to other bits than JavaScript is left to them, but for numbers: JavaScript has those.
      const sameBits = call.shape.length === 0 || isExact(folded.f);
      if (folded.reads.length === 0 && sameBits && writers(out) === 1) {
        uniform.set(out, coerce(closureKernel(folded.f, 0, call.dtype).scalar(), out.dtype));
      }
      return withCall(instruction, folded);
    }
    const value = writers(out) > 1 ? undefined : uniform.get(inputs[0]);
    if (value !== undefined && call.kind === 'convert') uniform.set(out, coerce(value, call.to));
    if (value !== undefined && call.kind === 'copy' && fillsWhole(call, out))
      uniform.set(out, value);
    return instruction;
  });
}

// ── Repeats and dead code ──────────────────────────────────────────────────────────────────────────

/** What is computed from its inputs alone, and not written to again. */
function repeatable(
  { call, partial, outputs }: Instruction,
  writers: (block: Symbolic) => number,
): boolean {
  if (partial || call.kind === 'draw' || call.kind === 'host') return false;
  return outputs.every((out) => writers(out) === 1);
}

/** What computes the same on the same blocks is computed once. */
function shareRepeats(
  instructions: readonly Instruction[],
  kept: ReadonlySet<Symbolic>,
): Instruction[] {
  const writers = usesOf(instructions, 'outputs');
  const same = new Map<Symbolic, Symbolic>();
  const known = new Map<string, Instruction[]>();
  const result: Instruction[] = [];
  for (const original of instructions) {
    const instruction = rewired(original, same);
    const { call, inputs, outputs } = instruction;
    if (!repeatable(instruction, writers)) {
      result.push(instruction);
      continue;
    }
    const [out] = outputs;
    const key = `${call.kind} ${inputs.map(({ id }) => id).join()} ${out.dtype}`;
    const others = knownAt(known, key, (): Instruction[] => []);
    const earlier = others.find((other) => alike(other.call, call));
    if (earlier !== undefined && !kept.has(out)) {
      same.set(out, earlier.outputs[0]);
      continue;
    }
    others.push(instruction);
    result.push(instruction);
  }
  return result;
}

function rewired(instruction: Instruction, same: ReadonlyMap<Symbolic, Symbolic>): Instruction {
  if (!instruction.inputs.some((block) => same.has(block))) return instruction;
  const inputs = instruction.inputs.map((block) => same.get(block) ?? block);
  const { call } = instruction;
  if (call.kind !== 'elementwise') return { ...instruction, inputs };
  const reads = call.reads.map((read, i) => ({ ...read, block: inputs[i] }));
  return withCall(instruction, { ...call, ...compacted(call.f, reads) });
}

/** Instructions whose outputs nobody reads, and that have no effect besides. */
function dropDead(
  instructions: readonly Instruction[],
  kept: ReadonlySet<Symbolic>,
): Instruction[] {
  const needed = new Set(kept);
  const isNeeded = ({ call, inputs, outputs }: Instruction): boolean => {
    if (call.kind !== 'draw' && !outputs.some((block) => needed.has(block))) return false;
    for (const block of inputs) needed.add(block);
    return true;
  };
  return [...instructions].reverse().filter(isNeeded).reverse();
}

/**
 * A comparison that is only made to become a number again is a number from the start: the bytes between are neither
 * written nor read.
 */
function widenComparisons(instructions: readonly Instruction[]): Instruction[] {
  const comparisons = new Map<Symbolic, Elementwise>();
  return instructions.map((instruction) => {
    const { call, inputs, outputs } = instruction;
    const [out] = outputs;
    if (isElementwise(instruction) && out.dtype === 'bool') comparisons.set(out, instruction);
    if (call.kind !== 'convert' || call.from !== 'bool') return instruction;
    const comparison = comparisons.get(inputs[0]);
    if (comparison === undefined || comparison.call.dtype !== call.to) return instruction;
    const { f } = comparison.call;
    const number = isComparison(f.op) ? f : f.notEqual(0);
    return withCall(instruction, { ...comparison.call, f: number });
  });
}

/** The instructions that compute `kept`, as few and as long as they get; `newBlock` makes room for what they share. */
export function optimize(
  instructions: readonly Instruction[],
  constants: ReadonlyMap<Symbolic, Constant>,
  kept: ReadonlySet<Symbolic>,
  accumulates: (call: MatmulCall) => boolean,
  newBlock: (dtype: DType, length: number) => Symbolic,
): Instruction[] {
  const folded = readTransposed(widenComparisons(foldConstants(instructions, constants)));
  const shared = joinSoftmax(shareRepeats(dropDead(folded, kept), kept), newBlock);
  const picked = dropDead(pickFirst(shared, kept, newBlock), kept);
  const fused = shareFunctions(dropDead(fuse(picked, kept), kept), newBlock);
  return fuseReductions(dropDead(fuseDescents(fused, kept, accumulates), kept), kept);
}
