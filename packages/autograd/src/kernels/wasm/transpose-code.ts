// The loop that transposes a matrix, in square blocks of one vector a side.

import { $, type Func, i32, local, type ValueType, v128 } from './assembler/index.js';
import { routine } from './emit.js';
import { transposeSquare } from './square.js';
import { eachStep, type Pointer, pushSmaller } from './statements.js';
import { type LaneType, lanesOf } from './vector.js';

/**
 * (source, target, rows, columns, row, targetRow): target[j, i] = source[i, j], rows being so many elements apart. The last
 * blocks overlap those before them, so both sides must be at least a vector long.
 */
export function transposeFunction(dtype: LaneType): Func<ValueType[], ValueType[]> {
  const { bytes, count: side } = lanesOf(dtype);
  return routine(6, 6, 2 * side, (parameters, integers, vectors) => {
    const [source, target, rows, columns, row, targetRow] = parameters;
    const [i, j, lastRow, lastColumn, from, to] = integers;
    const square = vectors.slice(0, side);
    const spare = vectors.slice(side);

    /** base + (a·length + b) elements, a and b held back where their block would reach beyond the end. */
    const locate = (
      name: Pointer,
      base: Pointer,
      length: Pointer,
      [a, lastA]: readonly Pointer[],
      [b, lastB]: readonly Pointer[],
    ) => {
      pushSmaller(a, lastA);
      i32.mul($, length);
      pushSmaller(b, lastB);
      local.set(name, i32.add(base, i32.mul(i32.add(), bytes)));
    };
    const rowOf = (base: Pointer, length: Pointer, k: number) =>
      i32.add(base, i32.mul(length, k * bytes));

    local.set(lastRow, i32.sub(rows, side));
    local.set(lastColumn, i32.sub(columns, side));
    local.set(i, 0);
    eachStep(i, rows, side, () => {
      local.set(j, 0);
      eachStep(j, columns, side, () => {
        locate(from, source, row, [i, lastRow], [j, lastColumn]);
        locate(to, target, targetRow, [j, lastColumn], [i, lastRow]);
        square.forEach((vector, k) => {
          local.set(vector, v128.load({}, rowOf(from, row, k)));
        });
        transposeSquare(square, spare);
        square.forEach((vector, k) => {
          v128.store({}, rowOf(to, targetRow, k), vector);
        });
      });
    });
  });
}
