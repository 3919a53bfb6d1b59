// Formulas over broadcast arrays, block by block through the scratch memory.

import type { Expr } from '../../scalar/index.js';
import { bytesPerElement, type DType, type TypedArray } from '../../tensor/dtype.js';
import { broadcastStrides, type Shape, sameShape } from '../../tensor/shape.js';
import { arraysOf, collapse, holdOf } from '../broadcast-loops.js';
import type { Elements } from '../kernels.js';
import { elementwise as inJavaScript } from '../reference/elementwise.js';
import { type BlockLoop, type Formula, formulaOf, isCompiled, loopOf } from './loop.js';
import {
  copyTo,
  type Floats,
  SLOT_BYTES,
  scratchArray,
  slotAddress,
  VECTOR_BYTES,
} from './scratch.js';
import { spreadOf } from './spread.js';
import type { LaneType } from './vector.js';

/** Below, plain JavaScript is as fast. Only for exact formulas, so that results never depend on the size. */
const SMALL = 48;
/** From here on a formula is worth compiling at once; below, once it has been asked for often enough. */
const LARGE = 256;
const OFTEN = 500;

/** Writes `count` elements at `into`[at …): x[0 … period) again and again, beginning with x[0]. */
function fillPeriodic(
  into: Floats,
  at: number,
  x: TypedArray,
  period: number,
  count: number,
): void {
  copyTo(into, at, x, 0, Math.min(period, count));
  for (let done = period; done < count; done *= 2) {
    into.copyWithin(at + done, at, at + Math.min(done, count - done));
  }
}

/** Writes the elements `first`, `first` + 1, … of a strided operand, run by run along the innermost axis. */
function fillStrided(
  into: Floats,
  at: number,
  x: TypedArray,
  sizes: readonly number[],
  steps: readonly number[],
  first: number,
  count: number,
): void {
  const counter: number[] = [];
  let rest = first;
  let read = 0;
  sizes.forEach((size, axis) => {
    counter[axis] = rest % size;
    read += counter[axis] * steps[axis];
    rest = Math.floor(rest / size);
  });
  const [inner, step] = [sizes[0], steps[0]];
  for (let done = 0; done < count; ) {
    const run = Math.min(inner - counter[0], count - done);
    const to = at + done;
    if (step === 1) copyTo(into, to, x, read, run);
    else if (step === 0 && run >= 16) into.fill(x[read], to, to + run);
    else for (let k = 0; k < run; k++) into[to + k] = x[read + k * step];
    done += run;
    read -= counter[0] * step;
    counter[0] = 0;
    for (let axis = 1; axis < sizes.length; axis++) {
      counter[axis]++;
      read += steps[axis];
      if (counter[axis] < sizes[axis]) break;
      read -= steps[axis] * sizes[axis];
      counter[axis] = 0;
    }
  }
}

/** Some operand begins anew within the result, holds its elements, or is read with strides. */
function runBroadcast(
  loop: BlockLoop,
  arrays: readonly TypedArray[],
  inputs: readonly Elements[],
  shape: Shape,
  out: TypedArray,
  dtype: LaneType,
): void {
  const bytes = bytesPerElement(dtype);
  const arity = arrays.length;
  const spread = spreadOf(dtype);
  const memory = scratchArray(dtype, arity + 2);
  const stride = slotAddress(1) / bytes;
  const room = SLOT_BYTES / bytes;
  const kinds = new Array<Kind>(arity);
  const holds = new Array<number>(arity);
  const masks = new Array<number>(arity);
  let unit = 1;
  // Periods and holds nest: whole numbers of the longest are whole numbers of them all.
  for (let i = 0; i < arity; i++) {
    const { length } = arrays[i];
    holds[i] = holdOf(inputs[i].shape, shape);
    kinds[i] = kindOf(holds[i], length, out.length, room);
    masks[i] = kinds[i] === 'one' ? 0 : -1;
    if (kinds[i] === 'periodic') unit = Math.max(unit, length);
    else if (kinds[i] === 'held') unit = Math.max(unit, holds[i]);
  }
  const block = Math.min(out.length, room - (room % unit));
  const [sizes, steps] = kinds.includes('strided') ? walkOf(inputs, shape) : NO_WALK;
  for (let i = 0; i < arity; i++) {
    if (kinds[i] === 'one') fillVector(memory, i * stride, arrays[i][0], bytes);
    else if (kinds[i] === 'periodic') {
      fillPeriodic(memory, i * stride, arrays[i], arrays[i].length, block);
    }
  }
  for (let at = 0; at < out.length; at += block) {
    const count = Math.min(block, out.length - at);
    for (let i = 0; i < arity; i++) {
      const x = arrays[i];
      if (kinds[i] === 'same') copyTo(memory, i * stride, x, at, count);
      else if (kinds[i] === 'held') {
        const hold = holds[i];
        const target = slotAddress(i);
        copyTo(memory, (arity + 1) * stride, x, at / hold, count / hold);
        spread(slotAddress(arity + 1), target, target + count * bytes, hold * bytes);
      } else if (kinds[i] === 'strided') {
        fillStrided(memory, i * stride, x, sizes, steps[i], at, count);
      }
    }
    if (arity === 2) loop(count * bytes, masks[0], masks[1]);
    else loop(count * bytes, ...masks);
    copyTo(out, at, memory, arity * stride, count);
  }
}

/** How the elements of an operand follow each other along the elements of the result. */
type Kind = 'one' | 'same' | 'periodic' | 'held' | 'strided';

/** What begins anew, or moves on, only after more elements than a slot has room for is read as if it had strides. */
function kindOf(hold: number, count: number, length: number, room: number): Kind {
  if (count === 1) return 'one';
  if (hold === 1 && count === length) return 'same';
  if (hold === 1 && count <= room) return 'periodic';
  return hold > 1 && hold <= room && count * hold === length ? 'held' : 'strided';
}

/** The result's merged axes, innermost first, and each operand's steps along them. */
type Walk = readonly [sizes: readonly number[], steps: readonly (readonly number[])[]];

const NO_WALK: Walk = [[], []];

function walkOf(inputs: readonly Elements[], shape: Shape): Walk {
  return collapse(
    shape,
    inputs.map((x) => broadcastStrides(x.shape, shape)),
  );
}

function fillVector(into: Floats, at: number, value: number, bytes: number): void {
  for (let k = 0; k < VECTOR_BYTES / bytes; k++) into[at + k] = value;
}

/** Every operand is one element or as long as the result; the common case, free of overhead. */
function runFlat(
  loop: BlockLoop,
  arrays: readonly TypedArray[],
  out: TypedArray,
  dtype: LaneType,
): void {
  const bytes = dtype === 'float32' ? 4 : 8;
  const arity = arrays.length;
  const memory = scratchArray(dtype, arity + 1);
  const total = out.length;
  const stride = slotAddress(1) / bytes;
  for (let i = 0; i < arity; i++) {
    if (arrays[i].length === 1) fillVector(memory, i * stride, arrays[i][0], bytes);
  }
  const first = arity > 0 && arrays[0].length > 1 ? -1 : 0;
  const second = arity > 1 && arrays[1].length > 1 ? -1 : 0;
  const masks = arity > 2 ? arrays.map(({ length }) => (length > 1 ? -1 : 0)) : NO_MASKS;
  const block = SLOT_BYTES / bytes;
  for (let at = 0; at < total; at += block) {
    const count = Math.min(block, total - at);
    for (let i = 0; i < arity; i++) {
      if (arrays[i].length > 1) copyTo(memory, i * stride, arrays[i], at, count);
    }
    if (arity === 1) loop(count * bytes, first);
    else if (arity === 2) loop(count * bytes, first, second);
    else loop(count * bytes, ...masks);
    copyTo(out, at, memory, arity * stride, count);
  }
}

const NO_MASKS: readonly number[] = [];

function isFlat(inputs: readonly Elements[], arrays: readonly TypedArray[], shape: Shape): boolean {
  for (let i = 0; i < inputs.length; i++) {
    if (arrays[i].length !== 1 && !sameShape(inputs[i].shape, shape)) return false;
  }
  return true;
}

/** Whether the formula runs in WebAssembly: always where bits would differ, else where that is faster. */
function isWorthIt(formula: Formula, arity: number, length: number, dtype: LaneType): boolean {
  if (formula.long) return false;
  if (!formula.exact || length >= LARGE) return true;
  return length >= SMALL && (isCompiled(formula, arity, dtype) || ++formula.asked > OFTEN);
}

/**
 * out = f(inputs). What is exact (see `isExact`) gives the same bits as the reference kernel, which runs it where arrays
 * are small; everything else runs here at any size, so that a row's result does not depend on how many rows there are.
 */
export function elementwise(
  f: Expr,
  inputs: readonly Elements[],
  out: TypedArray,
  shape: Shape,
  dtype: DType,
): void {
  if (out.length === 0) return;
  if (dtype !== 'float32' && dtype !== 'float64') {
    inJavaScript(f, inputs, out, shape, dtype);
    return;
  }
  const formula = formulaOf(f);
  if (!isWorthIt(formula, inputs.length, out.length, dtype)) {
    inJavaScript(f, inputs, out, shape, dtype);
    return;
  }
  const loop = loopOf(formula, inputs.length, dtype);
  const arrays = arraysOf(inputs, dtype);
  if (isFlat(inputs, arrays, shape)) runFlat(loop, arrays, out, dtype);
  else runBroadcast(loop, arrays, inputs, shape, out, dtype);
}
