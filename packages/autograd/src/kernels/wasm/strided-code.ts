// The loop nest that moves elements from one layout to another, or adds them to what is there.

import {
  br_if,
  type Func,
  f32x4,
  f64x2,
  i32,
  i64,
  if_,
  local,
  loop,
  type ValueType,
  v128,
} from './assembler/index.js';
import { define, times } from './emit.js';
import { VECTOR_BYTES } from './scratch.js';
import { advance, type Pointer, whileBelow } from './statements.js';
import type { LaneType } from './vector.js';

/** How many loops the nest has. */
export const LEVELS = 6;

/** What is done with each element; float32 and float64 stand for any words of 4 and 8 bytes where they are copied. */
export type StridedKind = 'copy' | 'accumulate';

function countDown(counter: Pointer, count: Pointer, body: () => void): void {
  local.set(counter, count);
  loop(null, (again) => {
    body();
    local.tee(counter, i32.sub(counter, 1));
    br_if(again);
  });
}

/** One element at the pointers. Words are copied as integers, which keeps the bits of a NaN. */
function moveWord(kind: StridedKind, dtype: LaneType, from: Pointer, to: Pointer): void {
  const narrow = dtype === 'float32';
  local.get(to);
  if (kind === 'copy') {
    const word = narrow ? i32 : i64;
    word.load({}, from);
    word.store({});
    return;
  }
  const load = narrow ? v128.load32_zero : v128.load64_zero;
  load({}, from);
  load({}, to);
  (narrow ? f32x4 : f64x2).add();
  if (narrow) v128.store32_lane({}, 0);
  else v128.store64_lane({}, 0);
}

function moveVector(kind: StridedKind, dtype: LaneType, from: Pointer, to: Pointer): void {
  local.get(to);
  v128.load({}, from);
  if (kind === 'accumulate') {
    v128.load({}, to);
    (dtype === 'float32' ? f32x4 : f64x2).add();
  }
  v128.store({});
}

/**
 * (from, to, n₀, f₀, t₀, n₁, f₁, t₁, …): addresses, then for each of `LEVELS` loops, innermost first, how often it runs (at
 * least once) and by how many bytes both sides move on: after each element in the innermost, after each run of the loop
 * within in the others.
 */
export function stridedFunction(
  kind: StridedKind,
  dtype: LaneType,
): Func<ValueType[], ValueType[]> {
  const bytes = dtype === 'float32' ? 4 : 8;
  const signature = { in: times(2 + 3 * LEVELS, i32), locals: times(LEVELS + 1, i32), out: [] };
  return define(signature, (parameters, rest) => {
    const [from, to, ...nest] = parameters as Pointer[];
    const [end, ...counters] = rest as Pointer[];
    const step = (level: number) => {
      advance(from, nest[3 * level + 1]);
      advance(to, nest[3 * level + 2]);
    };
    const word = () => moveWord(kind, dtype, from, to);
    const run = () => {
      const [count, fromStep, toStep] = nest;
      i32.eq(fromStep, bytes);
      i32.eq(toStep, bytes);
      i32.and();
      if_(
        null,
        () => {
          i32.mul(count, bytes);
          i32.const(-VECTOR_BYTES);
          i32.and();
          local.get(from);
          i32.add();
          local.set(end);
          whileBelow(from, end, () => {
            moveVector(kind, dtype, from, to);
            advance(from, VECTOR_BYTES);
            advance(to, VECTOR_BYTES);
          });
          i32.mul(count, bytes);
          i32.const(VECTOR_BYTES - 1);
          i32.and();
          local.get(end);
          i32.add();
          local.set(end);
          whileBelow(from, end, () => {
            word();
            advance(from, bytes);
            advance(to, bytes);
          });
        },
        () => {
          countDown(counters[0], count, () => {
            word();
            step(0);
          });
        },
      );
    };
    const level = (k: number): void => {
      if (k === 0) run();
      else {
        countDown(counters[k], nest[3 * k], () => {
          level(k - 1);
          step(k);
        });
      }
    };
    level(LEVELS - 1);
  });
}
