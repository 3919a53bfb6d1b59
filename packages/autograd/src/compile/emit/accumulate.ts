// Sums of float32 lanes in two vectors of float64.

import { f64, f64x2, i8x16, local } from 'wasmati';
import type { Vector } from './addresses.js';

/** The upper two lanes moved down. */
export const HIGH_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15] as Parameters<
  typeof i8x16.shuffle
>[0];

export function zero(...accumulators: readonly Vector[]): void {
  for (const accumulator of accumulators) {
    f64x2.splat(0);
    local.set(accumulator);
  }
}

/** low += the first two lanes of x, high += the other two, in float64. */
export function accumulate(x: Vector, low: Vector, high: Vector): void {
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
export function pushTotal(low: Vector, high: Vector): void {
  f64x2.add(low, high);
  local.tee(low);
  f64x2.extract_lane(0);
  local.get(low);
  f64x2.extract_lane(1);
  f64.add();
}
