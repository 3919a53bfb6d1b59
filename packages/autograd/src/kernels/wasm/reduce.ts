// Sums, extremes and softmax along an axis, block by block through the scratch memory.

import type { TypedArray } from '../../tensor/dtype.js';
import type { Reduction } from '../kernels.js';
import { reduce as inJavaScript } from '../reference/reduce.js';
import { instantiate } from './module.js';
import { columnsFunction, rowsFunction, type SimdReduction } from './reduce-code.js';
import {
  copyIn,
  copyOut,
  type Floats,
  SLOT_BYTES,
  scratchArray,
  scratchImport,
  slotAddress,
} from './scratch.js';
import type { LaneType } from './vector.js';

type Rows = (source: number, target: number, rows: number, rowBytes: number) => void;
type Columns = (
  source: number,
  target: number,
  groups: number,
  groupBytes: number,
  rowBytes: number,
) => void;

interface Loops {
  readonly rows: Rows;
  readonly columns: Columns;
}

const SLOTS = 2;
const SOURCE = slotAddress(0);
const TARGET = slotAddress(1);

const compiled: { readonly [kind in SimdReduction]: { [dtype in LaneType]?: Loops } } = {
  sum: {},
  max: {},
  min: {},
};

function loopsOf(kind: SimdReduction, dtype: LaneType): Loops {
  const known = compiled[kind];
  known[dtype] ??= instantiate(
    { rows: rowsFunction(kind, dtype), columns: columnsFunction(kind, dtype) },
    scratchImport(SLOTS),
  );
  return known[dtype];
}

/** What is gathered over more elements than fit a slot: sums with what each addition dropped (Neumaier). */
class Gathered {
  readonly #kind: SimdReduction;
  readonly #values: Float64Array;
  readonly #dropped: Float64Array;

  constructor(kind: SimdReduction, length: number) {
    this.#kind = kind;
    const neutral = { sum: 0, max: -Infinity, min: Infinity }[kind];
    this.#values = new Float64Array(length).fill(neutral);
    this.#dropped = new Float64Array(kind === 'sum' ? length : 0);
  }

  add(from: Floats, at: number, start: number, count: number): void {
    if (this.#kind === 'sum') this.#addSums(from, at, start, count);
    else {
      const extreme = Math[this.#kind];
      const values = this.#values;
      for (let k = 0; k < count; k++) {
        values[start + k] = extreme(values[start + k], from[at + k]);
      }
    }
  }

  #addSums(from: Floats, at: number, start: number, count: number): void {
    const values = this.#values;
    const dropped = this.#dropped;
    for (let k = 0; k < count; k++) {
      const a = values[start + k];
      const b = from[at + k];
      const sum = a + b;
      values[start + k] = sum;
      dropped[start + k] += Math.abs(a) >= Math.abs(b) ? a - sum + b : b - sum + a;
    }
  }

  /** Infinite sums have dropped NaN, which says nothing. */
  write(out: TypedArray, start: number): void {
    this.#values.forEach((value, k) => {
      const rest = this.#dropped[k];
      out[start + k] = Number.isFinite(rest) ? value + rest : value;
    });
  }
}

/** One reduction: its loops, and where results of a block appear. */
interface Run {
  readonly loops: Loops;
  readonly kind: SimdReduction;
  readonly bytes: number;
  /** How many elements fit a slot. */
  readonly room: number;
  readonly memory: Floats;
  readonly results: Floats;
  /** The index of TARGET in `results`. */
  readonly first: number;
}

function runOf(kind: SimdReduction, dtype: LaneType): Run {
  const loops = loopsOf(kind, dtype);
  const bytes = dtype === 'float32' ? 4 : 8;
  const memory = scratchArray(dtype, SLOTS);
  const results = kind === 'sum' ? scratchArray('float64', SLOTS) : memory;
  const first = TARGET / results.BYTES_PER_ELEMENT;
  return { loops, kind, bytes, room: SLOT_BYTES / bytes, memory, results, first };
}

function reduceRows(run: Run, x: TypedArray, out: TypedArray, outer: number, count: number): void {
  const { loops, kind, bytes, room, memory, results, first } = run;
  if (count <= room) {
    const most = Math.floor(room / count);
    for (let i = 0; i < outer; i += most) {
      const rows = Math.min(most, outer - i);
      copyIn(memory, 0, x, i * count, rows * count);
      loops.rows(SOURCE, TARGET, rows, count * bytes);
      copyOut(results, first, out, i, rows);
    }
    return;
  }
  for (let i = 0; i < outer; i++) {
    const gathered = new Gathered(kind, 1);
    for (let k = 0; k < count; k += room) {
      const length = Math.min(room, count - k);
      copyIn(memory, 0, x, i * count + k, length);
      loops.rows(SOURCE, TARGET, 1, length * bytes);
      gathered.add(results, first, 0, 1);
    }
    gathered.write(out, i);
  }
}

/** Where a row is longer than a slot can hold this many of, the columns are taken in stripes. */
const LEAST_ROWS = 16;

function reduceColumns(
  run: Run,
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
): void {
  const { loops, kind, bytes, room, memory, results, first } = run;
  const size = count * inner;
  if (size <= room) {
    const most = Math.floor(room / size);
    for (let i = 0; i < outer; i += most) {
      const groups = Math.min(most, outer - i);
      copyIn(memory, 0, x, i * size, groups * size);
      loops.columns(SOURCE, TARGET, groups, size * bytes, inner * bytes);
      copyOut(results, first, out, i * inner, groups * inner);
    }
    return;
  }
  const stripe = Math.min(inner, room / LEAST_ROWS);
  const most = Math.floor(room / stripe);
  for (let i = 0; i < outer; i++) {
    const gathered = new Gathered(kind, inner);
    for (let j = 0; j < inner; j += stripe) {
      const width = Math.min(stripe, inner - j);
      for (let k = 0; k < count; k += most) {
        const rows = Math.min(most, count - k);
        const start = i * size + k * inner + j;
        if (width === inner) copyIn(memory, 0, x, start, rows * inner);
        else for (let r = 0; r < rows; r++) copyIn(memory, r * width, x, start + r * inner, width);
        loops.columns(SOURCE, TARGET, 1, rows * width * bytes, width * bytes);
        gathered.add(results, first, j, width);
      }
    }
    gathered.write(out, i * inner);
  }
}

/** Below, plain JavaScript is as fast. It adds in the same order, so that a row's sum does not depend on the other rows. */
const SMALL = 128;

const lanes = new Float64Array(8);

/** The sum of a row as vectors add it: eight chains, the rest of the row by two or four of them. */
function smallRowSum(x: TypedArray, start: number, count: number, restLanes: number): number {
  lanes.fill(0);
  const whole = count & ~7;
  for (let k = 0; k < whole; k++) lanes[k & 7] += x[start + k];
  for (let k = whole; k < count; k++) lanes[(k - whole) % restLanes] += x[start + k];
  const even = lanes[0] + lanes[2] + (lanes[4] + lanes[6]);
  const odd = lanes[1] + lanes[3] + (lanes[5] + lanes[7]);
  return even + odd;
}

function smallSum(
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
): void {
  const restLanes = x instanceof Float32Array ? 4 : 2;
  for (let i = 0; i < outer; i++) {
    if (inner === 1) out[i] = smallRowSum(x, i * count, count, restLanes);
    else {
      for (let j = 0; j < inner; j++) {
        let sum = 0;
        for (let k = 0; k < count; k++) sum += x[(i * count + k) * inner + j];
        out[i * inner + j] = sum;
      }
    }
  }
}

export function reduce(
  kind: Reduction,
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
): void {
  const dtype =
    x instanceof Float32Array ? 'float32' : x instanceof Float64Array ? 'float64' : null;
  const simd = kind === 'sum' || kind === 'max' || kind === 'min';
  if (dtype === null || !simd || count < 2 || inner === 0 || outer === 0) {
    inJavaScript(kind, x, out, outer, count, inner);
  } else if (x.length < SMALL) {
    if (kind === 'sum') smallSum(x, out, outer, count, inner);
    else inJavaScript(kind, x, out, outer, count, inner);
  } else if (inner === 1) reduceRows(runOf(kind, dtype), x, out, outer, count);
  else reduceColumns(runOf(kind, dtype), x, out, outer, count, inner);
}
