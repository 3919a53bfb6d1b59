// Sums along an axis, accumulated in double precision.

import {
  type Func,
  f32,
  f32x4,
  f64,
  f64x2,
  i8x16,
  i32,
  if_,
  type Local,
  local,
  memory,
  type ValueType,
  v128,
} from '../../kernels/wasm/assembler/index.js';
import { define, routine } from '../../kernels/wasm/emit.js';
import type { LaneType } from '../../kernels/wasm/vector.js';
import {
  advance,
  type Pointer,
  pushAddress,
  pushVector,
  repeat,
  reset,
  VECTOR_BYTES,
  type Vector,
  whileBelow,
} from './addresses.js';

/** The upper two lanes moved down. */
const HIGH_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15] as Parameters<
  typeof i8x16.shuffle
>[0];

function zero(...accumulators: readonly Vector[]): void {
  for (const accumulator of accumulators) {
    f64x2.splat(0);
    local.set(accumulator);
  }
}

/** low += the first two lanes of x, high += the other two, in float64. */
function accumulate(x: Vector, low: Vector, high: Vector): void {
  local.get(x);
  f64x2.promote_low_f32x4();
  local.get(low);
  f64x2.add();
  local.set(low);
  local.get(x);
  local.get(x);
  i8x16.shuffle(HIGH_HALF);
  f64x2.promote_low_f32x4();
  local.get(high);
  f64x2.add();
  local.set(high);
}

/** Pushes the sum of all four accumulated numbers, an f64. */
function pushTotal(low: Vector, high: Vector): void {
  f64x2.add(low, high);
  local.tee(low);
  f64x2.extract_lane(0);
  local.get(low);
  f64x2.extract_lane(1);
  f64.add();
}

type Lanes16 = Parameters<typeof i8x16.shuffle>[0];
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23] as Lanes16;
const FLOAT_BYTES = 4;

/** (x, out, rows, bytes of a row): out[i] = the sum of row i. What doesn't fill a vector is added one by one. */
export function rowSums(): Func<ValueType[], ValueType[]> {
  return define(
    { in: [i32, i32, i32, i32], locals: [i32, i32, v128, v128, v128, f64], out: [] },
    (parameters, locals) => {
      const [x, out, rows, bytes] = parameters as Pointer[];
      const [at, whole] = locals as unknown as [Pointer, Pointer];
      const [vector, low, high] = locals.slice(2, 5) as Vector[];
      const sum = locals[5] as Local<'f64'>;
      local.get(bytes);
      i32.const(-VECTOR_BYTES);
      i32.and();
      local.set(whole);
      repeat(rows, () => {
        zero(low, high);
        reset(at);
        whileBelow(at, whole, VECTOR_BYTES, () => {
          pushVector(x, at);
          local.set(vector);
          accumulate(vector, low, high);
        });
        pushTotal(low, high);
        local.set(sum);
        whileBelow(at, bytes, FLOAT_BYTES, () => {
          local.get(sum);
          i32.add(x, at);
          f32.load({});
          f64.promote_f32();
          f64.add();
          local.set(sum);
        });
        local.get(out);
        local.get(sum);
        f32.demote_f64();
        f32.store({});
        advance(out, FLOAT_BYTES);
        advance(x, bytes);
      });
    },
  );
}

/** Rows that are added at a time to what lies in memory. */
const ROWS_AT_ONCE = 4;

/** What `columnSums` needs of scratch for rows of so many bytes. */
export const columnScratchBytes = (dtype: LaneType, rowBytes: number): number =>
  dtype === 'float32' ? 2 * (rowBytes + VECTOR_BYTES) : 0;

/**
 * (x, out, rows, bytes of a row, bytes, scratch): out[j] = Σ_i x[i, j] for the columns in so many bytes, each from the first
 * row to the last. Memory is read in its order, some rows side by side; sums of float32 are kept in the scratch in double
 * precision. The last vector may reach beyond the columns, into the padding behind the output.
 */
export function columnSums(dtype: LaneType): Func<ValueType[], ValueType[]> {
  const wide = dtype === 'float32' ? 2 : 1;
  return routine(6, 3 + ROWS_AT_ONCE, 3, (parameters, integers, [vector, low, high]) => {
    const [x, out, rows, rowBytes, bytes, scratch] = parameters;
    const [at, to, left, ...starts] = integers;
    const sums = wide === 2 ? scratch : out;
    /** Adds the next `count` rows. */
    const addRows = (count: number): void => {
      starts.slice(0, count).forEach((start, k) => {
        if (k === 0) local.set(start, x);
        else local.set(start, i32.add(starts[k - 1], rowBytes));
      });
      local.set(to, sums);
      reset(at);
      whileBelow(at, bytes, VECTOR_BYTES, () => {
        local.set(low, v128.load({}, to));
        if (wide === 2) local.set(high, v128.load({ offset: VECTOR_BYTES }, to));
        for (const start of starts.slice(0, count)) {
          pushVector(start, at);
          local.set(vector);
          if (wide === 2) accumulate(vector, low, high);
          else local.set(low, f64x2.add(low, vector));
        }
        v128.store({}, to, low);
        if (wide === 2) v128.store({ offset: VECTOR_BYTES }, to, high);
        advance(to, wide * VECTOR_BYTES);
      });
      local.set(x, i32.add(starts[count - 1], rowBytes));
    };
    const addAll = (count: number): void => {
      local.get(left);
      if_(null, () => repeat(left, () => addRows(count)));
    };
    local.get(sums);
    i32.const(0);
    // Up to the end of the last vector; without a scratch, what lies there is padding or written later.
    i32.and(i32.add(bytes, VECTOR_BYTES - 1), -VECTOR_BYTES);
    i32.const(wide);
    i32.mul();
    memory.fill();
    local.set(left, i32.div_u(rows, ROWS_AT_ONCE));
    addAll(ROWS_AT_ONCE);
    local.set(left, i32.rem_u(rows, ROWS_AT_ONCE));
    addAll(1);
    if (wide === 1) return;
    local.set(to, scratch);
    reset(at);
    whileBelow(at, bytes, VECTOR_BYTES, () => {
      pushAddress(out, at);
      f32x4.demote_f64x2_zero(v128.load({}, to));
      f32x4.demote_f64x2_zero(v128.load({ offset: VECTOR_BYTES }, to));
      i8x16.shuffle(LOW_HALVES);
      v128.store({});
      advance(to, 2 * VECTOR_BYTES);
    });
  });
}
