// Tensors out of nothing: from nested arrays and typed arrays, constants, ranges.

import { ArgumentError, DTypeError, ShapeError } from '../errors.js';
import { checkDType, coerceExactly, type DType, promoteNumber, type TypedArray } from './dtype.js';
import { Operand } from './operand.js';
import { checkInteger, checkShape, type Shape, sizeOf } from './shape.js';
import { allocate, convertArray, type Storage } from './storage.js';
import { leafTensor, Tensor } from './tensor.js';
import type { NestedShape } from './typed-shape.js';
import { Variable, type VariableOptions } from './variable.js';

/** Numbers or booleans nested to any depth; every level must be of equal lengths. */
export type NestedArray = number | boolean | readonly NestedArray[];

export interface CreationOptions {
  /** Default: float32 for numbers, bool for booleans, a typed array's own. */
  dtype?: DType;
  /** Makes a leaf that `backward()` leaves a gradient in. */
  requiresGrad?: boolean;
}

/** Builds the storage of `shape` from a function of the position. */
function filled(op: string, shape: Shape, dtype: DType, at: (i: number) => number): Storage {
  if (shape.length === 0) return coerceExactly(op, at(0), dtype);
  const array = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < array.length; i++) array[i] = coerceExactly(op, at(i), dtype);
  return array;
}

function make<S extends Shape>(
  op: string,
  storage: Storage,
  shape: S,
  options: CreationOptions,
  dtype: DType,
): Tensor<S> {
  const constant = new Tensor<S>(storage, shape, dtype, null, 0);
  return options.requiresGrad === true ? leafTensor(op, constant) : constant;
}

/** A tensor of `shape` from a function of the position. */
function made<S extends Shape>(
  op: string,
  shape: S,
  options: CreationOptions,
  dtype: DType,
  at: (i: number) => number,
): Tensor<S> {
  return make(op, filled(op, shape, dtype, at), shape, options, dtype);
}

/** The shape of nested arrays, found along their first elements. */
function shapeOfNested(values: NestedArray): number[] {
  const shape: number[] = [];
  let level: NestedArray | undefined = values;
  while (Array.isArray(level)) {
    shape.push(level.length);
    level = level[0];
  }
  return shape;
}

/** Copies nested arrays into a flat list, checking every length against `shape`. */
function flatten(values: NestedArray, shape: Shape): (number | boolean)[] {
  const flat: (number | boolean)[] = [];
  const visit = (value: NestedArray, axis: number, path: string): void => {
    if (axis === shape.length) {
      if (typeof value !== 'number' && typeof value !== 'boolean') {
        const got = Array.isArray(value) ? `an array of ${value.length}` : `${typeof value}`;
        throw new ShapeError(
          `tensor: all elements are numbers or booleans at one depth, got ${got} at ${path || 'the top'}. ` +
            'Make all rows equally deep.',
        );
      }
      flat.push(value);
      return;
    }
    if (!Array.isArray(value) || value.length !== shape[axis]) {
      const got = Array.isArray(value) ? `${value.length} elements` : `${typeof value}`;
      throw new ShapeError(
        `tensor: rows are equally long, got ${got} instead of ${shape[axis]} at ${path || 'the top'}. ` +
          'Pad or trim the rows.',
      );
    }
    for (let i = 0; i < value.length; i++) visit(value[i], axis + 1, `${path}[${i}]`);
  };
  visit(values, 0, '');
  return flat;
}

function isTypedArray(value: unknown): value is ArrayBufferView & ArrayLike<number> {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** The dtype that holds what a typed array holds. Float16Array is younger than the engines we run on. */
function naturalDType(values: ArrayBufferView): DType {
  const name: string = (values as TypedArray)[Symbol.toStringTag];
  if (name.startsWith('Big')) {
    throw new DTypeError('tensor: elements are numbers, got bigint. Convert them with Number(…).');
  }
  if (name === 'Float64Array') return 'float64';
  return name.startsWith('Float') ? 'float32' : 'int32';
}

function fromTypedArray(
  values: ArrayBufferView & ArrayLike<number>,
  options: CreationOptions,
): Tensor<[number]> {
  const natural = naturalDType(values);
  const { dtype: asked = natural } = options;
  const dtype = checkDType('tensor', asked);
  const shape: [number] = [values.length];
  return dtype === 'int32' && !(values instanceof Int32Array)
    ? made('tensor', shape, options, dtype, (i) => values[i])
    : make('tensor', convertArray(values, dtype), shape, options, dtype);
}

/**
 * A tensor from a number, nested arrays, or a typed array (which gives one axis; use `.reshape`).
 * Numbers become float32 and booleans bool, unless `dtype` says otherwise; a typed array keeps its type
 * (other integers become int32, half precision float32).
 * @throws ShapeError for rows of unequal length, DTypeError for a value that an int32 can't hold.
 */
export function tensor<const V extends NestedArray>(
  values: V,
  options?: CreationOptions,
): Tensor<NestedShape<V>>;
export function tensor(
  values: ArrayBufferView & ArrayLike<number>,
  options?: CreationOptions,
): Tensor<[number]>;
export function tensor(
  values: NestedArray | (ArrayBufferView & ArrayLike<number>),
  options: CreationOptions = {},
): Tensor {
  if (isTypedArray(values)) return fromTypedArray(values, options);
  const shape = shapeOfNested(values);
  const flat = flatten(values, shape);
  const booleans = flat.length > 0 && flat.every((value) => typeof value === 'boolean');
  const { dtype: asked = booleans ? 'bool' : 'float32' } = options;
  const dtype = checkDType('tensor', asked);
  return made('tensor', shape, options, dtype, (i) => Number(flat[i]));
}

/**
 * A cell that holds `value` (a tensor, a number or nested arrays) and collects gradients, unless told not to.
 * The cell takes the value as it stands: later changes go through `assign`.
 */
export function variable<S extends Shape>(
  value: Operand<S>,
  options?: VariableOptions,
): Variable<S>;
export function variable<const V extends NestedArray>(
  value: V,
  options?: VariableOptions & { dtype?: DType },
): Variable<NestedShape<V>>;
export function variable(
  value: Operand | NestedArray,
  options: VariableOptions & { dtype?: DType } = {},
): Variable {
  const initial = value instanceof Operand ? value.read() : tensor(value, { dtype: options.dtype });
  return new Variable(initial as Tensor, options);
}

/**
 * A tensor filled with one number. dtype: float32 unless given.
 * @throws DTypeError for a number that an int32 can't hold.
 */
export function full<const S extends number[]>(
  shape: readonly [...S],
  value: number,
  options: CreationOptions = {},
): Tensor<S> {
  return constant('full', shape, value, options);
}

export function zeros<const S extends number[]>(
  shape: readonly [...S],
  options: CreationOptions = {},
): Tensor<S> {
  return constant('zeros', shape, 0, options);
}

export function ones<const S extends number[]>(
  shape: readonly [...S],
  options: CreationOptions = {},
): Tensor<S> {
  return constant('ones', shape, 1, options);
}

function constant<S extends number[]>(
  op: string,
  shape: readonly [...S],
  value: number,
  options: CreationOptions,
): Tensor<S> {
  const sizes = checkShape(op, shape) as S;
  const dtype = checkDType(op, options.dtype ?? 'float32');
  const element = coerceExactly(op, value, dtype);
  if (sizes.length === 0) return make(op, element, sizes, options, dtype);
  const array = allocate(dtype, sizeOf(sizes));
  if (element !== 0) array.fill(element);
  return make(op, array, sizes, options, dtype);
}

/** A tensor of `value` in the shape and (unless given) the dtype of `x`. */
export function fullLike<S extends Shape>(
  x: Operand<S>,
  value: number,
  options: CreationOptions = {},
): Tensor<S> {
  const filledTensor = constant('fullLike', [...x.shape], value, { dtype: x.dtype, ...options });
  return filledTensor as Tensor as Tensor<S>;
}

export function zerosLike<S extends Shape>(
  x: Operand<S>,
  options: CreationOptions = {},
): Tensor<S> {
  return fullLike(x, 0, options);
}

export function onesLike<S extends Shape>(x: Operand<S>, options: CreationOptions = {}): Tensor<S> {
  return fullLike(x, 1, options);
}

/** The identity: ones on the diagonal of an n × m matrix (m = n unless given). */
export function eye<const N extends number, const M extends number = N>(
  n: N,
  m?: M,
  options: CreationOptions = {},
): Tensor<[N, M]> {
  const rows = checkInteger('eye', 'n', n, 0);
  const columns = checkInteger('eye', 'm', m ?? n, 0);
  const dtype = checkDType('eye', options.dtype ?? 'float32');
  const array = allocate(dtype, rows * columns);
  for (let i = 0; i < Math.min(rows, columns); i++) array[i * columns + i] = 1;
  return make('eye', array, [n, (m ?? n) as M], options, dtype);
}

/**
 * start, start + step, … up to but without `stop`; with one argument, 0 … stop − 1. Whole numbers give
 * int32, fractions float32, unless `dtype` is given.
 */
export function arange(
  start: number,
  stop?: number,
  step = 1,
  options: CreationOptions = {},
): Tensor<[number]> {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (![from, to, step].every(Number.isFinite) || step === 0) {
    throw new ArgumentError(
      `arange: start, stop and a step other than 0 are finite, got ${from}, ${to}, ${step}. Check the three.`,
    );
  }
  const count = Math.max(0, Math.ceil((to - from) / step));
  const last = from + Math.max(0, count - 1) * step;
  const natural = [from, step, last].reduce<DType>((dtype, v) => promoteNumber(dtype, v), 'int32');
  const dtype = checkDType('arange', options.dtype ?? natural);
  return made('arange', [count], options, dtype, (i) => from + i * step);
}

/** `count` equally spaced numbers from `start` to `stop`, both included. dtype: float32 unless given. */
export function linspace<const N extends number>(
  start: number,
  stop: number,
  count: N,
  options: CreationOptions = {},
): Tensor<[N]> {
  checkInteger('linspace', 'count', count, 0);
  const dtype = checkDType('linspace', options.dtype ?? 'float32');
  const step = count > 1 ? (stop - start) / (count - 1) : 0;
  const at = (i: number) => (i === count - 1 && i > 0 ? stop : start + i * step);
  return made<[N]>('linspace', [count], options, dtype, at);
}
