// The innermost part of a matrix product: a tile of the result in registers, swept along a row of tiles.

import { bytesPerElement } from '../../tensor/dtype.js';
import {
  block,
  br,
  br_if,
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
import { advance } from './statements.js';
import { instructionsOf, LANE_MOVES, type LaneType } from './vector.js';

/** How a matrix product is cut for one dtype and one machine. */
export interface Tiling {
  readonly dtype: LaneType;
  /** Multiply and add with one rounding. */
  readonly fma: boolean;
  /** Rows of a tile at most. */
  readonly rows: number;
  /** Vectors in each row of a tile. */
  readonly vectors: number;
}

/** The bytes of a vector, and of a row of a tile. */
export const VECTOR = 16;
export const rowBytes = ({ vectors }: Tiling): number => vectors * VECTOR;

/** How many columns a tile has. */
export const tileColumns = (tiling: Tiling): number =>
  rowBytes(tiling) / bytesPerElement(tiling.dtype);

/**
 * How a tile finds its elements of A: `rows` if those of a row follow each other and rows are `stepA` bytes apart,
 * `columns` if those of a column follow each other and columns are `stepA` bytes apart.
 */
export type OrderOfA = 'rows' | 'columns';

/** a, stepA, b, stepB, panelB, count, k, c, stepC, add, backB, backC: see `sweep`. */
export const SWEEP_PARAMETERS = 12;

/**
 * Steps along k written out one after another. Each ends in a test, which keeps it a block of its own: within a block
 * engines move loads before arithmetic, and a tile then no longer fits the registers (measured: 28 instead of 43 GFLOP/s).
 */
const unrolledSteps = (order: OrderOfA, whole: boolean): number =>
  (order === 'rows' ? 2 : 1) * (whole ? 2 : 1);

type Vector = Local<'v128'>;

/** acc += a · b, both on vectors; the order along k is the loop's. */
function multiplyAdd({ dtype, fma }: Tiling, acc: Vector, a: Vector, b: Vector): void {
  const lane = instructionsOf(dtype);
  if (fma) {
    local.get(a);
    local.get(b);
    local.get(acc);
    lane.relaxed_madd();
  } else {
    local.get(acc);
    local.get(a);
    local.get(b);
    lane.mul();
    lane.add();
  }
  local.set(acc);
}

/**
 * `rows` rows of the result, `count` tiles from left to right:
 *
 *     C[i, j] = (add ? C[i, j] : 0) + Σₚ A[i, p] · B[p, j],   p = 0 … k − 1 in this order, from zero
 *
 * Row p of the first tile's B is at b + p · stepB; the next tile's B begins panelB bytes further. Rows of C are stepC bytes
 * apart. The last tile of several begins backB and backC bytes earlier than that: what it has in common with the one before
 * is computed again, with the same bits. k and count are at least 1.
 */
export function sweep(
  tiling: Tiling,
  rows: number,
  order: OrderOfA,
): Func<ValueType[], ValueType[]> {
  const { dtype, vectors } = tiling;
  const bytes = bytesPerElement(dtype);
  const lane = instructionsOf(dtype);
  const pointers = order === 'rows' ? rows : 1;
  const unrolled = unrolledSteps(order, rows === tiling.rows);
  const registers = rows * vectors + vectors + 1;
  return routine(SWEEP_PARAMETERS, pointers + 3, registers, (parameters, integers, held) => {
    const [a, stepA, b, stepB, panelB, count, k, c, stepC, add, backB, backC] = parameters;
    const ofA = integers.slice(0, pointers);
    const [atB, atC, end] = integers.slice(pointers);
    const [factor, ...others] = held;
    const rowOfB = others.slice(0, vectors);
    const tile = others.slice(vectors);

    const step = (offset: number) => {
      for (let v = 0; v < vectors; v++) {
        local.set(rowOfB[v], v128.load({ offset: v * VECTOR }, atB));
      }
      advance(atB, stepB);
      for (let i = 0; i < rows; i++) {
        const place =
          order === 'rows'
            ? ([{ offset: offset * bytes }, ofA[i]] as const)
            : ([{ offset: i * bytes }, ofA[0]] as const);
        local.set(factor, LANE_MOVES[bytes].splat(...place));
        for (let v = 0; v < vectors; v++) {
          multiplyAdd(tiling, tile[i * vectors + v], factor, rowOfB[v]);
        }
      }
      if (order === 'columns') advance(ofA[0], stepA);
    };
    /** Visits the tile's places in C. */
    const eachPlace = (visit: (value: Vector, offset: number) => void) => {
      local.set(atC, c);
      for (let i = 0; i < rows; i++) {
        for (let v = 0; v < vectors; v++) visit(tile[i * vectors + v], v * VECTOR);
        if (i < rows - 1) advance(atC, stepC);
      }
    };

    loop((nextTile) => {
      local.set(ofA[0], a);
      for (let i = 1; i < pointers; i++) local.set(ofA[i], i32.add(ofA[i - 1], stepA));
      local.set(atB, b);
      local.set(end, i32.add(b, i32.mul(k, stepB)));
      for (const value of tile) {
        v128.const(new Int32Array(4));
        local.set(value);
      }
      block((summed) => {
        loop((again) => {
          for (let p = 0; p < unrolled; p++) {
            step(p);
            i32.eq(atB, end);
            br_if(summed);
          }
          if (order === 'rows') for (const at of ofA) advance(at, unrolled * bytes);
          br(again);
        });
      });
      local.get(add);
      if_(() => {
        eachPlace((value, offset) => {
          v128.load({ offset }, atC);
          local.get(value);
          lane.add();
          local.set(value);
        });
      });
      eachPlace((value, offset) => {
        v128.store({ offset }, atC, value);
      });
      advance(c, rowBytes(tiling));
      advance(b, panelB);
      local.set(count, i32.sub(count, 1));
      i32.eq(count, 1);
      if_(() => {
        local.set(c, i32.sub(c, backC));
        local.set(b, i32.sub(b, backB));
      });
      local.get(count);
      br_if(nextTile);
    });
  });
}
