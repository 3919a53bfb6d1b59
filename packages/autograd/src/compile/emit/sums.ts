// Sums along an axis, accumulated in double precision.

import {
  type Func,
  f32,
  f32x4,
  f64,
  f64x2,
  i8x16,
  i32,
  type Local,
  local,
  type ValueType,
  v128,
} from '../../kernels/wasm/assembler/index.js';
import { define, times } from '../../kernels/wasm/emit.js';
import type { LaneType } from '../../kernels/wasm/vector.js';
import {
  advance,
  type Pointer,
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

/** Columns are summed in cache lines: four vectors of each row. */
export const COLUMN_BYTES = 64;

/**
 * (x, out, rows, bytes of a row, bytes): out[j] = Σ_i x[i, j] for the columns in so many bytes, each from the first row to
 * the last. The last vector may reach beyond them, into the padding behind the output.
 */
export function columnSums(dtype: LaneType): Func<ValueType[], ValueType[]> {
  const vectors = COLUMN_BYTES / VECTOR_BYTES;
  const wide = dtype === 'float32' ? 2 : 1;
  const locals = [...times(4, i32), ...times(1 + vectors * wide, v128)];
  return define({ in: times(5, i32), locals, out: [] }, (parameters, rest) => {
    const [x, out, rows, rowBytes, bytes] = parameters as Pointer[];
    const [at, row, left, whole] = rest as unknown as Pointer[];
    const vector = rest[4] as Vector;
    const sums = rest.slice(5) as Vector[];
    /** The next `count` vectors of columns. */
    const sumDown = (count: number): void => {
      const own = sums.slice(0, count * wide);
      zero(...own);
      local.set(row, i32.add(x, at));
      local.set(left, rows);
      repeat(left, () => {
        for (let k = 0; k < count; k++) {
          local.set(vector, v128.load({ offset: k * VECTOR_BYTES }, row));
          if (wide === 2) accumulate(vector, own[2 * k], own[2 * k + 1]);
          else local.set(own[k], f64x2.add(own[k], vector));
        }
        advance(row, rowBytes);
      });
      local.set(row, i32.add(out, at));
      for (let k = 0; k < count; k++) {
        local.get(row);
        if (wide === 2) {
          local.get(own[2 * k]);
          f32x4.demote_f64x2_zero();
          local.get(own[2 * k + 1]);
          f32x4.demote_f64x2_zero();
          i8x16.shuffle(LOW_HALVES);
        } else local.get(own[k]);
        v128.store({ offset: k * VECTOR_BYTES });
      }
    };
    reset(at);
    local.set(whole, i32.and(bytes, -COLUMN_BYTES));
    whileBelow(at, whole, COLUMN_BYTES, () => sumDown(vectors));
    whileBelow(at, bytes, VECTOR_BYTES, () => sumDown(1));
  });
}
