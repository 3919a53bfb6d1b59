// For each instruction, the step that does it.

import type { Symbolic } from '../../tensor/symbolic.js';
import type { ExplainedKernel } from '../explain.js';
import { fillsWhole, type Instruction, isSoftmax } from '../instruction.js';
import { bytesOf } from '../plan.js';
import { blasBlocks, pairBlocks } from './blas/index.js';
import { convertStep } from './convert.js';
import { moveStep, stridedStep, zerosStep } from './copies.js';
import { drawStep } from './draw.js';
import { elementwiseStep } from './elementwise.js';
import { indexingStep } from './indexing.js';
import { matmulBlocks, matmulStep } from './products.js';
import { reduceStep } from './reduce.js';
import { reduceFormulaStep } from './reduce-formula.js';
import type { Blocks } from './shared.js';
import type { CallStep, Step, StepContext } from './step.js';

/** The function that does an instruction, and with what; null for one that is left to JavaScript. */
function stepOf(
  { call, inputs, outputs }: Instruction,
  k: number,
  context: StepContext,
): CallStep | null {
  const [out] = outputs;
  switch (call.kind) {
    case 'elementwise':
      return elementwiseStep(call, out, context);
    case 'reduce':
      return reduceStep(call, inputs, outputs, context);
    case 'reduceFormula':
      return reduceFormulaStep(call, inputs, outputs, context);
    case 'copy':
    case 'accumulate':
      return stridedStep(call.kind, call, inputs[0], out, context);
    case 'matmul':
      return matmulStep(call, inputs, out, context);
    case 'convert':
      return convertStep(call, inputs[0], out, context);
    case 'draw':
      return drawStep(call, outputs, context);
    case 'axis':
      if (isSoftmax(call)) return reduceStep(call, inputs, outputs, context);
      // Of the others, those that read indices.
      return inputs.length > 1 ? indexingStep(call, inputs, out, k, context) : null;
    default:
      return null;
  }
}

/** A copy at the end: the new value of a cell that could not be written in place. */
export interface Move {
  readonly from: Symbolic;
  readonly to: Symbolic;
}

export interface Lowered {
  readonly steps: readonly Step[];
  /** For each instruction, what runs it. */
  readonly engines: readonly ExplainedKernel['engine'][];
  /** By the first of their instructions, what is cut over threads, or left to a library: host steps to the module. */
  readonly threaded: ReadonlyMap<number, Threaded>;
}

/** Jobs, and the instructions that they do: one, or two products at once. */
export interface Threaded {
  readonly jobs: readonly Blocks[];
  readonly of: readonly Instruction[];
}

/** An instruction in blocks; null if it isn't worth more than one thread. */
function blocksOf(
  { call, inputs, outputs }: Instruction,
  step: CallStep | null,
  context: StepContext,
): readonly Blocks[] | null {
  if (context.threads < 2 || step === null) return null;
  if (call.kind === 'matmul') return matmulBlocks(call, inputs, outputs[0], context);
  if (step.cut == null) return null;
  const blocks = context.shared.cut(step, step.cut);
  return blocks === null ? null : [blocks];
}

/**
 * A program's steps. The first of several partial writes begins on zeros, as on a fresh array. `pairs` are the products that
 * may be done at the same time as the next instruction.
 */
export function lower(
  instructions: readonly Instruction[],
  pairs: ReadonlySet<Instruction>,
  moves: readonly Move[],
  context: StepContext,
): Lowered {
  const written = new Set<Symbolic>();
  const steps: Step[] = [];
  const threaded = new Map<number, Threaded>();
  const done = new Set<Instruction>();
  const engines = instructions.map((instruction, k): ExplainedKernel['engine'] => {
    if (done.has(instruction)) return 'blas';
    const { call, partial, outputs } = instruction;
    const [out] = outputs;
    const covered = !partial || written.has(out) || (call.kind === 'copy' && fillsWhole(call, out));
    if (!covered) steps.push(zerosStep(context.placeOf(out), bytesOf(out)));
    written.add(out);
    const next = instructions[k + 1];
    const pair = pairs.has(instruction) ? pairBlocks(instruction, next, context) : null;
    const native = pair ?? blasBlocks(instruction, context);
    if (native !== null) {
      if (pair !== null) done.add(next);
      const of = pair === null ? [instruction] : [instruction, next];
      threaded.set(k, { jobs: native.blocks, of });
      steps.push(...native.before, { kind: 'host', k });
      return 'blas';
    }
    const step = stepOf(instruction, k, context);
    const jobs = blocksOf(instruction, step, context);
    if (jobs !== null) {
      threaded.set(k, { jobs, of: [instruction] });
      steps.push({ kind: 'host', k });
      return 'threads';
    }
    // Where the draw begins in its stream is known to JavaScript alone.
    if (call.kind === 'draw' && step !== null) steps.push({ kind: 'host', k });
    steps.push(step ?? { kind: 'host', k });
    return step === null ? 'host' : 'wasm';
  });
  for (const { from, to } of moves) {
    steps.push(moveStep(context.placeOf(to), context.placeOf(from), bytesOf(to)));
  }
  return { steps, engines, threaded };
}
