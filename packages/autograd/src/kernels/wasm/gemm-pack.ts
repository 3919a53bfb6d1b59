// Copies of parts of the operands in the order in which tiles read them.

import { bytesPerElement } from '../../tensor/dtype.js';
import {
  $,
  block,
  br,
  call,
  type Func,
  i32,
  i64,
  if_,
  type Local,
  local,
  loop,
  memory,
  return_,
  type ValueType,
  v128,
} from './assembler/index.js';
import { routine } from './emit.js';
import { rowBytes, type Tiling, tileColumns, VECTOR } from './gemm-tile.js';
import { transposeSquare } from './square.js';
import { advance, countDown, push, smaller } from './statements.js';
import { COPY } from './strided-code.js';

type Int = Local<'i32'>;
type Packer = Func<ValueType[], ValueType[]>;

/** (from, step, to, k): k ≥ 1 runs of `bytes` bytes, `step` bytes apart, one behind the other. */
function packRuns(bytes: number): Packer {
  return routine(4, 0, 0, ([from, step, to, k]) => {
    countDown(k, () => {
      let offset = 0;
      for (; offset + VECTOR <= bytes; offset += VECTOR) {
        v128.store({ offset }, to, v128.load({ offset }, from));
      }
      for (; offset + 8 <= bytes; offset += 8)
        i64.store({ offset }, to, i64.load({ offset }, from));
      if (offset < bytes) i32.store({ offset }, to, i32.load({ offset }, from));
      advance(from, step);
      advance(to, bytes);
    });
  });
}

/**
 * (from, stepP, stepJ, to, k, width): the panel whose row p has the elements at from + p · stepP + j · stepJ, j < width,
 * and zeros behind them. k and width are at least 1.
 */
function packRagged(tiling: Tiling): Packer {
  const row = rowBytes(tiling);
  const bytes = bytesPerElement(tiling.dtype);
  return routine(6, 3, 0, ([from, stepP, stepJ, to, k, width], [read, write, left]) => {
    i32.lt_u(width, tileColumns(tiling));
    if_(() => {
      local.get(to);
      i32.const(0);
      i32.mul(k, row);
      memory.fill();
    });
    countDown(width, () => {
      local.set(read, from);
      local.set(write, to);
      local.set(left, k);
      countDown(left, () => {
        COPY.word(tiling.dtype, read, write);
        advance(read, stepP);
        advance(write, row);
      });
      advance(from, stepJ);
      advance(to, bytes);
    });
  });
}

/**
 * (from, step, to, squares, last): the first squares · lanes rows of the panel whose column j is the run at from + j · step,
 * or the one at `last` for all columns from there on. `squares` is at least 1.
 */
function packTransposed(tiling: Tiling): Packer {
  const { vectors } = tiling;
  const lanes = tileColumns(tiling) / vectors;
  const row = rowBytes(tiling);
  return routine(5, 2, 2 * lanes, ([from, step, to, squares, last], [read, write], held) => {
    const square = held.slice(0, lanes);
    const spare = held.slice(lanes);
    countDown(squares, () => {
      local.set(read, from);
      local.set(write, to);
      for (let v = 0; v < vectors; v++) {
        for (const column of square) {
          local.set(column, v128.load({}, read));
          advance(read, step);
          smaller(read, read, last);
        }
        transposeSquare(square, spare);
        square.forEach((elements, p) => {
          v128.store({ offset: p * row + v * VECTOR }, write, elements);
        });
      }
      advance(from, VECTOR);
      advance(last, VECTOR);
      advance(to, lanes * row);
    });
  });
}

// ---- Of any size ------------------------------------------------------------------------------------------------------

/** Runs the one of `cases` whose number `which` is: 1, 2, … The last is the most frequent and looked at first. */
export function among(which: Int, cases: readonly (() => void)[]): void {
  block((chosen) => {
    for (let index = cases.length - 1; index >= 0; index--) {
      i32.eq(which, index + 1);
      if_(() => {
        cases[index]();
        br(chosen);
      });
    }
  });
}

/** (rows, from, step, to, k): packs so many rows of a transposed A. */
export function packerOfA(tiling: Tiling): Packer {
  const bytes = bytesPerElement(tiling.dtype);
  const packers = Array.from({ length: tiling.rows }, (_, i) => packRuns((i + 1) * bytes));
  return routine(5, 0, 0, ([rows, ...rest]) => {
    among(
      rows,
      packers.map((pack) => () => {
        call(pack, rest);
      }),
    );
  });
}

/**
 * (from, stepP, stepJ, transposed, to, k, columns): packs a block of B into panels of a tile's width. The last one begins
 * early enough to be full; a block that is narrower than a panel is filled up with anything finite or in the block.
 */
export function packerOfB(tiling: Tiling): Packer {
  const width = tileColumns(tiling);
  const lanes = width / tiling.vectors;
  const bytes = bytesPerElement(tiling.dtype);
  const runs = packRuns(rowBytes(tiling));
  const squaresOf = packTransposed(tiling);
  const ragged = packRagged(tiling);
  const row = rowBytes(tiling);
  return routine(7, 4, 0, (parameters, [panel, squares, first, taken]) => {
    const [from, stepP, stepJ, transposed, to, k, columns] = parameters;
    local.set(panel, i32.mul(k, row));
    local.set(squares, i32.div_u(k, lanes));
    /** `count` squares from the row p on. */
    const packSquares = (p: () => void, count: Int | number) => {
      local.get(from);
      p();
      local.tee(first, i32.add($, i32.mul($, bytes)));
      local.get(stepJ);
      local.get(to);
      p();
      i32.add($, i32.mul($, row));
      push(count);
      i32.add(first, i32.mul(i32.sub(taken, 1), stepJ));
      call(squaresOf);
    };
    const packTransposedPanel = () => {
      local.get(squares);
      if_(
        () => {
          packSquares(() => i32.const(0), squares);
          i32.rem_u(k, lanes);
          // The last square begins within the one before it.
          if_(() => packSquares(() => i32.sub(k, lanes), 1));
        },
        () => {
          call(ragged, [from, stepP, stepJ, to, k, taken]);
        },
      );
    };
    loop((again) => {
      smaller(taken, columns, width);
      local.get(transposed);
      if_(packTransposedPanel, () => {
        i32.eq(taken, width);
        if_(
          () => {
            call(runs, [from, stepP, to, k]);
          },
          () => {
            call(ragged, [from, stepP, stepJ, to, k, taken]);
          },
        );
      });
      local.set(columns, i32.sub(columns, taken));
      i32.eqz(columns);
      if_(() => return_());
      smaller(taken, columns, width);
      local.set(from, i32.add(from, i32.mul(stepJ, taken)));
      advance(to, panel);
      i32.lt_u(columns, width);
      if_(() => local.set(columns, width));
      br(again);
    });
  });
}
