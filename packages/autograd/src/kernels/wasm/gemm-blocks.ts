// A whole matrix product: cut into blocks that fit the caches, packed where that pays, and swept tile by tile.

import {
  block,
  br_if,
  call,
  type Func,
  f32,
  f64,
  i32,
  if_,
  type Local,
  local,
  loop,
  memory,
  return_,
  select,
  type ValueType,
} from 'wasmati';
import { bytesPerElement } from '../../tensor/dtype.js';
import { define, times } from './emit.js';
import { packRagged, packRuns, packTransposed } from './gemm-pack.js';
import {
  rowBytes,
  SWEEP_PARAMETERS,
  sweep,
  type Tiling,
  tileColumns,
  VECTOR,
} from './gemm-tile.js';

type Int = Local<'i32'>;
type Emitted = Func<ValueType[], ValueType[]>;

/** Terms that are summed in one run, from zero; the sums of runs are added in order. Part of what a product's bits are. */
export const TERMS = 256;

/** Bytes in a row of a block of B: TERMS of them stay in a core's second cache. */
const BLOCK_ROW_BYTES = 1024;

/** Below so many rows of the result, B is read where it is: packing it would take as long as the product. */
const DIRECT_ROWS = 24;

/** Up to so many columns of the result, a transposed A is read where it is. */
const DIRECT_COLUMNS = 16;

/** a, b, c, m, n, k, transposeA, transposeB, scratch, add. */
export const GEMM_PARAMETERS = 10;

const round64 = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** Where things lie in the scratch, in bytes from its beginning. */
function layoutOf(tiling: Tiling) {
  const tile = tiling.rows * rowBytes(tiling);
  const ofA = round64(tile);
  const ofB = ofA + round64(tiling.rows * TERMS * bytesPerElement(tiling.dtype));
  return { ofA, ofB };
}

/** The scratch that a product takes, in bytes. */
export function scratchBytesOf(tiling: Tiling, n: number, k: number): number {
  const columns = Math.ceil(n / tileColumns(tiling)) * rowBytes(tiling);
  return layoutOf(tiling).ofB + Math.min(k, TERMS) * Math.min(columns, BLOCK_ROW_BYTES);
}

const advance = (at: Int, by: Int | number) => local.set(at, i32.add(at, by));

/** Runs the one of `cases` whose number `which` is: 1, 2, … */
function among(which: Int, cases: readonly (() => void)[]): void {
  cases.forEach((run, index) => {
    i32.eq(which, index + 1);
    if_(null, run);
  });
}

const smaller = (into: Int, x: Int, limit: number) => {
  local.get(x);
  i32.const(limit);
  i32.lt_u(x, limit);
  select();
  local.set(into);
};

/** (rows, columnwise, …): the sweep for so many rows. */
function sweepOf(tiling: Tiling): Emitted {
  const counts = Array.from({ length: tiling.rows }, (_, i) => i + 1);
  const byRow = counts.map((rows) => sweep(tiling, rows, 'rows'));
  const byColumn = counts.map((rows) => sweep(tiling, rows, 'columns'));
  return define({ in: times(2 + SWEEP_PARAMETERS, i32), locals: [], out: [] }, (parameters) => {
    const [rows, columnwise, ...rest] = parameters as Int[];
    const pass = (run: Emitted) => () => {
      call(run, rest);
      return_();
    };
    local.get(columnwise);
    if_(null, () => among(rows, byColumn.map(pass)));
    among(rows, byRow.map(pass));
  });
}

/** (rows, from, step, to, k): packs so many rows of a transposed A. */
function packerOfA(tiling: Tiling): Emitted {
  const bytes = bytesPerElement(tiling.dtype);
  const packers = Array.from({ length: tiling.rows }, (_, i) => packRuns((i + 1) * bytes));
  return define({ in: times(5, i32), locals: [], out: [] }, (parameters) => {
    const [rows, ...rest] = parameters as Int[];
    among(
      rows,
      packers.map((pack) => () => {
        call(pack, rest);
      }),
    );
  });
}

/**
 * (from, stepP, stepJ, transposed, to, k, columns): packs a block of B into panels of a tile's width, the last one filled
 * up with zeros.
 */
function packerOfB(tiling: Tiling): Emitted {
  const width = tileColumns(tiling);
  const lanes = width / tiling.vectors;
  const runs = packRuns(rowBytes(tiling));
  const squaresOf = packTransposed(tiling);
  const ragged = packRagged(tiling);
  const row = rowBytes(tiling);
  return define({ in: times(7, i32), locals: times(3, i32), out: [] }, (parameters, rest) => {
    const [from, stepP, stepJ, transposed, to, k, columns] = parameters as Int[];
    const [panel, squares, done] = rest as Int[];
    local.set(panel, i32.mul(k, row));
    local.set(squares, i32.div_u(k, lanes));
    local.set(done, i32.mul(squares, lanes));
    block(null, (last) => {
      loop(null, (again) => {
        i32.lt_u(columns, width);
        br_if(last);
        local.get(transposed);
        if_(
          null,
          () => {
            local.get(squares);
            if_(null, () => {
              call(squaresOf, [from, stepJ, to, squares]);
            });
            i32.lt_u(done, k);
            if_(null, () => {
              i32.add(from, i32.mul(done, stepP));
              local.get(stepP);
              local.get(stepJ);
              i32.add(to, i32.mul(done, row));
              i32.sub(k, done);
              i32.const(width);
              call(ragged);
            });
          },
          () => {
            call(runs, [from, stepP, to, k]);
          },
        );
        advance(to, panel);
        local.set(from, i32.add(from, i32.mul(stepJ, width)));
        local.tee(columns, i32.sub(columns, width));
        br_if(again);
        return_();
      });
    });
    local.get(columns);
    if_(null, () => {
      call(ragged, [from, stepP, stepJ, to, k, columns]);
    });
  });
}

/** (from, c, stepC, rows, columns, add): moves or adds a part of the tile at `from` to C. */
function tileMover(tiling: Tiling): Emitted {
  const bytes = bytesPerElement(tiling.dtype);
  const float = tiling.dtype === 'float32' ? f32 : f64;
  return define({ in: times(6, i32), locals: times(2, i32), out: [] }, (parameters, rest) => {
    const [from, c, stepC, rows, columns, add] = parameters as Int[];
    const [at, end] = rest as Int[];
    loop(null, (nextRow) => {
      local.set(at, i32.const(0));
      local.set(end, i32.mul(columns, bytes));
      loop(null, (next) => {
        i32.add(c, at);
        float.load({}, i32.add(from, at));
        local.get(add);
        if_({ in: [tiling.dtype === 'float32' ? f32 : f64], out: [float] } as never, () => {
          float.load({}, i32.add(c, at));
          float.add();
        });
        float.store({});
        local.tee(at, i32.add(at, bytes));
        local.get(end);
        i32.lt_u();
        br_if(next);
      });
      advance(from, rowBytes(tiling));
      advance(c, stepC);
      local.tee(rows, i32.sub(rows, 1));
      br_if(nextRow);
    });
  });
}
