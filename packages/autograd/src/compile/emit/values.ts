// The values of a formula some vectors at a time, for functions that do something with them as they are made.

import { i32, if_, type Local, local, v128 } from '../../kernels/wasm/assembler/index.js';
import { fromLocal, sharedNodes } from '../../kernels/wasm/emit.js';
import { formulaOn } from '../../kernels/wasm/formula.js';
import type { Given, Values } from '../../kernels/wasm/row-values.js';
import { VECTOR_BYTES } from '../../kernels/wasm/scratch.js';
import { advance, assign, type Pointer } from '../../kernels/wasm/statements.js';
import { type LaneType, lanesOf, type Vec, vec } from '../../kernels/wasm/vector.js';
import type { Expr } from '../../scalar/index.js';
import type { Reading } from './elementwise.js';

/** A formula over rows, how its operands are read along them, and whether its values are written to a block of their own. */
export interface RowFormula {
  readonly f: Expr;
  readonly dtype: LaneType;
  readonly readings: readonly Reading[];
  readonly written: boolean;
}

/** What lies side by side: vectors of one row, or the vectors at one place of some rows. */
type Side = 'vectors' | 'rows';

/** Writes the first elements of a vector at pointer + at, of which there are bytes & 15. */
function storePart(bytes: Pointer, pointer: Pointer, at: Pointer, value: Local<'v128'>): void {
  i32.and(bytes, 8);
  if_(
    () => {
      v128.store64_lane({}, 0, i32.add(pointer, at), value);
      i32.and(bytes, 4);
      if_(() => v128.store32_lane({ offset: 8 }, 2, i32.add(pointer, at), value));
    },
    () => v128.store32_lane({}, 0, i32.add(pointer, at), value),
  );
}

/** At most `most` vectors of values at a time. */
export function valuesOf(own: RowFormula, side: Side, most: number, formula = formulaOn): Values {
  const { f, dtype, readings, written } = own;
  const [splat, bytes] =
    dtype === 'float32' ? ([v128.load32_splat, 4] as const) : ([v128.load64_splat, 8] as const);
  const inRows = side === 'rows';
  const rows = inRows ? most : 1;
  // The graph is the same whatever locals its operands are, so they may be known later.
  let given: Given;
  /** Of each operand, for each row. */
  const splats: Local<'v128'>[][] = [];
  const operand = (k: number): Pointer => given.pointers[k + (written ? 1 : 0)];
  const load = (k: number, row: number, offset: number): Vec =>
    vec(() => v128.load({ offset }, i32.add(operand(k), given.places[row])));
  const rowVectors = readings.map((_, k) => load(k, 0, 0));
  const roots = Array.from({ length: most }, (_, u) => {
    const [row, offset] = inRows ? [u, 0] : [0, u * VECTOR_BYTES];
    const args = readings.map((reading, k) => {
      if (reading === 'same') return load(k, row, offset);
      if (reading === 'row') return inRows ? rowVectors[k] : load(k, 0, offset);
      return vec(() => local.get(splats[k][reading === 'one' ? 0 : row]), [], true);
    });
    return formula(lanesOf(dtype), f, args);
  });
  const pool = Math.max(sharedNodes(roots).length, sharedNodes(roots.slice(0, 1)).length);
  const before = most + readings.length * rows;
  const splatInto = (k: number, row: number): void =>
    local.set(splats[k][row], splat({}, operand(k)));
  return {
    pointers: readings.length + (written ? 1 : 0),
    vectors: before + pool,
    begin(all) {
      given = all;
      readings.forEach((reading, k) => {
        splats.push(given.vectors.slice(most + k * rows, most + (k + 1) * rows));
        if (reading === 'one') splatInto(k, 0);
      });
    },
    openRows(count) {
      readings.forEach((reading, k) => {
        if (reading !== 'column') return;
        for (let row = 0; row < count; row++) {
          splatInto(k, row);
          advance(operand(k), bytes);
        }
      });
    },
    make(count, mayEnd) {
      const { places, pointers, vectors } = given;
      const [pointer] = pointers;
      const made = vectors.slice(0, count);
      assign(vectors.slice(before), made, roots.slice(0, count));
      const store = (): void =>
        made.forEach((value, u) => {
          const offset = inRows ? 0 : u * VECTOR_BYTES;
          v128.store({ offset }, i32.add(pointer, places[inRows ? u : 0]), value);
        });
      if (written && mayEnd) {
        i32.lt_u(places[0], given.whole);
        if_(store, () => {
          made.forEach((value, u) => {
            storePart(given.bytes, pointer, places[u], value);
          });
        });
      } else if (written) store();
      return made.map(fromLocal);
    },
    closeRows(count, rowBytes) {
      const moving = readings.flatMap((reading, k) => (reading === 'same' ? [operand(k)] : []));
      if (written) moving.push(given.pointers[0]);
      for (const pointer of moving) {
        for (let row = 0; row < count; row++) advance(pointer, rowBytes);
      }
    },
  };
}
