// Numbers within formulas: those that vary from one program to the next are read from memory.

import { argument, type Expr, replace } from '../../scalar/index.js';
import { knownAt } from '../../scalar/known.js';
import type { Reading } from './elementwise.js';
import type { Place } from './step.js';

/** A formula some of whose numbers have become arguments, behind its own. */
export interface Lifted {
  readonly f: Expr;
  readonly numbers: readonly number[];
}

/** The numbers that rules are made of: 0, ±½, ±1 and the next few. They stand in the code. */
const MOST_IN_CODE = 3;

const standsInCode = (value: number): boolean =>
  Number.isInteger(2 * value) && Math.abs(value) <= MOST_IN_CODE;

/** Numbers that are read; each takes a register in the loop, and jobs have room for so many parameters. */
const MOST_NUMBERS = 12;

/** The first numbers to be read, from the root: so scales come first, and formulas that differ in numbers alone agree. */
function numbersOf(f: Expr): Expr[] {
  const found: Expr[] = [];
  const seen = new Set<Expr>();
  const pending = [f];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.op === 'constant' && !standsInCode(node.value)) found.push(node);
    if (found.length === MOST_NUMBERS) break;
    for (const arg of node.args) pending.push(arg);
  }
  return found;
}

const known = new WeakMap<Expr, Map<number, Lifted>>();

/**
 * A formula of `arity` arguments without its rates, its 1/n and their like, so that programs which differ in them alone
 * share a function: one for a ragged batch is there as soon as the one for the whole batch.
 */
export const lifted = (f: Expr, arity: number): Lifted =>
  knownAt(
    knownAt(known, f, () => new Map()),
    arity,
    () => lift(f, arity),
  );

/** The code of a formula that reads blocks: behind them it reads its numbers, each of which is one for all elements. */
export function codeOf(
  f: Expr,
  ofBlocks: readonly Reading[],
  numberAt: (value: number) => Place,
): { readonly f: Expr; readonly readings: readonly Reading[]; readonly numbers: readonly Place[] } {
  const { f: code, numbers } = lifted(f, ofBlocks.length);
  const readings = [...ofBlocks, ...numbers.map((): Reading => 'one')];
  return { f: code, readings, numbers: numbers.map(numberAt) };
}

function lift(f: Expr, arity: number): Lifted {
  const found = numbersOf(f);
  if (found.length === 0) return { f, numbers: [] };
  const places = new Map(found.map((node, k) => [node, argument(arity + k)]));
  return {
    f: replace(f, (node) => places.get(node) ?? null),
    numbers: found.map(({ value }) => value),
  };
}
