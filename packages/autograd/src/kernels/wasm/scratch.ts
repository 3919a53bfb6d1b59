// The small memory that blocks of tensors are copied through, so that tensors stay ordinary arrays.

import type { TypedArray } from '../../tensor/dtype.js';
import { type ImportMemory, importMemory } from './assembler/index.js';
import type { LaneType } from './vector.js';

/** What an operand may fill at a time: blocks of all operands together stay within a core's caches. */
export const SLOT_BYTES = 32768;

/** Room behind every slot, so that the last vector of a block may be written past its end. */
const MARGIN_BYTES = 64;
const STRIDE = SLOT_BYTES + MARGIN_BYTES;

export const PAGE = 65536;
const FIRST_PAGES = 4;

export const VECTOR_BYTES = 16;

export type Floats = Float32Array | Float64Array;

/** Elements as bits: moving float32 as such could change the bits of a NaN, and int32 isn't made of numbers at all. */
export type Words = Int32Array | Float64Array;

/** A memory as arrays. */
export interface Views {
  readonly memory: WebAssembly.Memory;
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int32: Int32Array;
}

let scratch: Views | null = null;

export const viewsOf = (memory: WebAssembly.Memory): Views => ({
  memory,
  float32: new Float32Array(memory.buffer),
  float64: new Float64Array(memory.buffer),
  int32: new Int32Array(memory.buffer),
});

/** The memory with room for `bytes` bytes; it grows and never shrinks. */
export function withRoom(views: Views, bytes: number): Views {
  const missing = bytes - views.float32.byteLength;
  if (missing <= 0) return views;
  views.memory.grow(Math.ceil(missing / PAGE));
  return viewsOf(views.memory);
}

function withSlots(slots: number): Views {
  scratch ??= viewsOf(new WebAssembly.Memory({ initial: FIRST_PAGES }));
  scratch = withRoom(scratch, slots * STRIDE);
  return scratch;
}

/** Where slot `k` begins, in bytes. */
export const slotAddress = (k: number): number => k * STRIDE;

/** All of the memory as an array; valid until more slots are asked for. */
export function scratchArray(dtype: LaneType, slots: number): Floats {
  return withSlots(slots)[dtype];
}

/** All of the memory as elements of 4 or 8 bytes whose bits are only moved. */
export function scratchWords(bytes: number, slots: number): Words {
  const views = withSlots(slots);
  return bytes === 4 ? views.int32 : views.float64;
}

/** The memory, for modules to import. */
export function scratchImport(slots: number): ImportMemory {
  return importMemory({ min: FIRST_PAGES }, withSlots(slots).memory);
}

/** Copies x[start … start + count) to `into`[at …); short runs are copied as fast element by element. */
export function copyTo(
  into: TypedArray,
  at: number,
  x: TypedArray,
  start: number,
  count: number,
): void {
  if (count < 16) for (let k = 0; k < count; k++) into[at + k] = x[start + k];
  else into.set(start === 0 && count === x.length ? x : x.subarray(start, start + count), at);
}

/** Copies a block of rows, which are `row` elements apart in x and `toRow` in `into`. */
export function copyRows(
  into: TypedArray,
  at: number,
  toRow: number,
  x: TypedArray,
  start: number,
  row: number,
  rows: number,
  columns: number,
): void {
  if (row === columns && toRow === columns) copyTo(into, at, x, start, rows * columns);
  else for (let i = 0; i < rows; i++) copyTo(into, at + i * toRow, x, start + i * row, columns);
}
