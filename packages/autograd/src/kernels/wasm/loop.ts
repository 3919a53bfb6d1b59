// The loop of a formula: one WebAssembly function that computes it over a block of every slot.

import { type Expr, nodesOf } from '../../scalar/index.js';
import { br_if, i32, type Local, local, loop, v128 } from './assembler/index.js';
import { Emitter, routine, sharedNodes } from './emit.js';
import { formulaOn, isExact } from './formula.js';
import { instantiate } from './module.js';
import { scratchImport, slotAddress, VECTOR_BYTES } from './scratch.js';
import { type LaneType, lanesOf, vec } from './vector.js';

/**
 * Computes the formula on `bytes` bytes of the slots 0, 1, …, one for each argument, into the slot behind them. For each
 * argument a mask: −1, or 0 for one vector that stays.
 */
export type BlockLoop = (bytes: number, ...masks: number[]) => void;

function compile(f: Expr, arity: number, dtype: LaneType): BlockLoop {
  const l = lanesOf(dtype);
  // The graph is the same whatever the locals are, so they may be known later.
  const masks: Local<'i32'>[] = [];
  const position: Local<'i32'>[] = [];
  const args = Array.from({ length: arity }, (_, k) =>
    vec(() => {
      i32.and(position[0], masks[k]);
      v128.load({ offset: slotAddress(k) });
    }),
  );
  const root = formulaOn(l, f, args);
  const shared = sharedNodes([root]).length;
  const run = routine(arity + 1, 1, shared, ([bytes, ...own], [at], pool) => {
    masks.push(...own);
    position.push(at);
    loop((again) => {
      local.get(at);
      new Emitter(pool).push(root);
      v128.store({ offset: slotAddress(arity) });
      local.tee(at, i32.add(at, VECTOR_BYTES));
      local.get(bytes);
      i32.lt_u();
      br_if(again);
    });
  });
  return instantiate({ run }, scratchImport(arity + 1)).run;
}

/** What is known of a formula. */
export interface Formula {
  readonly f: Expr;
  /** Vectors and plain JavaScript give the same bits. */
  readonly exact: boolean;
  /** Too long to be worth a module of its own. */
  readonly long: boolean;
  /** How often it ran in plain JavaScript though it might have been compiled. */
  asked: number;
  /** By arity and dtype. */
  readonly loops: (BlockLoop | undefined)[];
}

/** Formulas of more nodes run in plain JavaScript: emitting them would take longer than they save. */
const LONGEST = 2000;

const formulas = new WeakMap<Expr, Formula>();

export function formulaOf(f: Expr): Formula {
  let known = formulas.get(f);
  if (known === undefined) {
    known = { f, exact: isExact(f), long: nodesOf(f).length > LONGEST, asked: 0, loops: [] };
    formulas.set(f, known);
  }
  return known;
}

const keyOf = (arity: number, dtype: LaneType): number => 2 * arity + (dtype === 'float32' ? 0 : 1);

export const isCompiled = ({ loops }: Formula, arity: number, dtype: LaneType): boolean =>
  loops[keyOf(arity, dtype)] !== undefined;

/** The loop of a formula, compiled when it is first asked for. */
export function loopOf({ f, loops }: Formula, arity: number, dtype: LaneType): BlockLoop {
  const key = keyOf(arity, dtype);
  loops[key] ??= compile(f, arity, dtype);
  return loops[key];
}
