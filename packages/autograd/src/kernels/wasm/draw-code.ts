// Random numbers as one function: words of Philox into a small buffer, chunk by chunk, and from there into elements.

import { type Draw, RECORD, wordsPerElement } from '../../tensor/draw.js';
import {
  $,
  br_if,
  type Func,
  f64,
  i32,
  type Local,
  local,
  loop,
  type ValueType,
  v128,
} from './assembler/index.js';
import { routine } from './emit.js';
import { NORMAL_BYTES, NORMAL_VECTORS, NormalCode } from './normal-code.js';
import { GROUP_BLOCKS, GROUP_BYTES, PHILOX_VECTORS, philoxOf } from './philox-code.js';
import { advance, type Pointer, smaller, store, whileBelow } from './statements.js';
import { type DrawParameters, uniformNumbers, unitNumbers } from './uniform-code.js';
import { type LaneType, lanesOf } from './vector.js';

/** What is drawn: numbers in [0, 1), in a range, or about a mean. */
export interface DrawKind {
  readonly shape: 'unit' | 'range' | 'normal';
  readonly dtype: LaneType;
}

export function kindOf({ distribution, dtype, parameters: [low, high] }: Draw): DrawKind {
  if (distribution === 'normal') return { shape: 'normal', dtype };
  // 24 bits are exact in float32 as they are.
  const plain = dtype === 'float32' && low === 0 && high === 1;
  return { shape: plain ? 'unit' : 'range', dtype };
}

/** A chunk's words, all of which come from the buffer while it is in the nearest cache. */
const CHUNK_WORDS = 1024;

/** What is drawn in parts is cut between chunks. */
export const elementsPerChunk = (draw: Draw): number => CHUNK_WORDS / wordsPerElement(draw);

const WORD_BYTES = 4;
const BLOCK_WORDS = 4;

/** The words of a chunk, of the block that it begins within, and of blocks that come in one group with the last. */
const WORDS_BYTES = CHUNK_WORDS * WORD_BYTES + 2 * GROUP_BYTES;

/** What a function draws by way of: it need not hold anything before, and holds nothing of worth after. */
export const BUFFER_BYTES = WORDS_BYTES + NORMAL_BYTES * (CHUNK_WORDS / 2 + 2);

/**
 * (record, blocks, count, out, buffer): `count` ≥ 1 elements, `blocks` blocks behind where the record says that the draw
 * begins, which is a whole number of chunks. The last vector may be written past the end.
 */
export function drawFunction({ shape, dtype }: DrawKind): Func<ValueType[], ValueType[]> {
  const distribution = shape === 'normal' ? 'normal' : 'uniform';
  const words = wordsPerElement({ distribution, dtype });
  const { bytes } = lanesOf(dtype);
  const ownVectors = PHILOX_VECTORS + 3;
  return routine(5, 11, ownVectors + NORMAL_VECTORS, (parameters, integers, vectors) => {
    const [record, blocks, left, out, buffer] = parameters;
    const [key0, key1, low, high, skipped, take, at, end, index, list, bits] = integers;
    const philox = philoxOf(vectors);
    const [origin, scale, limit] = vectors.slice(PHILOX_VECTORS);
    const pool = vectors.slice(ownVectors);
    const range: DrawParameters = { origin, scale, limit };

    readIntegers(record, { key0, key1, blockLow: low, blockHigh: high, skipped });
    readNumbers(record, range);
    philox.prepare([key0, key1], low, high);
    const normal = shape === 'normal' ? new NormalCode(dtype, range, pool, [list, bits]) : null;
    loop(null, (again) => {
      smaller(take, left, CHUNK_WORDS / words);
      local.set(index, blocks);
      local.set(at, buffer);
      i32.mul(take, words);
      i32.mul(i32.add($, skipped), WORD_BYTES);
      local.set(end, i32.add($, buffer));
      whileBelow(at, end, () => {
        philox.drawBlocks(at, index);
        advance(at, GROUP_BYTES);
        advance(index, GROUP_BLOCKS);
      });
      const seek = (): void => {
        i32.mul(skipped, WORD_BYTES);
        local.set(at, i32.add($, buffer));
      };
      if (normal !== null) {
        seek();
        normal.writeProbabilities(at, end);
      }
      seek();
      i32.mul(take, bytes);
      local.set(end, i32.add($, out));
      if (normal !== null) {
        local.set(list, i32.add(buffer, WORDS_BYTES));
        whileBelow(out, end, () => normal.writeVector(out, at));
        local.set(end, i32.add(buffer, WORDS_BYTES));
        normal.writeTails(end, at);
      } else {
        const numbers = shape === 'unit' ? unitNumbers(at) : uniformNumbers(dtype, at, range);
        whileBelow(out, end, () => {
          store(pool, out, numbers);
          advance(at, words * WORD_BYTES * (VECTOR_BYTES / bytes));
          advance(out, VECTOR_BYTES);
        });
      }
      advance(blocks, CHUNK_WORDS / BLOCK_WORDS);
      local.tee(left, i32.sub(left, take));
      br_if(again);
    });
  });
}

const VECTOR_BYTES = 16;
const NUMBER_BYTES = 8;

type Field = keyof typeof RECORD;

const placeOf = (name: Field) => ({ offset: NUMBER_BYTES * RECORD[name] });

function readIntegers(record: Pointer, fields: { readonly [F in Field]?: Pointer }): void {
  for (const [name, into] of Object.entries(fields)) {
    f64.load(placeOf(name as Field), record);
    local.set(into, i32.trunc_f64_s($));
  }
}

function readNumbers(record: Pointer, fields: { readonly [F in Field]?: Local<'v128'> }): void {
  for (const [name, into] of Object.entries(fields)) {
    local.set(into, v128.load64_splat(placeOf(name as Field), record));
  }
}
