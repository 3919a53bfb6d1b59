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
import {
  copyTo,
  type Floats,
  SLOT_BYTES,
  scratchArray,
  scratchImport,
  slotAddress,
} from './scratch.js';

type Run = (record: number, blocks: number, count: number, out: number, buffer: number) => void;

/** Elements go through the first slot; the record and what is drawn by way of lie in the second. */
const SLOTS = 2;

/** Fewer elements are drawn as fast in plain JavaScript. */
const SMALL = 4;
/** So many elements take as long in plain JavaScript as a function takes to be compiled. */
const WORTH_COMPILING = 32_768;

/** A function, and how many elements were drawn without it. */
interface Compiled {
  run: Run | null;
  asked: number;
}

const compiled = { float32: new Map<string, Compiled>(), float64: new Map<string, Compiled>() };

/** The function; null where it isn't worth it. */
function runOf(kind: DrawKind, length: number): Run | null {
  const { distribution, dtype } = kind;
  let known = compiled[dtype].get(distribution);
  if (known === undefined) {
    known = { run: null, asked: 0 };
    compiled[dtype].set(distribution, known);
  }
  known.asked += length;
  if (known.run === null && known.asked >= WORTH_COMPILING) {
    known.run = instantiate({ run: drawFunction(kind) }, scratchImport(SLOTS)).run;
  }
  return known.run;
}

const RECORD_ADDRESS = slotAddress(1);
const BUFFER_ADDRESS = RECORD_ADDRESS + 8 * RECORD_LENGTH;

let memory: Floats | null = null;
let record: Float64Array = new Float64Array(0);

/** The record in the scratch memory, which moves when it grows. */
function currentRecord(): Float64Array {
  const current = scratchArray('float64', SLOTS);
  if (current !== memory) {
    memory = current;
    record = new Float64Array(current.buffer, RECORD_ADDRESS, RECORD_LENGTH);
  }
  return record;
}

/** The bits of plain JavaScript, for arrays that are worth it. */
export const drawInto: VectorDraw = (out, { draw, reserve }) => {
  if (out.length < SMALL || !hasSimd()) return false;
  const run = runOf(draw, out.length);
  if (run === null) return false;
  reserve(currentRecord());
  const elements = scratchArray(draw.dtype, SLOTS);
  const blocksPerElement = wordsPerElement(draw) / BLOCK_WORDS;
  const room = SLOT_BYTES / out.BYTES_PER_ELEMENT;
  const part = room - (room % elementsPerChunk(draw));
  for (let at = 0; at < out.length; at += part) {
    const count = Math.min(part, out.length - at);
    run(RECORD_ADDRESS, at * blocksPerElement, count, 0, BUFFER_ADDRESS);
    copyTo(out, at, elements, 0, count);
  }
  return true;
};
