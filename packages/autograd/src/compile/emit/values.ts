// The values of a formula some vectors at a time, for functions that do something with them as they are made.

import { i32, if_, type Local, local, v128 } from '../../kernels/wasm/assembler/index.js';
import { fromLocal, sharedNodes } from '../../kernels/wasm/emit.js';
import { formulaOn } from '../../kernels/wasm/formula.js';
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

/** Locals that a function gives to the values: its last parameters, and vectors. */
export interface Given {
  /** Where the values are written, if they are, and the operands. */
  readonly pointers: readonly Pointer[];
  /** How far into the operands the values lie: one place, or one for each row. */
  readonly places: readonly Pointer[];
  /** How many bytes of a row there are, and those of them that are whole vectors. */
  readonly bytes: Pointer;
  readonly whole: Pointer;
  readonly vectors: readonly Local<'v128'>[];
}

/** Writes the first elements of a vector at pointer + at, of which there are bytes & 15. */
function storePart(bytes: Pointer, pointer: Pointer, at: Pointer, value: Local<'v128'>): void {
  i32.and(bytes, 8);
  if_(
    null,
    () => {
      v128.store64_lane({}, 0, i32.add(pointer, at), value);
      i32.and(bytes, 4);
      if_(null, () => v128.store32_lane({ offset: 8 }, 2, i32.add(pointer, at), value));
    },
    () => v128.store32_lane({}, 0, i32.add(pointer, at), value),
  );
}

export class Values {
  readonly #own: RowFormula;
  readonly #side: Side;
  /** Of each operand, for each row. */
  readonly #splats: Local<'v128'>[][] = [];
  readonly #made: Local<'v128'>[] = [];
  readonly #pool: Local<'v128'>[] = [];
  readonly #roots: readonly Vec[];
  readonly #poolSize: number;
  #given: Given | null = null;

  /** Makes at most `most` vectors at a time. */
  constructor(own: RowFormula, side: Side, most: number, formula = formulaOn) {
    this.#own = own;
    this.#side = side;
    // The graph is the same whatever locals its operands are, so they may be known later.
    const rowVectors = own.readings.map((_, k) => this.#load(k, 0, 0));
    this.#roots = Array.from({ length: most }, (_, u) => {
      const row = side === 'rows' ? u : 0;
      const offset = side === 'rows' ? 0 : u * VECTOR_BYTES;
      const args = own.readings.map((reading, k) => {
        if (reading === 'same') return this.#load(k, row, offset);
        if (reading === 'row') return side === 'rows' ? rowVectors[k] : this.#load(k, 0, offset);
        return vec(() => local.get(this.#splats[k][reading === 'one' ? 0 : row]), [], true);
      });
      return formula(lanesOf(own.dtype), own.f, args);
    });
    const [first] = this.#roots;
    this.#poolSize = Math.max(...[this.#roots, [first]].map((own) => sharedNodes(own).length));
  }

  /** How many pointers and vectors it is to be given. */
  get pointers(): number {
    return this.#own.readings.length + (this.#own.written ? 1 : 0);
  }

  get vectors(): number {
    const rows = this.#side === 'rows' ? this.#roots.length : 1;
    return this.#own.readings.length * rows + this.#roots.length + this.#poolSize;
  }

  /** Emits what is done once, before all rows. */
  begin(given: Given): void {
    const { readings } = this.#own;
    const rows = this.#side === 'rows' ? this.#roots.length : 1;
    const vectors = [...given.vectors];
    this.#given = given;
    for (const _ of readings) this.#splats.push(vectors.splice(0, rows));
    this.#made.push(...vectors.splice(0, this.#roots.length));
    this.#pool.push(...vectors);
    readings.forEach((reading, k) => {
      if (reading === 'one') this.#splat(k, 0);
    });
  }

  #splat(k: number, row: number): void {
    const load = this.#own.dtype === 'float32' ? v128.load32_splat : v128.load64_splat;
    local.set(this.#splats[k][row], load({}, this.#operand(k)));
  }

  /** Reads what the next rows have one element of. */
  openRows(count: number): void {
    const { dtype, readings } = this.#own;
    readings.forEach((reading, k) => {
      if (reading !== 'column') return;
      for (let row = 0; row < count; row++) {
        this.#splat(k, row);
        advance(this.#operand(k), lanesOf(dtype).bytes);
      }
    });
  }

  /** Goes on behind rows, each of so many bytes. */
  closeRows(count: number, rowBytes: Pointer): void {
    const { readings, written } = this.#own;
    const moving = readings.flatMap((reading, k) => (reading === 'same' ? [this.#operand(k)] : []));
    if (written) moving.push(this.#local.pointers[0]);
    for (const pointer of moving) {
      for (let row = 0; row < count; row++) advance(pointer, rowBytes);
    }
  }

  /** Makes, and writes, the next vectors; of a single place in a row `mayEnd` says that it may reach beyond the row. */
  make(count: number, mayEnd: boolean): readonly Vec[] {
    const { bytes, whole, places, pointers } = this.#local;
    const made = this.#made.slice(0, count);
    assign(this.#pool, made, this.#roots.slice(0, count));
    const rows = this.#side === 'rows';
    const [pointer] = pointers;
    const store = (): void =>
      made.forEach((value, u) => {
        const offset = rows ? 0 : u * VECTOR_BYTES;
        v128.store({ offset }, i32.add(pointer, places[rows ? u : 0]), value);
      });
    if (this.#own.written && mayEnd) {
      i32.lt_u(places[0], whole);
      if_(null, store, () => {
        made.forEach((value, u) => {
          storePart(bytes, pointer, places[u], value);
        });
      });
    } else if (this.#own.written) store();
    return made.map(fromLocal);
  }

  get #local(): Given {
    return this.#given as Given;
  }

  #operand(k: number): Pointer {
    return this.#local.pointers[k + (this.#own.written ? 1 : 0)];
  }

  #load(k: number, row: number, offset: number): Vec {
    return vec(() => v128.load({ offset }, i32.add(this.#operand(k), this.#local.places[row])));
  }
}
