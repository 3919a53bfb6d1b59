// Numbers within formulas: those that vary from one program to the next are read from memory.

import { argument, type Expr, nodesOf, replace } from '../../scalar/index.js';

/** A formula some of whose numbers have become arguments, behind its own. */
export interface Lifted {
  readonly f: Expr;
  readonly numbers: readonly number[];
}

/** The numbers that rules are made of: 0, ±½, ±1 and the next few. They stand in the code. */
const MOST_IN_CODE = 3;

const standsInCode = (value: number): boolean =>
  Number.isInteger(2 * value) && Math.abs(value) <= MOST_IN_CODE;

/**
 * A formula of `arity` arguments without its rates, its 1/n and their like, so that programs which differ in them alone
 * share a function: one for a ragged batch is there as soon as the one for the whole batch.
 */
export function lifted(f: Expr, arity: number): Lifted {
  const numbers: number[] = [];
  const places = new Map<Expr, Expr>();
  for (const node of nodesOf(f)) {
    if (node.op !== 'constant' || standsInCode(node.value)) continue;
    places.set(node, argument(arity + numbers.length));
    numbers.push(node.value);
  }
  if (numbers.length === 0) return { f, numbers };
  return { f: replace(f, (node) => places.get(node) ?? null), numbers };
}
