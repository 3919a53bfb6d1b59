// Nested arguments: arrays and plain objects of tensors, taken apart and put together again.

import { Operand } from '../tensor/operand.js';
import type { Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

/** What a caller may pass where a function takes P: variables in the place of tensors. */
export type Feed<P> =
  P extends Tensor<infer S extends Shape>
    ? Operand<S>
    : P extends object
      ? { [K in keyof P]: Feed<P[K]> }
      : P;

/** The gradients of P: a tensor for each tensor or variable, in the same structure. */
export type Gradients<P> =
  P extends Operand<infer S extends Shape>
    ? Tensor<S>
    : P extends object
      ? { [K in keyof P]: Gradients<P[K]> }
      : P;

/** A leaf of a tree: its value, and where it hangs (`.layers[0].weight`). */
export interface TreeLeaf {
  readonly path: string;
  readonly value: Operand;
}

/** The operands of nested arrays and plain objects, in order; everything else is left alone. */
export function leavesOf(tree: unknown): TreeLeaf[] {
  const leaves: TreeLeaf[] = [];
  mapTree(tree, (value, path) => {
    leaves.push({ path, value });
    return value;
  });
  return leaves;
}

/** The same structure with every operand replaced; other values stay as they are. */
export function mapTree(
  tree: unknown,
  replace: (value: Operand, path: string) => unknown,
  path = '',
): unknown {
  if (tree instanceof Operand) return replace(tree, path);
  if (Array.isArray(tree)) return tree.map((item, i) => mapTree(item, replace, `${path}[${i}]`));
  if (!isPlainObject(tree)) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, item]) => [key, mapTree(item, replace, `${path}.${key}`)]),
  );
}

/** The structure of `tree` with its operands replaced by `values`, one after the other. */
export function rebuild(tree: unknown, values: readonly unknown[]): unknown {
  let next = 0;
  return mapTree(tree, () => values[next++]);
}

/** Whether the value is an object literal: class instances are no trees. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
