// Whole products and parts of them: which blocks there are, and where their operands are read.

import { bytesPerElement } from '../../tensor/dtype.js';
import {
  $,
  br_if,
  call,
  i32,
  if_,
  type Local,
  local,
  loop,
  memory,
  return_,
  v128,
} from './assembler/index.js';
import { define, routine } from './emit.js';
import { blockColumnsOf, blockProduct, type Emitted, layoutOf, TERMS } from './gemm-blocks.js';
import { packerOfB } from './gemm-pack.js';
import { rowBytes, type Tiling, tileColumns, VECTOR } from './gemm-tile.js';
import { choose, smaller } from './statements.js';
import { instructionsOf } from './vector.js';

type Int = Local<'i32'>;

const PAGE = 65536;

/** Below so many rows of the result, B is read where it is: packing it would take as long as the product. */
const DIRECT_ROWS = 24;

/** Up to so many columns of the result, a transposed A is read where it is. */
const DIRECT_COLUMNS = 16;

/** a, b, c, m, n, k, transposeA, transposeB, scratch, add. */
export const GEMM_PARAMETERS = 10;

/** The same, and stepA, stepB, stepC. */
const PART_PARAMETERS = 13;

/** √ of the smallest normal number, of float32 twice and of float64: products with less may be denormal. */
const SMALL = { float32: 0x2000_0000_2000_0000n, float64: 0x2000_0000_0000_0000n } as const;

/**
 * (at): whether a tile may read its row of B at `at`, beyond the end of B: there is memory, and nothing so small in it that
 * arithmetic on denormal numbers would slow down the tile (measured: 3,500 ns instead of 120).
 */
function rowTester(tiling: Tiling): Emitted {
  const { dtype } = tiling;
  const row = rowBytes(tiling);
  const lane = instructionsOf(dtype);
  return define({ in: [i32], locals: [i32, v128], out: [i32] }, (parameters, rest) => {
    const at = parameters[0] as Int;
    const can = rest[0] as Int;
    const value = rest[1] as Local<'v128'>;
    i32.ge_u(i32.sub(i32.mul(memory.size(), PAGE), row), at);
    if_(() => {
      for (let offset = 0; offset < row; offset += VECTOR) {
        local.set(value, v128.load({ offset }, at));
        lane.lt(lane.abs(value), v128.const(new BigInt64Array(2).fill(SMALL[dtype])));
        v128.and($, lane.ne(value, v128.const(new Int32Array(4))));
        if (offset > 0) v128.or();
      }
      local.set(can, i32.eqz(v128.any_true()));
    });
    local.get(can);
  });
}

/**
 * (a, b, c, m, n, k, transposeA, transposeB, scratch, add, stepA, stepB, stepC): C = op(A) op(B), or C += op(A) op(B), for
 * matrices that are parts of larger ones: the steps are from a stored row to the next, in bytes. Each element is summed
 * along k in runs of `TERMS`, whatever m and n are and whatever is packed.
 */
export function partFunction(tiling: Tiling): Emitted {
  const bytes = bytesPerElement(tiling.dtype);
  const width = tileColumns(tiling);
  const row = rowBytes(tiling);
  const canRunOver = rowTester(tiling);
  const product = blockProduct(tiling);
  const packB = packerOfB(tiling);
  const { ofB } = layoutOf(tiling);
  const blockColumns = blockColumnsOf(tiling);
  return routine(PART_PARAMETERS, 18, 0, (parameters, integers) => {
    const [a, b, c, m, n, k, transposeA, transposeB, scratch, add] = parameters;
    const [stepA, rowOfB, stepC] = parameters.slice(GEMM_PARAMETERS);
    const [betweenRows, betweenColumns, direct, packA, packed] = integers;
    const [column, columns, term, terms, fromA, fromB, atC] = integers.slice(5);
    const [panels, stepB, panelB, inPlace, dense, lastRow] = integers.slice(12);

    const readInPlace = () => {
      local.set(panels, fromB);
      local.set(stepB, betweenRows);
      local.set(panelB, row);
    };
    const readPacked = () => {
      local.set(panels, packed);
      local.set(stepB, row);
      local.set(panelB, i32.mul(terms, row));
      call(packB, [fromB, betweenRows, betweenColumns, transposeB, packed, terms, columns]);
    };
    /** With zeros behind the last row. */
    const readCopied = () => {
      local.set(panels, packed);
      local.set(stepB, betweenRows);
      local.set(lastRow, i32.add(packed, i32.sub(lastRow, fromB)));
      for (let offset = 0; offset < row; offset += VECTOR) {
        v128.store({ offset }, lastRow, v128.const(new Int32Array(4)));
      }
      local.get(packed);
      local.get(fromB);
      i32.mul(terms, betweenRows);
      memory.copy();
    };
    const chooseB = () => {
      local.set(inPlace, i32.and(direct, i32.ge_u(columns, width)));
      local.get(dense);
      if_(
        () => {
          local.set(lastRow, i32.add(fromB, i32.mul(i32.sub(terms, 1), betweenRows)));
          call(canRunOver, [lastRow]);
          if_(readInPlace, readCopied);
        },
        () => {
          local.get(inPlace);
          if_(readInPlace, readPacked);
        },
      );
    };
    const blockOf = () => {
      local.set(terms, i32.sub(k, term));
      smaller(terms, terms, TERMS);
      // From a column of A to the next: TERMS columns on.
      choose(fromA, transposeA, stepA, bytes);
      local.set(fromA, i32.add(a, i32.mul(term, fromA)));
      i32.add(b, i32.mul(term, betweenRows));
      local.set(fromB, i32.add($, i32.mul(column, betweenColumns)));
      local.set(atC, i32.add(c, i32.mul(column, bytes)));
      chooseB();
      const operands = [fromA, stepA, transposeA, packA, panels, stepB, panelB, inPlace];
      i32.or(add, i32.ne(term, 0));
      call(product, [...operands, atC, m, columns, terms, stepC, scratch, $]);
    };

    choose(betweenRows, transposeB, bytes, rowOfB);
    choose(betweenColumns, transposeB, rowOfB, bytes);
    local.set(direct, i32.and(i32.lt_u(m, DIRECT_ROWS), i32.eqz(transposeB)));
    local.set(dense, i32.and(i32.lt_u(n, width), i32.eq(betweenRows, i32.mul(n, bytes))));
    local.set(packA, i32.and(i32.gt_u(n, DIRECT_COLUMNS), i32.ne(transposeA, 0)));
    local.set(packed, i32.add(scratch, ofB));
    local.set(column, 0);
    loop((nextColumns) => {
      local.set(columns, i32.sub(n, column));
      smaller(columns, columns, blockColumns);
      local.set(term, 0);
      loop((nextTerms) => {
        blockOf();
        i32.lt_u(local.tee(term, i32.add(term, TERMS)), k);
        br_if(nextTerms);
      });
      i32.lt_u(local.tee(column, i32.add(column, blockColumns)), n);
      br_if(nextColumns);
    });
  });
}

/** (a, b, c, m, n, k, transposeA, transposeB, scratch, add): the product of whole matrices, of any size, by `part`. */
export function gemmFunction(tiling: Tiling, part: Emitted): Emitted {
  const bytes = bytesPerElement(tiling.dtype);
  return routine(GEMM_PARAMETERS, 3, 0, (parameters, [stepA, stepB, stepC]) => {
    const [, , c, m, n, k, transposeA, transposeB, , add] = parameters;
    i32.or(i32.eqz(m), i32.eqz(n));
    if_(() => return_());
    local.set(stepC, i32.mul(n, bytes));
    i32.eqz(k);
    if_(() => {
      i32.eqz(add);
      if_(() => {
        local.get(c);
        i32.const(0);
        i32.mul(m, stepC);
        memory.fill();
      });
      return_();
    });
    choose(stepA, transposeA, m, k);
    choose(stepB, transposeB, k, n);
    for (const step of [stepA, stepB]) local.set(step, i32.mul(step, bytes));
    call(part, [...parameters, stepA, stepB, stepC]);
  });
}
