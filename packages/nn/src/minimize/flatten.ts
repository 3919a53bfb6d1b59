// Minimisation: structures of tensors as one vector, and back.

import {
  ArgumentError,
  DTypeError,
  Operand,
  ShapeError,
  Tensor,
  tensor,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import type { Vector } from './vectors.js';

/** How a structure lies in a vector. */
export interface Layout {
  readonly size: number;
  readonly dtype: 'float32' | 'float64';
  /** The numbers of a structure like this one. @throws ArgumentError, ShapeError, DTypeError if it is another. */
  flatten(op: string, what: string, tree: unknown): Vector;
  /** The structure with its tensors cut from a flat one, differentiably. */
  unflatten(flat: Tensor): unknown;
  /** The vector as a flat tensor, rounded to the dtype. */
  toTensor(x: Vector): Tensor<[number]>;
}

interface Leaf {
  readonly value: Operand;
  readonly path: string;
}

/** @throws ArgumentError for a structure without tensors, DTypeError unless all are float32, or all float64. */
export function layoutOf(op: string, tree: unknown, name = 'x0'): Layout {
  const leaves = leavesOf(tree);
  if (leaves.length === 0) {
    throw new ArgumentError(
      `${op}: ${name} is a tensor, or nested arrays and objects of tensors, got ${describe(tree)}. ` +
        "Wrap numbers with tensor(…, { dtype: 'float64' }).",
    );
  }
  const { dtype } = leaves[0].value;
  for (const { value, path } of leaves) {
    if (value.dtype === dtype && (dtype === 'float32' || dtype === 'float64')) continue;
    throw new DTypeError(
      `${op}: ${name} ${name.endsWith('s') ? 'are' : 'is'} float32 or float64 throughout, got ${value.dtype}${path === '' ? '' : ` at ${path}`}. ` +
        "Cast it with .cast('float64').",
    );
  }
  const size = leaves.reduce((sum, { value }) => sum + value.size, 0);
  const single = tree instanceof Operand ? tree : null;
  return {
    size,
    dtype: dtype as 'float32' | 'float64',
    flatten: (caller, what, other) => {
      const flat = new Float64Array(size);
      let start = 0;
      for (const { value } of matching(caller, what, name, leaves, leavesOf(other))) {
        flat.set(value.read().data(), start);
        start += value.size;
      }
      return flat;
    },
    unflatten: (flat) => {
      if (single !== null) return flat.reshape([...single.shape]);
      let start = 0;
      return map(tree, '', ({ shape, size: own }) => {
        start += own;
        return flat.slice([start - own, start]).reshape([...shape]);
      });
    },
    toTensor: (x) => tensor(x, { dtype }),
  };
}

function matching(
  op: string,
  what: string,
  name: string,
  leaves: readonly Leaf[],
  got: readonly Leaf[],
): Leaf[] {
  if (got.length !== leaves.length) {
    throw new ArgumentError(
      `${op}: ${what} has the structure of ${name}, which holds ${leaves.length} tensors, got ${got.length}. ` +
        `Give each tensor of ${name} its own.`,
    );
  }
  return got.map((leaf, i) => {
    const { value, path } = leaves[i];
    if (leaf.value.shape.join() === value.shape.join()) return leaf;
    throw new ShapeError(
      `${op}: ${what} has the shape of ${name}, ${formatShape(value.shape)}, got ${formatShape(leaf.value.shape)}` +
        `${path === '' ? '' : ` at ${path}`}. Reshape it, or pass a number for all elements.`,
    );
  });
}

function leavesOf(tree: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  map(tree, '', (value, path) => leaves.push({ value, path }));
  return leaves;
}

function map(
  tree: unknown,
  path: string,
  replace: (value: Operand, path: string) => unknown,
): unknown {
  if (tree instanceof Operand) return replace(tree, path);
  if (Array.isArray(tree)) return tree.map((item, i) => map(item, `${path}[${i}]`, replace));
  if (!isPlainObject(tree)) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, item]) => [key, map(item, `${path}.${key}`, replace)]),
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array without any';
  if (typeof value === 'object' && value !== null) return 'an object without any';
  return typeof value === 'number' ? `the number ${value}` : typeof value;
}

/** The result of a user's function. @throws ArgumentError if it is no tensor. */
export function resultOf(op: string, result: unknown): Tensor {
  if (result instanceof Tensor) return result;
  if (result instanceof Operand) return result.read();
  throw new ArgumentError(
    `${op}: the function returns a tensor, got ${typeof result}. ` +
      'Return the result of tensor operations, not a number read from it.',
  );
}
