// Sums, extremes and softmax along an axis, block by block through the scratch memory.

import type { TypedArray } from '../../tensor/dtype.js';
import type { Reduction } from '../kernels.js';
import { reduce as inJavaScript } from '../reference/reduce.js';
import { instantiate } from './module.js';
import { columnsFunction, rowsFunction, type SimdReduction } from './reduce-code.js';
import {
  copyRows,
  copyTo,
  type Floats,
  SLOT_BYTES,
  scratchArray,
  scratchImport,
  slotAddress,
} from './scratch.js';
import { type LaneType, laneTypeOf } from './vector.js';

/** Of `groups` groups in the slot at `source`, each a row, or rows below each other whose columns are gathered. */
type Gather = (
  source: number,
  target: number,
  groups: number,
  groupBytes: number,
  rowBytes: number,
) => void;

interface Loops {
  /** Takes a group for a row, and leaves the last argument alone. */
  readonly rows: Gather;
  readonly columns: Gather;
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

/** Where a row is longer than a slot can hold this many of, the columns are taken in stripes. */
const LEAST_ROWS = 16;

function gather(
  kind: SimdReduction,
  dtype: LaneType,
  x: TypedArray,
  out: TypedArray,
  outer: number,
  count: number,
  inner: number,
): void {
  const loops = loopsOf(kind, dtype);
  const run = inner === 1 ? loops.rows : loops.columns;
  const memory = scratchArray(dtype, SLOTS);
  const results = kind === 'sum' ? scratchArray('float64', SLOTS) : memory;
  const first = TARGET / results.BYTES_PER_ELEMENT;
  const bytes = memory.BYTES_PER_ELEMENT;
  const room = SLOT_BYTES / bytes;
  const size = count * inner;
  if (size <= room) {
    const most = Math.floor(room / size);
    for (let i = 0; i < outer; i += most) {
      const groups = Math.min(most, outer - i);
      copyTo(memory, 0, x, i * size, groups * size);
      run(SOURCE, TARGET, groups, size * bytes, inner * bytes);
      copyTo(out, i * inner, results, first, groups * inner);
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
        copyRows(memory, 0, width, x, i * size + k * inner + j, inner, rows, width);
        run(SOURCE, TARGET, 1, rows * width * bytes, width * bytes);
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
  const dtype = laneTypeOf(x);
  const simd = kind === 'sum' || kind === 'max' || kind === 'min';
  if (dtype === null || !simd || count < 2 || inner === 0 || outer === 0) {
    inJavaScript(kind, x, out, outer, count, inner);
  } else if (x.length < SMALL) {
    if (kind === 'sum') smallSum(x, out, outer, count, inner);
    else inJavaScript(kind, x, out, outer, count, inner);
  } else gather(kind, dtype, x, out, outer, count, inner);
}
