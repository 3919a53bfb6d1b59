// Random numbers as one function: words of Philox into a small buffer, chunk by chunk, and from there into elements.

import {
  BLOCK_WORDS,
  type DrawKind,
  RECORD_PARAMETERS,
  wordsPerElement,
} from '../../tensor/draw.js';
import { $, br_if, type Func, i32, local, loop, type ValueType, v128 } from './assembler/index.js';
import { routine } from './emit.js';
import { ENTRY_BYTES, NORMAL_VECTORS, normalLoops } from './normal-code.js';
import { GROUP_BYTES, PHILOX_VECTORS, philoxOf } from './philox-code.js';
import { VECTOR_BYTES } from './scratch.js';
import { advance, eachStep, type Pointer, smaller, store } from './statements.js';
import { rangeNumbers, unitSingles } from './uniform-code.js';
import { lanesOf } from './vector.js';

/** A chunk's words, all of which come from the buffer while it is in the nearest cache. */
const CHUNK_WORDS = 1024;

/** What is drawn in parts is cut between chunks. */
export const elementsPerChunk = (draw: DrawKind): number => CHUNK_WORDS / wordsPerElement(draw);

const WORD_BYTES = 4;
const NUMBER_BYTES = 8;

/** The words of a chunk, of the block that it begins within, and of blocks that come in one group with the last. */
const WORDS_BYTES = CHUNK_WORDS * WORD_BYTES + 2 * GROUP_BYTES;

/**
 * What a function draws by way of: it need not hold anything before, and holds nothing of worth after. Words, and a list of
 * elements, with one more and what is written for it.
 */
export const BUFFER_BYTES = WORDS_BYTES + ENTRY_BYTES * (CHUNK_WORDS / 2 + 2);

/**
 * (record, blocks, count, out, buffer): `count` ≥ 1 elements, `blocks` blocks behind where the record says that the draw
 * begins, which is a whole number of chunks. The last vector may be written past the end.
 */
export function drawFunction(kind: DrawKind): Func<ValueType[], ValueType[]> {
  const { distribution, dtype } = kind;
  const words = wordsPerElement(kind);
  const { bytes } = lanesOf(dtype);
  const own = PHILOX_VECTORS + 3;
  return routine(5, 11, own + NORMAL_VECTORS, (given, integers, vectors) => {
    const [record, blocks, left, out, buffer] = given;
    const [low, high, key0, key1, skipped, take, at, end, index, list, bits] = integers;
    const parameters = vectors.slice(PHILOX_VECTORS, own);
    const pool = vectors.slice(own);
    const philox = philoxOf(vectors);
    [low, high, key0, key1].forEach((into, k) => {
      local.set(into, i32.load({ offset: WORD_BYTES * k }, record));
    });
    parameters.forEach((into, k) => {
      v128.load64_splat({ offset: NUMBER_BYTES * (RECORD_PARAMETERS + k) }, record);
      local.set(into);
    });
    // From words to blocks of four: 62 bits and 2.
    local.set(skipped, i32.and(low, 3));
    local.set(low, i32.or(i32.div_u(low, 4), i32.mul(high, 1 << 30)));
    local.set(high, i32.div_u(high, 4));
    philox.prepare([key0, key1], low, high);

    /** at = where the words of the first element lie. */
    const seek = (): void => {
      i32.mul(skipped, WORD_BYTES);
      local.set(at, i32.add($, buffer));
    };
    /** end = as many bytes behind `from` as what is taken has. */
    const endBehind = (from: Pointer, bytesEach: number): void => {
      i32.mul(take, bytesEach);
      local.set(end, i32.add($, from));
    };
    const writeUniform = (): void => {
      const numbers =
        distribution === 'unit' ? unitSingles(at) : rangeNumbers(dtype, at, parameters);
      seek();
      endBehind(out, bytes);
      eachStep(out, end, VECTOR_BYTES, () => {
        store(pool, out, numbers);
        advance(at, VECTOR_BYTES);
      });
    };
    const writeNormal = (): void => {
      const loops = normalLoops(dtype, parameters, pool, [list, bits]);
      seek();
      loops.probabilities(at, end);
      seek();
      endBehind(out, bytes);
      local.set(list, i32.add(buffer, WORDS_BYTES));
      loops.central(out, end, at);
      local.set(end, i32.add(buffer, WORDS_BYTES));
      loops.tails(end, at);
    };

    loop((again) => {
      smaller(take, left, CHUNK_WORDS / words);
      local.set(index, blocks);
      local.set(at, buffer);
      i32.mul(skipped, WORD_BYTES);
      i32.add($, buffer);
      local.set(end);
      endBehind(end, words * WORD_BYTES);
      eachStep(at, end, GROUP_BYTES, () => {
        philox.drawBlocks(at, index);
        advance(index, GROUP_BYTES / (BLOCK_WORDS * WORD_BYTES));
      });
      if (distribution === 'normal') writeNormal();
      else writeUniform();
      advance(blocks, CHUNK_WORDS / BLOCK_WORDS);
      local.tee(left, i32.sub(left, take));
      br_if(again);
    });
  });
}
