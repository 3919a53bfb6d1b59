// scalar/print: what both printers of formulas share: order, names of what is shared, and parentheses.

import type { Expr } from './expr.js';
import { nodesOf } from './graph.js';

/** Printed text and how tightly its outermost operator binds. */
export interface Piece {
  readonly text: string;
  readonly binding: number;
}

/** Binding strengths, loosest first; JavaScript's, which mathematics agrees with. */
export const CHOICE = 1;
export const OR = 2;
export const AND = 3;
export const EQUALITY = 4;
export const ORDER = 5;
export const SUM = 6;
export const PRODUCT = 7;
export const SIGN = 8;
export const POWER = 9;
export const ATOM = 10;

export const atom = (text: string): Piece => ({ text, binding: ATOM });

const NAMES = ['x', 'y', 'z'];

/** The name of argument `index` where the caller gives none: x, y, z, then what `beyond` says. */
export function argumentName(
  index: number,
  names: readonly string[],
  beyond: (index: number) => string,
): string {
  return names[index] ?? NAMES[index] ?? beyond(index);
}

/** Formulas up to this many nodes, written out as a tree, are written out; above it, shared parts get names. */
const TREE_LIMIT = 150;

/** A shared part of fewer nodes than this is repeated rather than named. */
const NAMED_FROM = 5;

function sharedParts(nodes: readonly Expr[], f: Expr): Set<Expr> {
  const tree = new Map<Expr, number>();
  const uses = new Map<Expr, number>();
  for (const node of nodes) {
    let count = 1;
    for (const arg of node.args) {
      count += tree.get(arg) as number;
      uses.set(arg, (uses.get(arg) ?? 0) + 1);
    }
    tree.set(node, count);
  }
  if ((tree.get(f) as number) <= TREE_LIMIT) return new Set();
  return new Set(
    nodes.filter((e) => (uses.get(e) ?? 0) > 1 && (tree.get(e) as number) >= NAMED_FROM),
  );
}

/** A printed formula: what was given a name, in order, and the formula in terms of that. */
export interface Printed {
  readonly bindings: readonly (readonly [name: string, text: string])[];
  readonly text: string;
}

/**
 * Prints bottom-up: `write` gets a node and the pieces of its operands. If the formula as a tree is large, its shared
 * parts are bound to `name(1)`, `name(2)`, ….
 */
export function print(
  f: Expr,
  write: (node: Expr, args: readonly Piece[]) => Piece,
  name: (k: number) => string,
): Printed {
  const nodes = nodesOf(f);
  const shared = sharedParts(nodes, f);
  const pieces = new Map<Expr, Piece>();
  const bindings: [string, string][] = [];
  for (const node of nodes) {
    const piece = write(
      node,
      node.args.map((arg) => pieces.get(arg) as Piece),
    );
    if (shared.has(node)) {
      const label = name(bindings.length + 1);
      bindings.push([label, piece.text]);
      pieces.set(node, atom(label));
    } else {
      pieces.set(node, piece);
    }
  }
  return { bindings, text: (pieces.get(f) as Piece).text };
}
