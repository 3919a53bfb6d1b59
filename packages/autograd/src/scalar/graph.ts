// scalar/graph: walks over the graph of a formula; iterative, and each shared node is visited once.

import { ArgumentError } from '../errors.js';
import { argument, type Expr, make } from './expr.js';

/**
 * The nodes that `root` reaches, operands before users, each once. Nodes for which `skip` holds are left out, and what
 * only they reach. Users have greater ids than operands, so the order is that of the ids.
 */
export function nodesOf(root: Expr, skip?: (node: Expr) => boolean): Expr[] {
  const walk = ++walks;
  const found: Expr[] = [];
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.walk === walk || skip?.(node)) continue;
    node.walk = walk;
    found.push(node);
    for (const arg of node.args) pending.push(arg);
  }
  return found.sort((a, b) => a.id - b.id);
}

/** Walks so far: each leaves its number on the nodes it has seen, and needs no set of them. `skip` takes no walk itself. */
let walks = 0;

/** The number of distinct nodes of a formula. */
export function size(f: Expr): number {
  return nodesOf(f).length;
}

/** The indices of the arguments that a formula uses, ascending. */
export function argumentsOf(f: Expr): number[] {
  const indices: number[] = [];
  for (const node of nodesOf(f)) if (node.op === 'argument') indices.push(node.index);
  return indices.sort((a, b) => a - b);
}

/** `root` rebuilt bottom-up with some nodes replaced; `replacementOf` gives null for nodes that stay. Nothing is simplified. */
export function replace(root: Expr, replacementOf: (node: Expr) => Expr | null): Expr {
  const done = new Map<Expr, Expr>();
  const nodes = nodesOf(root, (node) => {
    const replacement = replacementOf(node);
    if (replacement !== null) done.set(node, replacement);
    return replacement !== null;
  });
  for (const node of nodes) {
    const args = node.args.map((arg) => done.get(arg) as Expr);
    const same = args.every((arg, k) => arg === node.args[k]);
    done.set(node, same ? node : make(node.op, args));
  }
  return done.get(root) as Expr;
}

/** `f` with every occurrence of the node `from` replaced by `to`. */
export function substitute(f: Expr, from: Expr, to: Expr): Expr {
  return replace(f, (node) => (node === from ? to : null));
}

/**
 * `f` with its arguments renamed, all at once: argument i becomes argument `map[i]` (or `map.get(i)`). Arguments that the
 * map doesn't mention stay. Throws an `ArgumentError` for a new index that isn't 0, 1, 2, ….
 */
export function renumber(f: Expr, map: ReadonlyMap<number, number> | readonly number[]): Expr {
  const renamed = (index: number): number | undefined =>
    map instanceof Map ? map.get(index) : (map as readonly number[])[index];
  return replace(f, (node) => {
    if (node.op !== 'argument') return null;
    const index = renamed(node.index);
    return index === undefined ? null : argument(index);
  });
}

/** Throws an `ArgumentError` unless `f` uses arguments 0 … arity − 1 only. */
export function checkArity(f: Expr, arity: number): void {
  const greatest = argumentsOf(f).at(-1) ?? -1;
  if (greatest < arity) return;
  throw new ArgumentError(
    `kernelOf: a formula of ${arity} arguments uses arguments 0 … arity − 1, got argument ${greatest}. Pass an arity of at least ${greatest + 1}.`,
  );
}
