// Copies and additions between any two layouts, in parts that fit the scratch memory.

import { knownAt } from '../../scalar/known.js';
import { instantiate } from './module.js';
import { SLOT_BYTES, scratchImport, scratchWords, slotAddress, type Words } from './scratch.js';
import { LEVELS, type Move, setLoops, stridedFunction, type Walk } from './strided-code.js';
import type { LaneType } from './vector.js';

type Nest = (...parameters: number[]) => void;

/** What either side of a part may reach over: both stay within a core's second cache. */
const SIDE_SLOTS = 8;
const SLOTS = 2 * SIDE_SLOTS;

const compiled = new Map<string, Nest>();

const nestOf = (move: Move, dtype: LaneType): Nest =>
  knownAt(
    compiled,
    `${move.name} ${dtype}`,
    () => instantiate({ run: stridedFunction(move, dtype) }, scratchImport(SLOTS)).run,
  );

/** What lies between the first and the last of the elements that a side reaches, seen from where it starts. */
interface Span {
  readonly least: number;
  readonly length: number;
}

/** What is worth a part of its own. */
const LEAST_PART = 256;
/** Spans of so many times the elements that are wanted aren't taken in as a whole. */
const SPARSE = 8;

/** Whether steps along an axis leave more between them than they take. */
function isSparse(step: number, sizes: readonly number[], axis: number): boolean {
  let within = 1;
  for (let k = 0; k < axis; k++) within *= sizes[k];
  return within >= LEAST_PART && step > SPARSE * within;
}

/** Over the innermost `depth` axes, of the last of them `count` steps. */
function spanOf(
  sizes: readonly number[],
  steps: readonly number[],
  depth: number,
  count: number,
): Span {
  let [least, length] = [0, 1];
  for (let axis = 0; axis < depth; axis++) {
    const reach = ((axis === depth - 1 ? count : sizes[axis]) - 1) * steps[axis];
    if (reach < 0) least += reach;
    length += Math.abs(reach);
  }
  return { least, length };
}

/**
 * Runs over the walk from where both sides start, in parts: as many steps along an outer axis as there is room for. Elements are
 * moved as they are; where they are added, `dtype` is what they are.
 */
export function runStrided(
  move: Move,
  dtype: LaneType,
  walk: Walk,
  x: Words,
  read: number,
  out: Words,
  write: number,
): void {
  const { sizes, from, to } = walk;
  const room = (SIDE_SLOTS * SLOT_BYTES) / x.BYTES_PER_ELEMENT;
  const runPart = partRunner(move, dtype, walk, x, out);
  const run = (depth: number, source: number, target: number): void => {
    const axis = depth - 1;
    const [size, a, b] = [sizes[axis], from[axis], to[axis]];
    const least = Math.max(...[from, to].map((steps) => spanOf(sizes, steps, depth, 1).length));
    const step = Math.max(1, Math.abs(a), Math.abs(b));
    if (depth > 1 && (depth > LEVELS || least > room || isSparse(step, sizes, axis))) {
      for (let k = 0; k < size; k++) run(axis, source + k * a, target + k * b);
      return;
    }
    const most = 1 + Math.max(0, Math.floor((room - least) / step));
    for (let k = 0; k < size; k += most) {
      runPart(depth, Math.min(most, size - k), source + k * a, target + k * b);
    }
  };
  run(sizes.length, read, write);
}

/** Takes both sides of a part in, runs over it, and brings the target back. */
function partRunner(
  move: Move,
  dtype: LaneType,
  walk: Walk,
  x: Words,
  out: Words,
): (depth: number, count: number, source: number, target: number) => void {
  const { sizes, from, to } = walk;
  const bytes = x.BYTES_PER_ELEMENT;
  const run = nestOf(move, dtype);
  const memory = scratchWords(bytes, SLOTS);
  const address = slotAddress(SIDE_SLOTS);
  const at = address / bytes;
  const parameters = new Array<number>(2 + 3 * LEVELS);
  return (depth, count, source, target) => {
    const reads = spanOf(sizes, from, depth, count);
    const writes = spanOf(sizes, to, depth, count);
    setLoops(parameters, walk, depth, count, bytes);
    let elements = count;
    for (let k = 0; k < depth - 1; k++) elements *= sizes[k];
    const first = source + reads.least;
    const start = target + writes.least;
    memory.set(x.subarray(first, first + reads.length), 0);
    // What lies between the elements stays as it is.
    if (move.name === 'accumulate' || elements < writes.length) {
      memory.set(out.subarray(start, start + writes.length), at);
    }
    parameters[0] = -reads.least * bytes;
    parameters[1] = address - writes.least * bytes;
    run(...parameters);
    out.set(memory.subarray(at, at + writes.length), start);
  };
}
