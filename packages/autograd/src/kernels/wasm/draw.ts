// Random tensors in WebAssembly, chunk by chunk through the scratch memory.

import { RECORD_LENGTH, type Stream, type VectorDraw, wordsPerElement } from '../../tensor/draw.js';
import { type DrawKind, drawFunction, elementsPerChunk, kindOf } from './draw-code.js';
import { hasSimd, instantiate } from './module.js';
import { copyTo, SLOT_BYTES, scratchArray, scratchImport, slotAddress } from './scratch.js';

type Run = (record: number, blocks: number, count: number, out: number, buffer: number) => void;

/** Elements go through the first slot; the record and what is drawn by way of lie in the second. */
const SLOTS = 2;
const RECORD_BYTES = 8 * RECORD_LENGTH;

/** Fewer elements are drawn as fast in plain JavaScript. */
const SMALL = 16;
/** So many elements take as long in plain JavaScript as a function takes to be compiled. */
const WORTH_COMPILING = 16_384;

/** A function, and how many elements were drawn without it. */
interface Compiled {
  run: Run | null;
  asked: number;
}

const compiled = new Map<string, Compiled>();

/** The function; null where it isn't worth it. */
function runOf(kind: DrawKind, length: number): Run | null {
  const key = `${kind.shape} ${kind.dtype}`;
  let known = compiled.get(key);
  if (known === undefined) {
    known = { run: null, asked: 0 };
    compiled.set(key, known);
  }
  known.asked += length;
  if (known.run === null && known.asked >= WORTH_COMPILING) {
    known.run = instantiate({ run: drawFunction(kind) }, scratchImport(SLOTS)).run;
  }
  return known.run;
}

/** The bits of plain JavaScript, for arrays that are worth it. */
export const drawInto: VectorDraw = (out, { draw, reserve }: Stream) => {
  if (out.length < SMALL || !hasSimd()) return false;
  const run = runOf(kindOf(draw), out.length);
  if (run === null) return false;
  const memory = scratchArray(draw.dtype, SLOTS);
  const record = slotAddress(1);
  reserve(
    scratchArray('float64', SLOTS).subarray(record / 8, record / 8 + RECORD_LENGTH) as Float64Array,
  );
  const chunk = elementsPerChunk(draw);
  const most = SLOT_BYTES / out.BYTES_PER_ELEMENT;
  const part = most - (most % chunk);
  for (let at = 0; at < out.length; at += part) {
    const count = Math.min(part, out.length - at);
    run(record, (at * wordsPerElement(draw)) / 4, count, 0, record + RECORD_BYTES);
    copyTo(out, at, memory, 0, count);
  }
  return true;
};
