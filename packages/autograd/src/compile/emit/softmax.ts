// Softmax of the rows of float32 blocks.

import {
  type Func,
  f32,
  f32x4,
  f64,
  i8x16,
  i32,
  i32x4,
  type Local,
  local,
  type ValueType,
  v128,
} from 'wasmati';
import { define, Emitter, fromLocal, sharedNodes, times } from '../../kernels/wasm/emit.js';
import { formulaOn } from '../../kernels/wasm/formula.js';
import { lanesOf } from '../../kernels/wasm/vector.js';
import { argument } from '../../scalar/index.js';
import { accumulate, HIGH_HALF, pushTotal, zero } from './accumulate.js';
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

const EXP = argument(0).exp();
const LOG = argument(0).log();

type Lanes16 = Parameters<typeof i8x16.shuffle>[0];
const ODD_LANE = [4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7] as Lanes16;

/** Pushes the vector of a row at `at`, with −∞ in the lanes behind its end. */
function pushMasked(x: Pointer, at: Pointer, bytes: Pointer): void {
  pushVector(x, at);
  f32x4.splat(Number.NEGATIVE_INFINITY);
  v128.const('i32x4', [0, 4, 8, 12]);
  i32.sub(bytes, at);
  i32x4.splat();
  i32x4.lt_s();
  v128.bitselect();
}

/** Pushes the formula of the vector in a local. */
function pushFormula(f: typeof EXP, x: Vector, pool: readonly Vector[]): void {
  new Emitter(pool).push(formulaOn(lanesOf('float32'), f, [fromLocal(x)]));
}

/**
 * (out, x, rows, bytes of a row): exp(x − max)/Σ, or x − max − ln Σ. The sum is accumulated in float64. A row of nothing
 * but −∞ gives zeros, or −∞. The last vector of a row may reach into the next, which is written after it.
 */
export function softmaxFunction(logarithm: boolean): Func<ValueType[], ValueType[]> {
  const pool = Math.max(
    ...[EXP, LOG].map(
      (f) => sharedNodes([formulaOn(lanesOf('float32'), f, [fromLocal({} as Vector)])]).length,
    ),
  );
  const locals = [i32, f64, ...times(5, v128), ...times(2 * pool + 2, v128)];
  return define({ in: [i32, i32, i32, i32], locals, out: [] }, (parameters, own) => {
    const [out, x, rows, bytes] = parameters as Pointer[];
    const at = own[0] as Pointer;
    const sum = own[1] as Local<'f64'>;
    const [largest, vector, low, high, shift] = own.slice(2, 7) as Vector[];
    const spare = own.slice(7) as Vector[];
    repeat(rows, () => {
      f32x4.splat(Number.NEGATIVE_INFINITY);
      local.set(largest);
      reset(at);
      whileBelow(at, bytes, VECTOR_BYTES, () => {
        pushMasked(x, at, bytes);
        local.get(largest);
        f32x4.max();
        local.set(largest);
      });
      foldLargest(largest);
      zero(low, high);
      reset(at);
      whileBelow(at, bytes, VECTOR_BYTES, () => {
        pushMasked(x, at, bytes);
        local.get(largest);
        f32x4.sub();
        local.set(vector);
        pushFormula(EXP, vector, spare);
        local.set(vector);
        if (!logarithm) {
          pushAddress(out, at);
          local.get(vector);
          v128.store({});
        }
        accumulate(vector, low, high);
      });
      pushTotal(low, high);
      local.set(sum);
      if (logarithm) finishLogarithm();
      else finishShares();
      advance(out, bytes);
      advance(x, bytes);
    });

    /** out = (x − max) − ln Σ, in this order for the digits' sake; −∞ − (−∞) counts as −∞. */
    function finishLogarithm(): void {
      local.get(sum);
      f32.demote_f64();
      f32x4.splat();
      local.set(shift);
      pushFormula(LOG, shift, spare);
      local.set(shift);
      reset(at);
      whileBelow(at, bytes, VECTOR_BYTES, () => {
        pushAddress(out, at);
        pushVector(x, at);
        local.get(largest);
        f32x4.sub();
        local.get(shift);
        f32x4.sub();
        f32x4.splat(Number.NEGATIVE_INFINITY);
        f32x4.splat(Number.NEGATIVE_INFINITY);
        local.get(largest);
        f32x4.ne();
        v128.bitselect();
        v128.store({});
      });
    }

    /** out = out / Σ; zeros where everything is masked. */
    function finishShares(): void {
      local.get(sum);
      f32.demote_f64();
      f32x4.splat();
      local.set(shift);
      reset(at);
      whileBelow(at, bytes, VECTOR_BYTES, () => {
        pushAddress(out, at);
        pushVector(out, at);
        local.get(shift);
        f32x4.div();
        f32x4.splat(0);
        f32x4.splat(Number.NEGATIVE_INFINITY);
        local.get(largest);
        f32x4.ne();
        v128.bitselect();
        v128.store({});
      });
    }
  });
}

/** All lanes = the largest of the four. */
function foldLargest(largest: Vector): void {
  for (const lanes of [HIGH_HALF, ODD_LANE]) {
    local.get(largest);
    local.get(largest);
    local.get(largest);
    i8x16.shuffle(lanes);
    f32x4.max();
    local.set(largest);
  }
  local.get(largest);
  f32x4.extract_lane(0);
  f32x4.splat();
  local.set(largest);
}
