// Random tensors in WebAssembly, chunk by chunk through the scratch memory.

import {
  BLOCK_WORDS,
  type DrawKind,
  RECORD_LENGTH,
  type VectorDraw,
  wordsPerElement,
} from '../../tensor/draw.js';
import { drawFunction, elementsPerChunk } from './draw-code.js';
import { hasSimd, instantiate } from './module.js';
import { copyTo, SLOT_BYTES, scratchArray, scratchImport, slotAddress } from './scratch.js';

type Run = (record: number, blocks: number, count: number, out: number, buffer: number) => void;

/** Elements go through the first slot; the record and what is drawn by way of lie in the second. */
const SLOTS = 2;

/** Fewer elements are drawn as fast in plain JavaScript. */
const SMALL = 4;
/** So many elements take as long in plain JavaScript as a function takes to be compiled. */
const WORTH_COMPILING = 32_768;

const runs: Record<DrawKind['dtype'], { [D in DrawKind['distribution']]?: Run }> = {
  float32: {},
  float64: {},
};

/** Elements that were drawn without the function for them since the last one was compiled. */
let asked = 0;

/** The function; undefined where it isn't worth it. */
function runOf(kind: DrawKind, length: number): Run | undefined {
  const own = runs[kind.dtype];
  let run = own[kind.distribution];
  if (run === undefined) {
    asked += length;
    if (asked < WORTH_COMPILING) return undefined;
    asked = 0;
    run = instantiate({ run: drawFunction(kind) }, scratchImport(SLOTS)).run as Run;
    own[kind.distribution] = run;
  }
  return run;
}

const RECORD_ADDRESS = slotAddress(1);
const record = new Float64Array(RECORD_LENGTH);

/** The bits of plain JavaScript, for arrays that are worth it. */
export const drawInto: VectorDraw = (out, { draw, reserve }) => {
  const run = out.length < SMALL || !hasSimd() ? undefined : runOf(draw, out.length);
  if (run === undefined) return false;
  reserve(record);
  scratchArray('float64', SLOTS).set(record, RECORD_ADDRESS / record.BYTES_PER_ELEMENT);
  const elements = scratchArray(draw.dtype, SLOTS);
  const room = SLOT_BYTES / out.BYTES_PER_ELEMENT;
  const part = room - (room % elementsPerChunk(draw));
  for (let at = 0; at < out.length; at += part) {
    const count = Math.min(part, out.length - at);
    const blocks = (at * wordsPerElement(draw)) / BLOCK_WORDS;
    run(RECORD_ADDRESS, blocks, count, 0, RECORD_ADDRESS + record.byteLength);
    copyTo(out, at, elements, 0, count);
  }
  return true;
};
