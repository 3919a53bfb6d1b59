// What an instruction becomes: a call of a WebAssembly function, its addresses and sizes kept apart from it.

import type { Blas } from '../../kernels/blas/index.js';
import type { Func, ValueType } from '../../kernels/wasm/assembler/index.js';
import type { Gemm } from '../../kernels/wasm/gemm-module.js';
import type { LaneType } from '../../kernels/wasm/vector.js';
import { knownAt } from '../../scalar/known.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { Cut, SharedFunctions } from './shared.js';

export type AnyFunction = Func<ValueType[], ValueType[]>;

/** Where a block lies: at an address of its own, or at an offset within the arena, which may move. */
export interface Place {
  readonly inArena: boolean;
  readonly offset: number;
}

/** What a function is called with: a number, or an address. All are i32. */
export type Parameter = number | Place;

/** Two calls with the same key call the same function. */
export interface CallStep {
  readonly kind: 'call';
  readonly key: string;
  readonly make: () => AnyFunction;
  readonly parameters: readonly Parameter[];
  /** How it is cut for several threads, if it is worth that. */
  readonly cut?: Cut | null;
}

/**
 * Instruction k, which JavaScript runs: a kernel of the user's, one that has no function here, or one that a library does
 * or that is cut over threads.
 */
export interface HostStep {
  readonly kind: 'host';
  readonly k: number;
}

export type Step = CallStep | HostStep;

/** What choosing a step depends on besides the instruction. */
export interface StepContext {
  readonly placeOf: (block: Symbolic) => Place;
  /** Which argument a block is that the library reads where it lies; −1 for the others. */
  readonly outside: (block: Symbolic) => number;
  /** Where a number lies that a formula reads. */
  readonly numberAt: (value: number, dtype: LaneType) => Place;
  readonly gemm: Gemm;
  /** Where large products are left to the system's library: that. */
  readonly blas: Blas | null;
  /** Where matrix products pack their panels, columns are summed, and random words lie. */
  readonly scratch: Place;
  /** Threads that steps may be cut over, this one included; there is scratch for as many. */
  readonly threads: number;
  readonly shared: SharedFunctions;
}

export function behind({ inArena, offset }: Place, bytes: number): Place {
  return { inArena, offset: offset + bytes };
}

const functions = new Map<string, AnyFunction>();

/** So many functions are kept; forgetting them all costs a program a few milliseconds. */
const MOST_FUNCTIONS = 2000;

/** The function of a step, assembled when it is first asked for. */
export const functionOf = ({ key, make }: CallStep): AnyFunction =>
  knownAt(functions, key, () => {
    const made = make();
    if (functions.size >= MOST_FUNCTIONS) functions.clear();
    return made;
  });
