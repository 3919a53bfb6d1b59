// Strided copies: whole runs at once, transpositions in blocks through the scratch memory, the rest in plain JavaScript.

import type { TypedArray } from '../../tensor/dtype.js';
import { type Shape, sizeOf } from '../../tensor/shape.js';
import type { Layout } from '../kernels.js';
import { copy as inJavaScript } from '../reference/copy.js';
import { instantiate } from './module.js';
import { copyRows, scratchImport, scratchWords, slotAddress, type Words } from './scratch.js';
import { runStrided } from './strided.js';
import { COPY, transposedAxis, type Walk, walkOf } from './strided-code.js';
import { transposeFunction } from './transpose-code.js';
import type { LaneType } from './vector.js';

type Transpose = (
  source: number,
  target: number,
  rows: number,
  columns: number,
  row: number,
  targetRow: number,
) => void;

/** A matrix that fits is transposed in one go; it takes as many slots, twice. */
const REGION_SLOTS = 8;
const SLOTS = 2 * REGION_SLOTS;

const compiled: { [dtype in LaneType]?: Transpose } = {};

function transposeOf(dtype: LaneType): Transpose {
  compiled[dtype] ??= instantiate(
    { transpose: transposeFunction(dtype) },
    scratchImport(SLOTS),
  ).transpose;
  return compiled[dtype];
}

/** Smaller copies are done before anything could be looked at. */
const SMALL = 64;
/** Shorter runs are copied as fast element by element. */
const LEAST_RUN = 16;
/** Copies of shorter runs are quicker through the scratch memory than run by run. */
const LONG_RUN = 64;
/** Copies of fewer elements are as quick in plain JavaScript. */
export const LEAST_STRIDED = 512;
/** Smaller matrices are transposed as fast in plain JavaScript. */
const LEAST_MATRIX = 512;

/** Calls `run` with where both sides start for every index of the axes but those left out. */
function eachStart(
  { sizes, from, to }: Walk,
  without: readonly number[],
  read: number,
  write: number,
  run: (read: number, write: number) => void,
): void {
  const axes = sizes.map((_, axis) => axis).filter((axis) => !without.includes(axis));
  const walk = (depth: number, source: number, target: number): void => {
    if (depth === 0) {
      run(source, target);
      return;
    }
    const axis = axes[depth - 1];
    for (let k = 0; k < sizes[axis]; k++) {
      walk(depth - 1, source + k * from[axis], target + k * to[axis]);
    }
  };
  walk(axes.length, read, write);
}

/** The same memory as words of 4 or 8 bytes; null for bytes. */
function wordsOf(x: TypedArray): Words | null {
  if (x instanceof Float32Array) return new Int32Array(x.buffer, x.byteOffset, x.length);
  return x instanceof Uint8Array ? null : x;
}

/** Both sides of a copy as words; null for bytes, for sides that differ in dtype, and for less than `least` elements. */
export function asWords(
  x: TypedArray,
  out: TypedArray,
  shape: Shape,
  least: number,
): [Words, Words] | null {
  if (sizeOf(shape) < least || x.constructor !== out.constructor) return null;
  const [source, target] = [wordsOf(x), wordsOf(out)];
  return source === null || target === null ? null : [source, target];
}

/** One matrix: out[write + j·outRow + i] = x[read + i·row + j] for i < rows, j < columns. */
interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** From one row of the source, of the target, to the next. */
  readonly row: number;
  readonly outRow: number;
}

/** Panel by panel; the last ones overlap those before them, so that no panel is thinner than a vector. */
function transpose(
  x: Words,
  read: number,
  out: Words,
  write: number,
  { rows, columns, row, outRow }: Matrix,
): void {
  const bytes = x.BYTES_PER_ELEMENT;
  const run = transposeOf(bytes === 4 ? 'float32' : 'float64');
  const memory = scratchWords(bytes, SLOTS);
  const target = slotAddress(REGION_SLOTS);
  const room = target / bytes;
  const width = Math.min(columns, Math.max(LEAST_RUN * 4, Math.floor(room / rows)));
  const height = Math.min(rows, Math.floor(room / width));
  for (let i0 = 0; i0 < rows; i0 += height) {
    const i = Math.min(i0, rows - height);
    for (let j0 = 0; j0 < columns; j0 += width) {
      const j = Math.min(j0, columns - width);
      copyRows(memory, 0, width, x, read + i * row + j, row, height, width);
      run(0, target, height, width, width, height);
      copyRows(out, write + j * outRow + i, outRow, memory, room, height, width, height);
    }
  }
}

export function copy(x: TypedArray, from: Layout, out: TypedArray, to: Layout, shape: Shape): void {
  const sides = asWords(x, out, shape, SMALL);
  if (sides === null) {
    inJavaScript(x, from, out, to, shape);
    return;
  }
  const [source, target] = sides;
  const walk = walkOf(shape, from, to);
  const { sizes, from: fromSteps, to: toSteps } = walk;
  const inner = sizes[0];
  const axis = transposedAxis(walk, 4);
  if (axis > 0 && inner * sizes[axis] >= LEAST_MATRIX) {
    const [row, outRow] = [fromSteps[0], toSteps[axis]];
    const matrix: Matrix = { rows: inner, columns: sizes[axis], row, outRow };
    eachStart(walk, [0, axis], from.offset, to.offset, (read, write) => {
      transpose(source, read, target, write, matrix);
    });
    return;
  }
  const strided = sizeOf(shape) >= LEAST_STRIDED;
  const runs = inner >= (strided ? LONG_RUN : LEAST_RUN) && toSteps[0] === 1;
  if (runs && fromSteps[0] === 1) {
    eachStart(walk, [0], from.offset, to.offset, (read, write) => {
      target.set(source.subarray(read, read + inner), write);
    });
  } else if (runs && fromSteps[0] === 0) {
    eachStart(walk, [0], from.offset, to.offset, (read, write) => {
      target.fill(source[read], write, write + inner);
    });
  } else if (strided) {
    const words = source.BYTES_PER_ELEMENT === 4 ? 'float32' : 'float64';
    runStrided(COPY, words, walk, source, from.offset, target, to.offset);
  } else inJavaScript(x, from, out, to, shape);
}
