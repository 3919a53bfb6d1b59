// For each instruction, the step that does it.

import type { Symbolic } from '../../tensor/symbolic.js';
import type { ExplainedKernel } from '../explain.js';
import { fillsWhole, type Instruction } from '../instruction.js';
import { bytesOf } from '../plan.js';
import { blasBlocks } from './blas.js';
import { convertStep } from './convert.js';
import { moveStep, stridedStep, zerosStep } from './copies.js';
import { drawStep } from './draw.js';
import { elementwiseStep } from './elementwise.js';
import { indexingStep } from './indexing.js';
import { matmulBlocks, matmulStep } from './products.js';
import { reduceStep } from './reduce.js';
import { reduceFormulaStep } from './reduce-formula.js';
import type { Blocks } from './shared.js';
import { softmaxStep } from './softmax.js';
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
      return reduceStep(call, inputs[0], out, context);
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
    case 'softmaxWithLogs':
      return softmaxStep('softmax', call, inputs[0], outputs, context);
    case 'axis':
      if (call.kernel === 'softmax') {
        const kind = call.flag === true ? 'logSoftmax' : 'softmax';
        return softmaxStep(kind, call, inputs[0], outputs, context);
      }
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
  /** The instructions that are cut over threads, or that a library does: host steps to the module. */
  readonly threaded: ReadonlyMap<number, readonly Blocks[]>;
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

/** A program's steps. The first of several partial writes begins on zeros, as on a fresh array. */
export function lower(
  instructions: readonly Instruction[],
  moves: readonly Move[],
  context: StepContext,
): Lowered {
  const written = new Set<Symbolic>();
  const steps: Step[] = [];
  const threaded = new Map<number, readonly Blocks[]>();
  const engines = instructions.map((instruction, k): ExplainedKernel['engine'] => {
    const { call, partial, outputs } = instruction;
    const [out] = outputs;
    const covered = !partial || written.has(out) || (call.kind === 'copy' && fillsWhole(call, out));
    if (!covered) steps.push(zerosStep(context.placeOf(out), bytesOf(out)));
    written.add(out);
    const native = blasBlocks(instruction, context);
    if (native !== null) {
      threaded.set(k, native.blocks);
      if (native.before !== null) steps.push(native.before);
      steps.push({ kind: 'host', k });
      return 'blas';
    }
    const step = stepOf(instruction, k, context);
    const blocks = blocksOf(instruction, step, context);
    if (blocks !== null) {
      threaded.set(k, blocks);
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
