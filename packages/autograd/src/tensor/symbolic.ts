// Tensors without elements: what a function computes on while it is being traced.

import type { Stream } from './draw.js';
import type { DType, TypedArray } from './dtype.js';

/** Stands where elements will be when the traced program runs. */
export class Symbolic {
  declare readonly id: number;
  declare readonly dtype: DType;
  declare readonly length: number;

  constructor(id: number, dtype: DType, length: number) {
    this.id = id;
    this.dtype = dtype;
    this.length = length;
  }
}

/** What a trace must be told by the floors below it. */
export interface TraceHooks {
  /** A cell is about to be read or assigned, or a generator drawn from: its state is put back when the trace ends. */
  touch(holder: object): void;
  /** A cell is about to be assigned a value that is known already: the program will assign the same in every run. */
  fix(cell: object): void;
  /** A tensor is shown under a name: the program will keep it for whoever looks after a run. */
  tap(name: string, value: unknown): void;
  /** The elements that a cell had when the trace began; null if it isn't part of the trace yet. */
  entry(cell: object): TypedArray | number | null;
  /** A generator draws a tensor: the program will draw from `stream` in every run, or call `fill` where there is none. */
  draw(
    dtype: DType,
    length: number,
    fill: (out: TypedArray) => void,
    stream: Stream | null,
  ): Symbolic;
}

/** The trace that is running; null outside of one. */
export const tracing: { hooks: TraceHooks | null } = { hooks: null };

export function isSymbolic(storage: unknown): storage is Symbolic {
  return storage instanceof Symbolic;
}
