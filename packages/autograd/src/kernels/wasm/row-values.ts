// Rows that are made some vectors at a time, as a function asks for them: what both sides are given.

import type { Local } from './assembler/index.js';
import type { Pointer } from './statements.js';
import type { Vec } from './vector.js';

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

/** What a function calls to have the values of a formula, in this order. */
export interface Values {
  /** How many pointers and vectors it is to be given. */
  readonly pointers: number;
  readonly vectors: number;
  /** Emits what is done once, before all rows. */
  begin(given: Given): void;
  /** Reads what the next rows have one element of. */
  openRows(count: number): void;
  /** Makes, and writes, the next vectors; of a single place in a row `mayEnd` says that it may reach beyond the row. */
  make(count: number, mayEnd: boolean): readonly Vec[];
  /** Goes on behind rows, each of so many bytes. */
  closeRows(count: number, rowBytes: Pointer): void;
}
