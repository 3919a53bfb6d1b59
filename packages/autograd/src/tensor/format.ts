// Tensors for people: nested arrays, and the text that console.log shows.

import type { DType, TypedArray } from './dtype.js';
import { formatShape, type Shape, sizeOf } from './shape.js';

/** Elements as a tensor keeps them. */
type Elements = TypedArray | number;

/** Nested arrays as deep as the shape is long; rank unknown gives the union of all depths. */
export type NestedValues<S extends Shape> = number extends S['length']
  ? NestedElements
  : S extends readonly [number, ...infer Rest extends Shape]
    ? NestedValues<Rest>[]
    : number;

/** What `toArray()` gives when the rank is not known to the compiler. */
export type NestedElements = number | NestedElements[];

/** Longer tensors print their first and last rows and columns only. */
const SUMMARIZE_ABOVE = 1000;
const EDGE_ITEMS = 3;

export function nestedValues(storage: Elements, shape: Shape): NestedElements {
  if (typeof storage === 'number') return storage;
  const build = (axis: number, start: number, count: number): NestedElements => {
    if (axis === shape.length) return storage[start];
    const stride = shape[axis] === 0 ? 0 : count / shape[axis];
    return Array.from({ length: shape[axis] }, (_, i) =>
      build(axis + 1, start + i * stride, stride),
    );
  };
  return build(0, 0, sizeOf(shape));
}

function elementFormatter(dtype: DType, values: readonly number[]): (value: number) => string {
  if (dtype === 'bool') return (value) => (value === 0 ? 'false' : 'true');
  if (dtype === 'int32') return String;
  const finite = values.filter((v) => Number.isFinite(v) && v !== 0).map(Math.abs);
  const largest = largestOf(finite, 0);
  const smallest = finite.reduce((least, v) => Math.min(least, v), Infinity);
  const short = (v: number) => (Object.is(v, -0) ? '-0' : String(v));
  if (finite.every(Number.isInteger) && largest < 1e9) return short;
  if (largest >= 1e6 || smallest < 1e-4) {
    return (v) => (Number.isFinite(v) && v !== 0 ? v.toExponential(4) : short(v));
  }
  return (v) => (Number.isFinite(v) ? (Object.is(v, -0) ? '-' : '') + v.toFixed(4) : String(v));
}

/** The largest of a list that may be too long to be spread into arguments. */
function largestOf(values: readonly number[], least: number): number {
  return values.reduce((largest, v) => Math.max(largest, v), least);
}

/** The indices along an axis that are shown, with −1 where some are left out. */
function shownIndices(length: number, summarize: boolean): number[] {
  if (!summarize || length <= 2 * EDGE_ITEMS) return Array.from({ length }, (_, i) => i);
  const head = Array.from({ length: EDGE_ITEMS }, (_, i) => i);
  return [...head, -1, ...head.map((i) => length - EDGE_ITEMS + i)];
}

/** The elements as text, like NumPy prints them: aligned columns, long tensors cut in the middle. */
export function formatValues(storage: Elements, shape: Shape, dtype: DType): string {
  const at = (i: number) => (typeof storage === 'number' ? storage : storage[i]);
  const size = sizeOf(shape);
  if (size === 0) return '[]';
  const summarize = size > SUMMARIZE_ABOVE;
  const shown: number[] = [];
  const visit = (axis: number, start: number, count: number): void => {
    if (axis === shape.length) {
      shown.push(at(start));
      return;
    }
    const stride = count / shape[axis];
    for (const i of shownIndices(shape[axis], summarize)) {
      if (i >= 0) visit(axis + 1, start + i * stride, stride);
    }
  };
  visit(0, 0, size);
  const format = elementFormatter(dtype, shown);
  const texts = shown.map(format);
  const width = largestOf(
    texts.map((text) => text.length),
    0,
  );
  let next = 0;
  const print = (axis: number, indent: string): string => {
    if (axis === shape.length) return texts[next++].padStart(shape.length > 0 ? width : 0);
    const parts = shownIndices(shape[axis], summarize).map((i) =>
      i < 0 ? '…' : print(axis + 1, `${indent} `),
    );
    const innermost = axis === shape.length - 1;
    const blankLines = innermost ? '' : '\n'.repeat(shape.length - axis - 1);
    return `[${parts.join(innermost ? ', ' : `,${blankLines}${indent} `)}]`;
  };
  return print(0, '');
}

/** One line of shape and dtype, then the elements. */
export function formatTensor(
  storage: Elements,
  shape: Shape,
  dtype: DType,
  requiresGrad: boolean,
): string {
  const values = formatValues(storage, shape, dtype);
  const head = `Tensor ${dtype} ${formatShape(shape)}${requiresGrad ? ' requiresGrad' : ''}`;
  return values.includes('\n') ? `${head}\n${values}` : `${head} ${values}`;
}
