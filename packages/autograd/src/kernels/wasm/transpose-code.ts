// The loop that transposes a matrix, in square blocks of one vector a side.

import {
  type Func,
  i8x16,
  i32,
  type Local,
  local,
  select,
  type ValueType,
  v128,
} from './assembler/index.js';
import { define, Emitter, times } from './emit.js';
import { advance, type Pointer, whileBelow } from './statements.js';
import { type LaneType, lanesOf, type Vec, vec } from './vector.js';

type Lanes16 = Parameters<typeof i8x16.shuffle>[0];

/** Picks words (4 or 8 bytes) of a and b by number; those of b come after those of a. */
function pick(a: Vec, b: Vec, bytes: number, ...words: number[]): Vec {
  const lanes = words.flatMap((word) =>
    Array.from({ length: bytes }, (_, k) => word * bytes + k),
  ) as Lanes16;
  return vec(() => i8x16.shuffle(lanes), [a, b]);
}

/** A square block given by its rows, transposed. */
function transposed(rows: readonly Vec[]): Vec[] {
  if (rows.length === 2) {
    const [a, b] = rows;
    return [pick(a, b, 8, 0, 2), pick(a, b, 8, 1, 3)];
  }
  const [a, b, c, d] = rows;
  const [ab, cd] = [pick(a, b, 4, 0, 4, 1, 5), pick(c, d, 4, 0, 4, 1, 5)];
  const [abNext, cdNext] = [pick(a, b, 4, 2, 6, 3, 7), pick(c, d, 4, 2, 6, 3, 7)];
  return [
    pick(ab, cd, 8, 0, 2),
    pick(ab, cd, 8, 1, 3),
    pick(abNext, cdNext, 8, 0, 2),
    pick(abNext, cdNext, 8, 1, 3),
  ];
}

/** Leaves the smaller of two on the stack. */
function pushSmaller(a: Pointer, b: Pointer): void {
  local.get(a);
  local.get(b);
  i32.lt_u(a, b);
  select();
}

/**
 * (source, target, rows, columns, row, targetRow): target[j, i] = source[i, j], rows being so many elements apart. The last
 * blocks overlap those before them, so both sides must be at least a vector long.
 */
export function transposeFunction(dtype: LaneType): Func<ValueType[], ValueType[]> {
  const { bytes, count: side } = lanesOf(dtype);
  const locals = [...times(6, i32), ...times(4 * side, v128)];
  return define({ in: times(6, i32), locals, out: [] }, (parameters, rest) => {
    const [source, target, rows, columns, row, targetRow] = parameters as Pointer[];
    const [i, j, lastRow, lastColumn, from, to] = rest as Pointer[];
    const pool = rest.slice(6) as Local<'v128'>[];

    /** base + (a·length + b) elements, a and b held back where their block would reach beyond the end. */
    const locate = (
      name: Pointer,
      base: Pointer,
      length: Pointer,
      [a, lastA]: readonly Pointer[],
      [b, lastB]: readonly Pointer[],
    ) => {
      pushSmaller(a, lastA);
      local.get(length);
      i32.mul();
      pushSmaller(b, lastB);
      i32.add();
      i32.const(bytes);
      i32.mul();
      local.get(base);
      i32.add();
      local.set(name);
    };
    const rowOf = (base: Pointer, length: Pointer, k: number) => {
      i32.mul(length, k * bytes);
      local.get(base);
      i32.add();
    };

    local.set(lastRow, i32.sub(rows, side));
    local.set(lastColumn, i32.sub(columns, side));
    local.set(i, 0);
    whileBelow(i, rows, () => {
      local.set(j, 0);
      whileBelow(j, columns, () => {
        locate(from, source, row, [i, lastRow], [j, lastColumn]);
        locate(to, target, targetRow, [j, lastColumn], [i, lastRow]);
        const loaded = Array.from({ length: side }, (_, k) =>
          vec(() => {
            rowOf(from, row, k);
            v128.load({});
          }),
        );
        const emitter = new Emitter(pool);
        transposed(loaded).forEach((value, k) => {
          rowOf(to, targetRow, k);
          emitter.push(value);
          v128.store({});
        });
        advance(j, side);
      });
      advance(i, side);
    });
  });
}
