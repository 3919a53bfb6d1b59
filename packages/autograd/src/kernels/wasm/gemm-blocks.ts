// A whole matrix product: cut into blocks that fit the caches, packed where that pays, and swept tile by tile.

import { bytesPerElement } from '../../tensor/dtype.js';
import {
  $,
  br,
  call,
  type Func,
  i32,
  if_,
  type Local,
  local,
  loop,
  type ValueType,
  v128,
} from './assembler/index.js';
import { routine } from './emit.js';
import { among, packerOfA } from './gemm-pack.js';
import {
  rowBytes,
  SWEEP_PARAMETERS,
  sweep,
  type Tiling,
  tileColumns,
  VECTOR,
} from './gemm-tile.js';
import { advance, choose, countDown } from './statements.js';
import { instructionsOf, LANE_MOVES } from './vector.js';

type Int = Local<'i32'>;
export type Emitted = Func<ValueType[], ValueType[]>;

/** Terms that are summed in one run, from zero; the sums of runs are added in order. Part of what a product's bits are. */
export const TERMS = 256;

/** Bytes in a row of a block of B at most: TERMS of them stay in a core's second cache. */
const BLOCK_ROW_BYTES = 1024;

/** The same in whole tiles. */
const blockRowBytes = (tiling: Tiling): number =>
  BLOCK_ROW_BYTES - (BLOCK_ROW_BYTES % rowBytes(tiling));

/** The columns of a block of B. */
export const blockColumnsOf = (tiling: Tiling): number =>
  blockRowBytes(tiling) / bytesPerElement(tiling.dtype);

const round64 = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** Where things lie in the scratch, in bytes from its beginning. */
export function layoutOf(tiling: Tiling) {
  const tile = tiling.rows * rowBytes(tiling);
  const ofA = round64(tile);
  const ofB = ofA + round64(tiling.rows * TERMS * bytesPerElement(tiling.dtype));
  return { ofA, ofB };
}

/** The scratch that a product takes, in bytes. */
export function scratchBytesOf(tiling: Tiling, n: number, k: number): number {
  const columns = Math.ceil(n / tileColumns(tiling)) * rowBytes(tiling);
  return layoutOf(tiling).ofB + Math.min(k, TERMS) * Math.min(columns, blockRowBytes(tiling));
}

/** (rows, columnwise, …): the sweep for so many rows. */
function sweepOf(tiling: Tiling): Emitted {
  const counts = Array.from({ length: tiling.rows }, (_, i) => i + 1);
  const byRow = counts.map((rows) => sweep(tiling, rows, 'rows'));
  const byColumn = counts.map((rows) => sweep(tiling, rows, 'columns'));
  return routine(2 + SWEEP_PARAMETERS, 0, 0, ([rows, columnwise, ...rest]) => {
    const pass = (run: Emitted) => () => {
      call(run, rest);
    };
    local.get(columnwise);
    if_(
      () => among(rows, byColumn.map(pass)),
      () => among(rows, byRow.map(pass)),
    );
  });
}

/** A whole vector, as parts of it are moved. */
const WHOLE = {
  load: v128.load,
  store: (place: { readonly offset?: number }, _lane: number, at: Int, value: Local<'v128'>) =>
    v128.store(place, at, value),
};

/** What a run is moved with, all changed. */
interface Run {
  readonly from: Int;
  readonly to: Int;
  readonly count: Int;
  readonly value: Local<'v128'>;
}

/** Moves `count` elements, few of them, or adds them to those that are there. */
function moveRun({ dtype }: Tiling, { from, to, count, value }: Run, add?: Int): void {
  const bytes = bytesPerElement(dtype);
  const lane = instructionsOf(dtype);
  const lanes = VECTOR / bytes;
  const movePart = (size: number) => {
    const { load, store } = LANE_MOVES[size] ?? WHOLE;
    local.set(value, load({}, from));
    if (add !== undefined) {
      local.get(add);
      if_(() => local.set(value, lane.add(load({}, to), value)));
    }
    store({}, 0, to, value);
    advance(from, size);
    advance(to, size);
  };
  loop((again) => {
    i32.ge_u(count, lanes);
    if_(() => {
      movePart(VECTOR);
      advance(count, -lanes);
      br(again);
    });
  });
  for (let digit = lanes / 2; digit >= 1; digit /= 2) {
    i32.and(count, digit);
    if_(() => movePart(digit * bytes));
  }
}

/** (from, c, stepC, rows, columns, add): moves the left part of the tile at `from` to C, or adds it. */
function tileMover(tiling: Tiling): Emitted {
  return routine(6, 3, 1, (parameters, [from, to, count], [value]) => {
    const [start, c, stepC, rows, columns, add] = parameters;
    countDown(rows, () => {
      local.set(from, start);
      local.set(to, c);
      local.set(count, columns);
      moveRun(tiling, { from, to, count, value }, add);
      advance(start, rowBytes(tiling));
      advance(c, stepC);
    });
  });
}

/**
 * One block: (a, stepA, columnwise, packA, b, stepB, panelB, inPlace, c, m, n, k, stepC, scratch, add), all rows of the
 * result, n columns of it and k terms. Panels of B are panelB bytes apart. The last of several is full too: it
 * begins with columns that are in the one before it, which packed are there twice. Behind the columns of a block that is
 * narrower than a panel there may be anything, which ends up nowhere.
 */
export function blockProduct(tiling: Tiling): Emitted {
  const bytes = bytesPerElement(tiling.dtype);
  const width = tileColumns(tiling);
  const row = rowBytes(tiling);
  const sweepRows = sweepOf(tiling);
  const packA = packerOfA(tiling);
  const moveTile = tileMover(tiling);
  const { ofA } = layoutOf(tiling);
  return routine(15, 16, 1, (parameters, integers, [value]) => {
    const [a, stepA, columnwise, packed, b, stepB, panelB, inPlace] = parameters;
    const [c, m, n, k, stepC, scratch, add] = parameters.slice(8);
    const [count, columns, strips, rows, fromA, stepOfA, acrossA] = integers;
    const [overlap, ragged, backB, backC, narrow, stepOfTile] = integers.slice(7);
    const [from, to, left] = integers.slice(13);
    local.set(count, i32.div_u(n, width));
    local.set(columns, i32.rem_u(n, width));
    const placeRagged = () => {
      // Narrow rows that follow each other run over into rows that come later; the last ones are kept apart for a moment.
      local.set(narrow, i32.and(i32.eqz(count), i32.eq(stepC, i32.mul(n, bytes))));
      local.set(narrow, i32.and(narrow, i32.eqz(add)));
      choose(stepOfTile, narrow, stepC, row);
      // Bytes of the last panel's row that are the panel's before it.
      local.get(count);
      if_(() => local.set(overlap, i32.sub(row, i32.mul(columns, bytes))));
      local.set(ragged, i32.add(b, i32.mul(count, panelB)));
      local.set(ragged, i32.sub(ragged, i32.mul(overlap, inPlace)));
      // Columns that are computed again get the same bits again, unless they are added.
      i32.and(i32.ne(overlap, 0), i32.eqz(add));
      if_(() => {
        advance(count, 1);
        local.set(columns, 0);
        local.set(backB, i32.mul(overlap, inPlace));
        local.set(backC, overlap);
      });
    };
    local.get(columns);
    if_(placeRagged);
    // Strips of nearly equal height: 8 rows are 4 and 4, not 6 and 2.
    local.set(strips, i32.div_u(i32.add(m, tiling.rows - 1), tiling.rows));
    // From a row of the result to the next, in A.
    choose(acrossA, columnwise, bytes, stepA);
    countDown(strips, () => {
      // ⌈m / strips⌉, which is at most tiling.rows: a division would take as long as a small tile.
      local.set(rows, 1);
      for (let height = 1; height < tiling.rows; height++) {
        local.set(rows, i32.add(rows, i32.gt_u(m, i32.mul(strips, height))));
      }
      local.get(packed);
      if_(
        () => {
          local.set(fromA, i32.add(scratch, ofA));
          local.set(stepOfA, i32.mul(rows, bytes));
          call(packA, [rows, a, stepA, fromA, k]);
        },
        () => {
          local.set(fromA, a);
          local.set(stepOfA, stepA);
        },
      );
      const ofStrip = [rows, columnwise, fromA, stepOfA];
      local.get(count);
      if_(() => {
        const panels = [b, stepB, panelB, count, k];
        call(sweepRows, [...ofStrip, ...panels, c, stepC, add, backB, backC]);
      });
      local.get(columns);
      if_(() => {
        const sweepRagged = (to: Int, step: Int) => {
          call(sweepRows, [...ofStrip, ragged, stepB, 0, 1, k, to, step, 0, 0, 0]);
        };
        i32.ge_u(i32.mul(i32.add(i32.sub(m, rows), 1), n), width);
        i32.and($, narrow);
        if_(
          () => sweepRagged(c, stepC),
          () => {
            sweepRagged(scratch, stepOfTile);
            local.get(narrow);
            if_(
              () => {
                local.set(from, scratch);
                local.set(to, c);
                local.set(left, i32.mul(rows, n));
                moveRun(tiling, { from, to, count: left, value });
              },
              () => {
                i32.add(scratch, overlap);
                i32.add(c, i32.mul(count, row));
                call(moveTile, [$, $, stepC, rows, columns, add]);
              },
            );
          },
        );
      });
      local.set(a, i32.add(a, i32.mul(rows, acrossA)));
      local.set(c, i32.add(c, i32.mul(rows, stepC)));
      local.set(m, i32.sub(m, rows));
    });
  });
}
