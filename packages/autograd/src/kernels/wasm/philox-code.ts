// Philox4x32-10 on vectors: four blocks of four words at a time, the bits of tensor/philox.ts.

import { MULTIPLIER_0, MULTIPLIER_1, ROUNDS, WEYL_0, WEYL_1 } from '../../tensor/philox.js';
import {
  highProducts,
  i32x4,
  isBelow,
  type Local,
  local,
  lowProducts,
  multiplyWords,
  v128,
} from './assembler/index.js';
import { fromLocal } from './emit.js';
import { transposeSquare } from './square.js';
import { advance, assign, type Pointer, store } from './statements.js';
import { lanesOf, shuffle, type Vec, vec } from './vector.js';

type Vector = Local<'v128'>;

/** Bytes that `drawBlocks` writes: four blocks. */
export const GROUP_BYTES = 64;

const { integer, integerAdd, integerSub, xor } = lanesOf('float32');

/**
 * The lower and the upper 32 bits of x times a multiplier. The lower ones, though they are there, are multiplied once more:
 * the unit that shuffles is the busiest, and is needed for the products in full.
 */
function product(x: Vec, multiplier: number): { readonly low: Vec; readonly high: Vec } {
  const m = integer(multiplier | 0);
  const [low, high] = [lowProducts, highProducts].map((two) => vec(() => two(), [x, m]));
  return {
    low: vec(() => multiplyWords(), [x, m]),
    high: shuffle(4, [1, 3, 5, 7], low, high),
  };
}

function round([x0, x1, x2, x3]: readonly Vec[], [key0, key1]: readonly Vec[]): Vec[] {
  const a = product(x0, MULTIPLIER_0);
  const b = product(x2, MULTIPLIER_1);
  return [xor(xor(b.high, x1), key0), b.low, xor(xor(a.high, x3), key1), a.low];
}

/** Values that a round uses twice. */
const POOL = 12;

/** Vectors that the code works with. */
export const PHILOX_VECTORS = 10 + 2 * ROUNDS + POOL;

/**
 * Blocks of a key, from a first counter on whose upper half is that of draws, 0. `prepare` is written once, before anything is
 * drawn; `drawBlocks(at, index)` writes blocks index … index + 3 at an address, word by word as they are read.
 */
export function philoxOf(vectors: readonly Vector[]): {
  readonly prepare: (keys: readonly Pointer[], low: Pointer, high: Pointer) => void;
  readonly drawBlocks: (at: Pointer, index: Pointer) => void;
} {
  const [firstLow, firstHigh, ...others] = vectors;
  const state = others.slice(0, 4);
  const spare = others.slice(4, 8);
  const pool = others.slice(8 + 2 * ROUNDS);
  const keys = Array.from({ length: ROUNDS }, (_, k) => others.slice(8 + 2 * k, 10 + 2 * k));

  const splat = (into: Vector, x: Pointer): void => local.set(into, i32x4.splat(x));
  const prepare = (words: readonly Pointer[], low: Pointer, high: Pointer): void => {
    splat(firstLow, low);
    splat(firstHigh, high);
    for (const pair of keys) {
      [WEYL_0, WEYL_1].forEach((step, j) => {
        splat(pair[j], words[j]);
        advance(words[j], step | 0);
      });
    }
  };

  const drawBlocks = (at: Pointer, index: Pointer): void => {
    const lanes = vec(() => v128.const(Int32Array.of(0, 1, 2, 3)), [], true);
    const offset = integerAdd(
      vec(() => i32x4.splat(index)),
      lanes,
    );
    const low = integerAdd(fromLocal(firstLow), offset);
    // A mask is −1 where the lower word has overflown.
    const carry = vec(() => isBelow(), [low, fromLocal(firstLow)]);
    const high = integerSub(fromLocal(firstHigh), carry);
    assign(pool, state, [low, high, integer(0), integer(0)]);
    for (const pair of keys) {
      assign(pool, state, round(state.map(fromLocal), pair.map(fromLocal)));
    }
    transposeSquare(state, spare);
    state.forEach((words, k) => {
      store([], at, fromLocal(words), 16 * k);
    });
  };
  return { prepare, drawBlocks };
}
