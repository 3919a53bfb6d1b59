// Reductions of a formula's values, gathered as they are made; sums in double precision.

import { i32, if_, type Local, local, memory } from '../../kernels/wasm/assembler/index.js';
import { fromLocal, routine } from '../../kernels/wasm/emit.js';
import {
  across,
  beginRow,
  CHAINS,
  endRow,
  gatheringOf,
  gatherStretch,
  POOL,
  type SimdReduction,
  turned,
} from '../../kernels/wasm/reduce-code.js';
import type { Values } from '../../kernels/wasm/row-values.js';
import { VECTOR_BYTES } from '../../kernels/wasm/scratch.js';
import {
  advance,
  assign,
  countDown,
  load,
  type Pointer,
  store,
  storeLane,
  whileBelow,
} from '../../kernels/wasm/statements.js';
import { type LaneType, lanesOf, narrow, type Vec, widen } from '../../kernels/wasm/vector.js';
import type { AnyFunction } from './step.js';
import { type RowFormula, valuesOf } from './values.js';

// ── Along rows ─────────────────────────────────────────────────────────────────────────────────────

/**
 * (rows, bytes of a stretch, stretches, out, …): out[i] = what row i gathers. A row is made of stretches, which are rows to
 * the formula; unless there is one only, they are of whole `STRETCH_BYTES`.
 */
export function formulaRows(kind: SimdReduction, formula: RowFormula): AnyFunction {
  return kind === 'sum' && formula.dtype === 'float32'
    ? singleRowSums(formula)
    : gatheredRows(kind, formula);
}

/** What a row is gathered in: how that begins, goes on and ends. */
interface RowGathering {
  readonly begin: () => void;
  /** A stretch from its first byte to the last one; `whole` of its bytes are vectors, and `end` is for a loop. */
  readonly stretch: (at: Pointer, bytes: Pointer, whole: Pointer, end: Pointer) => void;
  /** Leaves the result in the first lane of a vector. */
  readonly end: (bytes: Pointer) => Vec;
}

/** The loops over rows and their stretches; `gathering` is given as many vectors as it wants and a pool. */
function rowLoops(
  values: Values,
  size: number,
  count: number,
  gathering: (vectors: readonly Local<'v128'>[], pool: readonly Local<'v128'>[]) => RowGathering,
): AnyFunction {
  const own = count + POOL;
  return routine(4 + values.pointers, 4, own + values.vectors, (parameters, integers, vectors) => {
    const [rows, bytes, stretches, out, ...pointers] = parameters;
    const [at, whole, left, end] = integers;
    const pool = vectors.slice(count, own);
    const row = gathering(vectors.slice(0, count), pool);
    local.set(whole, i32.and(bytes, -VECTOR_BYTES));
    values.begin({ pointers, places: [at], bytes, whole, vectors: vectors.slice(own) });
    countDown(rows, () => {
      row.begin();
      local.set(left, stretches);
      countDown(left, () => {
        values.openRows(1);
        local.set(at, 0);
        row.stretch(at, bytes, whole, end);
        values.closeRows(1, bytes);
      });
      storeLane(pool, size, out, row.end(bytes));
      advance(out, size);
    });
  });
}

function gatheredRows(kind: SimdReduction, formula: RowFormula): AnyFunction {
  const gathering = gatheringOf(kind, formula.dtype);
  const values = valuesOf(formula, 'vectors', CHAINS);
  const { bytes: size } = lanesOf(formula.dtype);
  return rowLoops(values, size, CHAINS, (chains, pool) => ({
    begin: () => beginRow(gathering, pool, chains),
    stretch: (at, end, _, whole) =>
      gatherStretch(gathering, pool, chains, { at, end, whole }, (count) =>
        values.make(count, count === 1),
      ),
    end: () => {
      endRow(gathering, pool, chains);
      return fromLocal(chains[0]);
    },
  }));
}

const FLOAT_BYTES = 4;

/** Vectors of a row that are made at a time. */
const VECTORS_AT_ONCE = 4;

/** Sums of float32 by four numbers of float64; what doesn't fill a vector is added one by one. */
function singleRowSums(formula: RowFormula): AnyFunction {
  const wide = lanesOf('float64');
  const { add, number } = wide;
  const values = valuesOf(formula, 'vectors', VECTORS_AT_ONCE);
  return rowLoops(values, FLOAT_BYTES, 3, ([end, ...halves], pool) => {
    const [low, high] = halves.map(fromLocal);
    return {
      begin: () => assign(pool, halves, [number(0), number(0)]),
      stretch: (at, bytes, whole, limit) => {
        // As many times so many vectors as are left of the stretch.
        for (const count of [VECTORS_AT_ONCE, 1]) {
          local.set(limit, i32.add(at, i32.and(i32.sub(whole, at), -count * VECTOR_BYTES)));
          whileBelow(at, limit, () => {
            const made = values.make(count, false).map(widen);
            const sums = [low, high].map((sum, half) =>
              made.reduce((total, parts) => add(total, parts[half]), sum),
            );
            assign(pool, halves, sums);
            advance(at, count * VECTOR_BYTES);
          });
        }
        i32.lt_u(at, bytes);
        if_(() => assign(pool, [end], values.make(1, true)));
      },
      end: (bytes) => {
        assign(pool, [halves[0]], [across(wide, add, add(low, high))]);
        for (let k = 0; k < 3; k++) {
          i32.gt_u(i32.and(bytes, VECTOR_BYTES - 1), k * FLOAT_BYTES);
          if_(() => {
            const [element] = widen(turned(fromLocal(end), k * FLOAT_BYTES));
            assign(pool, [halves[0]], [add(low, element)]);
          });
        }
        return narrow(low, low);
      },
    };
  });
}

// ── Down columns ───────────────────────────────────────────────────────────────────────────────────

/** Rows that are added at a time to what lies in memory. */
const ROWS_AT_ONCE = 4;

/** What sums of columns need of scratch for rows of so many bytes. */
export const columnScratchBytes = (dtype: LaneType, rowBytes: number): number =>
  dtype === 'float32' ? 2 * (rowBytes + VECTOR_BYTES) : 0;

/**
 * (rows, bytes, bytes of a row, out, scratch, …): out[j] = Σ_i of the formula at [i, j], for the columns in so many bytes, each
 * from the first row to the last. Rows are read in their order, some side by side; sums of float32 are kept in the scratch
 * in double precision. The last vector of sums may reach beyond the columns, into the padding behind the output.
 */
export function formulaColumnSums(formula: RowFormula): AnyFunction {
  const { spread, target: wide, merge } = gatheringOf('sum', formula.dtype);
  const growth = wide.bytes / lanesOf(formula.dtype).bytes;
  const values = valuesOf(formula, 'rows', ROWS_AT_ONCE);
  const own = POOL;
  return routine(
    5 + values.pointers,
    3 + ROWS_AT_ONCE,
    own + values.vectors,
    (parameters, integers, vectors) => {
      const [rows, bytes, rowBytes, out, scratch, ...pointers] = parameters;
      const [to, whole, left, ...places] = integers;
      const [at] = places;
      const pool = vectors.slice(0, own);
      const sums = growth === 2 ? scratch : out;
      local.set(whole, i32.and(bytes, -VECTOR_BYTES));
      values.begin({ pointers, places, bytes, whole, vectors: vectors.slice(own) });

      /** Adds the next `count` rows. */
      const addRows = (count: number): void => {
        values.openRows(count);
        local.set(at, 0);
        for (let k = 1; k < count; k++) local.set(places[k], i32.add(places[k - 1], rowBytes));
        local.set(to, sums);
        whileBelow(at, bytes, () => {
          const made = values.make(count, true).map(spread);
          for (let half = 0; half < growth; half++) {
            const offset = half * VECTOR_BYTES;
            const sum = made.reduce((total, parts) => merge(total, parts[half]), load(to, offset));
            store(pool, to, sum, offset);
          }
          advance(to, growth * VECTOR_BYTES);
          for (const place of places.slice(0, count)) advance(place, VECTOR_BYTES);
        });
        values.closeRows(count, rowBytes);
      };
      const addAll = (count: number, groups: () => void): void => {
        groups();
        local.tee(left);
        if_(() => countDown(left, () => addRows(count)));
      };
      local.get(sums);
      i32.const(0);
      // Up to the end of the last vector; without a scratch, what lies there is padding or written later.
      i32.and(i32.add(bytes, VECTOR_BYTES - 1), -VECTOR_BYTES);
      i32.const(growth);
      i32.mul();
      memory.fill();
      addAll(ROWS_AT_ONCE, () => i32.div_u(rows, ROWS_AT_ONCE));
      addAll(1, () => i32.rem_u(rows, ROWS_AT_ONCE));
      if (growth === 1) return;
      roundSums(pool, scratch, out, at, bytes);
    },
  );
}

/** out = the sums of float64 in the scratch, as float32. */
function roundSums(
  pool: Parameters<typeof store>[0],
  scratch: Pointer,
  out: Pointer,
  at: Pointer,
  bytes: Pointer,
): void {
  local.set(at, 0);
  whileBelow(at, bytes, () => {
    store(pool, out, narrow(load(scratch), load(scratch, VECTOR_BYTES)));
    advance(scratch, 2 * VECTOR_BYTES);
    advance(out, VECTOR_BYTES);
    advance(at, VECTOR_BYTES);
  });
}
