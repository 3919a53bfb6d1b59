// Parameters and the gradients that a formula gives for them, paired leaf by leaf.

import {
  ArgumentError,
  type NestedArray,
  Operand,
  type Shape,
  type Tensor,
  tensor,
  Variable,
  variable,
} from '@retrograd/autograd';
import { Module } from '../module.js';
import { Matrix } from './matrix.js';
import { pointOf } from './tape-points.js';

/** A gradient as a formula gives it: a tensor, a matrix, or numbers; null or undefined where there is none. */
export type Given = Operand | Matrix | ArrayBufferView | NestedArray | null | undefined;

/** The gradients of P: one for each tensor or variable, in the same structure. */
export type AnalyticGradients<P> = P extends Module
  ? { readonly [name: string]: Given }
  : P extends Operand
    ? Given
    : P extends object
      ? { readonly [K in keyof P]?: AnalyticGradients<P[K]> }
      : unknown;

/** One parameter: where it stands, what the function is called with, and where its gradient arrives. */
export interface Parameter {
  /** `W`, `layers[0].b`, the name in a model's state; '' for a parameter that stands alone. */
  readonly path: string;
  readonly value: Tensor;
  readonly cell: Tensor | Variable;
}

/** Numbers in a shape, whatever they came as. */
export interface Values {
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

/** Cells stay what they are, so that a function may close over them; constants become leaves. */
function cellOf(value: Operand): Tensor | Variable {
  if (value instanceof Variable) return value;
  const given: Tensor = value.read();
  if (pointOf(given)?.sink) return given;
  return variable(given.detach()).value;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The structure with its operands replaced, and the parameters in it. */
export function bindParameters(op: string, params: unknown): [bound: unknown, Parameter[]] {
  const found: Parameter[] = [];
  const take = (value: Operand, path: string): Tensor | Variable => {
    const cell = cellOf(value);
    found.push({ path, value: cell.read(), cell });
    return cell;
  };
  const walk = (tree: unknown, path: string): unknown => {
    if (tree instanceof Operand) return take(tree, path);
    if (Array.isArray(tree)) return tree.map((item, i) => walk(item, `${path}[${i}]`));
    if (!isPlain(tree)) return tree;
    const join = (key: string) => (path === '' ? key : `${path}.${key}`);
    return Object.fromEntries(
      Object.entries(tree).map(([key, item]) => [key, walk(item, join(key))]),
    );
  };
  let bound: unknown = params;
  if (params instanceof Module) {
    for (const [name, cell] of params.namedParameters()) take(cell, name);
  } else bound = walk(params, '');
  if (found.length > 0) return [bound, found];
  throw new ArgumentError(
    `${op}: parameters are tensors and variables, a model, or nested arrays and objects of them, got none. ` +
      'Wrap numbers with tensor(…).',
  );
}

/** The gradients in the order of the parameters. */
export function gradientsFor(params: unknown, given: unknown): unknown[] {
  if (params instanceof Module) {
    const named = (given ?? {}) as Readonly<Record<string, unknown>>;
    return params.namedParameters().map(([name]) => named[name]);
  }
  const found: unknown[] = [];
  const walk = (tree: unknown, beside: unknown): void => {
    if (tree instanceof Operand) found.push(beside);
    else if (Array.isArray(tree)) {
      tree.forEach((item, i) => {
        walk(item, (beside as readonly unknown[] | undefined)?.[i]);
      });
    } else if (isPlain(tree)) {
      const inside = beside as Readonly<Record<string, unknown>> | null | undefined;
      for (const [key, item] of Object.entries(tree)) walk(item, inside?.[key]);
    }
  };
  walk(params, given);
  return found;
}

/** What a formula gave for one parameter; null for nothing. @throws ArgumentError if it is no numbers at all. */
export function valuesOf(op: string, path: string, given: unknown): Values | null {
  if (given === null || given === undefined) return null;
  if (given instanceof Operand) return { shape: given.shape, data: given.read().data() };
  if (given instanceof Matrix) return { shape: given.shape, data: given.data };
  const numbers = typeof given === 'number' || Array.isArray(given) || ArrayBuffer.isView(given);
  if (numbers) {
    const read: Tensor = tensor(given as NestedArray, { dtype: 'float64' });
    return { shape: read.shape, data: read.data() };
  }
  throw new ArgumentError(
    `${op}: a gradient is a tensor or numbers, got ${typeof given}${path === '' ? '' : ` for ${path}`}. ` +
      'Return the same structure as the parameters.',
  );
}
