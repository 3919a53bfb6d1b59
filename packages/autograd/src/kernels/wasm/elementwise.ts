// Formulas over broadcast arrays, block by block through the scratch memory.

import type { Expr } from '../../scalar/index.js';
import { bytesPerElement, type DType, type TypedArray } from '../../tensor/dtype.js';
import { broadcastStrides, type Shape, sameShape } from '../../tensor/shape.js';
import { asArray, elementsOf } from '../../tensor/storage.js';
import { collapse } from '../broadcast-loops.js';
import type { Elements } from '../kernels.js';
import { elementwise as inJavaScript } from '../reference/elementwise.js';
import { type BlockLoop, formulaOf, loopOf } from './loop.js';
import { copyIn, copyOut, SLOT_BYTES, scratchArray, slotAddress } from './scratch.js';
import type { LaneType } from './vector.js';

/** Below, plain JavaScript is as fast; exact formulas only, so that results never depend on the size. */
const SMALL = 256;

/** How the elements of an operand follow each other along the elements of the result. */
type Pattern =
  | { readonly kind: 'one' }
  | { readonly kind: 'same' }
  /** The first `period` elements again and again. */
  | { readonly kind: 'periodic'; readonly period: number }
  | { readonly kind: 'strided' };

const ONE: Pattern = { kind: 'one' };
const SAME: Pattern = { kind: 'same' };
const STRIDED: Pattern = { kind: 'strided' };

/** What the steps of one operand along the merged axes (innermost first) come down to. */
function patternOf(sizes: readonly number[], steps: readonly number[], longest: number): Pattern {
  let axis = 0;
  let count = 1;
  while (axis < sizes.length && steps[axis] === count) count *= sizes[axis++];
  if (axis === sizes.length) return SAME;
  if (steps.some((step, k) => k >= axis && step !== 0)) return STRIDED;
  if (axis === 0) return ONE;
  return count <= longest ? { kind: 'periodic', period: count } : STRIDED;
}

type Floats = Float32Array | Float64Array;

/** Writes `count` elements at `into`[at …): x[0 … period) again and again, beginning with x[0]. */
function fillPeriodic(
  into: Floats,
  at: number,
  x: TypedArray,
  period: number,
  count: number,
): void {
  copyIn(into, at, x, 0, Math.min(period, count));
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
    if (step === 1) copyIn(into, to, x, read, run);
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

function call(loop: BlockLoop, bytes: number, masks: readonly number[]): void {
  if (masks.length === 1) loop(bytes, masks[0]);
  else if (masks.length === 2) loop(bytes, masks[0], masks[1]);
  else loop(bytes, ...masks);
}

/** The result's merged axes, innermost first, and what each operand's steps along them are. */
interface Walk {
  readonly sizes: readonly number[];
  readonly steps: readonly (readonly number[])[];
  readonly patterns: readonly Pattern[];
}

/** No axes need to be told apart: every operand is one element or has the result's shape. */
function flatWalk(
  inputs: readonly Elements[],
  arrays: readonly TypedArray[],
  shape: Shape,
): Walk | null {
  const patterns: Pattern[] = [];
  for (let i = 0; i < inputs.length; i++) {
    if (arrays[i].length === 1) patterns.push(ONE);
    else if (sameShape(inputs[i].shape, shape)) patterns.push(SAME);
    else return null;
  }
  return { sizes: [], steps: [], patterns };
}

function broadcastWalk(inputs: readonly Elements[], shape: Shape, longest: number): Walk {
  const strides = inputs.map((x) => broadcastStrides(x.shape, shape));
  const [sizes, steps] = collapse(shape, strides);
  return { sizes, steps, patterns: steps.map((own) => patternOf(sizes, own, longest)) };
}

function runBlocks(
  loop: BlockLoop,
  arrays: readonly TypedArray[],
  { sizes, steps, patterns }: Walk,
  out: TypedArray,
  dtype: LaneType,
): void {
  const bytes = bytesPerElement(dtype);
  const arity = arrays.length;
  const memory = scratchArray(dtype, arity + 1);
  const slot = (k: number) => slotAddress(k) / bytes;
  let block = SLOT_BYTES / bytes;
  const masks = new Array<number>(arity);
  let period = 1;
  for (let i = 0; i < arity; i++) {
    const pattern = patterns[i];
    masks[i] = pattern.kind === 'one' ? 0 : -1;
    if (pattern.kind === 'one') memory.fill(arrays[i][0], slot(i), slot(i) + 16 / bytes);
    // Periods nest, so that whole blocks of the longest are whole numbers of them all.
    if (pattern.kind === 'periodic') period = Math.max(period, pattern.period);
  }
  block = Math.min(out.length, block - (block % period));
  for (let i = 0; i < arity; i++) {
    const pattern = patterns[i];
    if (pattern.kind === 'periodic') {
      fillPeriodic(memory, slot(i), arrays[i], pattern.period, block);
    }
  }
  for (let at = 0; at < out.length; at += block) {
    const count = Math.min(block, out.length - at);
    for (let i = 0; i < arity; i++) {
      const { kind } = patterns[i];
      if (kind === 'same') copyIn(memory, slot(i), arrays[i], at, count);
      else if (kind === 'strided') {
        fillStrided(memory, slot(i), arrays[i], sizes, steps[i], at, count);
      }
    }
    call(loop, count * bytes, masks);
    copyOut(memory, slot(arity), out, at, count);
  }
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
  if (dtype === 'float32' || dtype === 'float64') {
    const { exact, long } = formulaOf(f);
    if (!long && (!exact || out.length >= SMALL)) {
      const arrays = inputs.map(({ storage }) =>
        asArray(elementsOf('elementwise', storage), dtype),
      );
      const walk =
        flatWalk(inputs, arrays, shape) ??
        broadcastWalk(inputs, shape, SLOT_BYTES / bytesPerElement(dtype));
      runBlocks(loopOf(f, inputs.length, dtype), arrays, walk, out, dtype);
      return;
    }
  }
  inJavaScript(f, inputs, out, shape, dtype);
}
