// Sums along an axis of float32 blocks, accumulated in double precision.

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
import { define } from '../../kernels/wasm/emit.js';
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

/**
 * (x, out, rows, bytes of a row): out[j] = Σ_i x[i, j], four columns at a time. The last vector may reach beyond the row,
 * into the padding behind the output.
 */
export function columnSums(): Func<ValueType[], ValueType[]> {
  return define(
    { in: [i32, i32, i32, i32], locals: [i32, i32, i32, v128, v128, v128], out: [] },
    (parameters, locals) => {
      const [x, out, rows, bytes] = parameters as Pointer[];
      const [at, row, left] = locals as unknown as [Pointer, Pointer, Pointer];
      const [vector, low, high] = locals.slice(3) as Vector[];
      reset(at);
      whileBelow(at, bytes, VECTOR_BYTES, () => {
        zero(low, high);
        local.set(row, i32.add(x, at));
        local.get(rows);
        local.set(left);
        repeat(left, () => {
          pushVector(row, null);
          local.set(vector);
          accumulate(vector, low, high);
          advance(row, bytes);
        });
        i32.add(out, at);
        local.get(low);
        f32x4.demote_f64x2_zero();
        local.get(high);
        f32x4.demote_f64x2_zero();
        i8x16.shuffle(LOW_HALVES);
        v128.store({});
      });
    },
  );
}
