// Random tensors: a call that reads where in its stream it begins, cut between chunks.

import { BUFFER_BYTES, drawFunction, elementsPerChunk } from '../../kernels/wasm/draw-code.js';
import { BLOCK_WORDS, type Draw, wordsPerElement } from '../../tensor/draw.js';
import { bytesPerElement } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { DrawCall } from '../instruction.js';
import { blocksFor, type Cut, cutAlong } from './shared.js';
import type { CallStep, StepContext } from './step.js';

/** Nanoseconds for drawing a word, and for making a normal number of two. */
const WORD_COST = 3;
const NORMAL_COST = 8;

function costOf(draw: Draw): number {
  const words = WORD_COST * wordsPerElement(draw);
  return draw.distribution === 'normal' ? words + NORMAL_COST : words;
}

/** Places of what changes from part to part among the parameters. */
const COUNT = 2;
const BUFFER = 4;

/** Every thread draws by way of a buffer of its own. */
function cutDraw(draw: Draw, length: number): Cut | null {
  const blocksPerElement = wordsPerElement(draw) / BLOCK_WORDS;
  const steps = [0, blocksPerElement, 1, bytesPerElement(draw.dtype), 0];
  const blocks = blocksFor(costOf(draw) * length);
  const cut = cutAlong(COUNT, length, elementsPerChunk(draw), blocks, steps);
  if (cut === null) return null;
  const own = cut.steps.map((step, p) => (p === BUFFER ? { perThread: BUFFER_BYTES } : step));
  return { ...cut, steps: own };
}

export function drawStep(
  { stream }: DrawCall,
  [out, record]: readonly Symbolic[],
  { placeOf, scratch }: StepContext,
): CallStep | null {
  if (stream === null || out.length === 0) return null;
  const { draw } = stream;
  return {
    kind: 'call',
    key: `draw ${draw.distribution} ${draw.dtype}`,
    make: () => drawFunction(draw),
    parameters: [placeOf(record), 0, out.length, placeOf(out), scratch],
    cut: cutDraw(draw, out.length),
  };
}
