// Sizes, strides, axes and broadcasting: arithmetic on shapes, before any element is looked at.

import { ArgumentError, AxisError, ShapeError } from '../errors.js';

/** The sizes of a tensor's axes; [] is a scalar. */
export type Shape = readonly number[];

export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i];
  return size;
}

/** How many elements the axes `from` … `to` − 1 span. */
export function sizeBetween(shape: Shape, from: number, to: number): number {
  let size = 1;
  for (let i = from; i < to; i++) size *= shape[i];
  return size;
}

/** How many elements lie before an axis, along it and behind it: what kernels that go along an axis take. */
export const aroundAxis = (shape: Shape, axis: number) => ({
  outer: sizeBetween(shape, 0, axis),
  size: shape[axis],
  inner: sizeBetween(shape, axis + 1, shape.length),
});

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

/** How a tensor's elements lie in its own data. */
export const contiguous = (shape: Shape): { offset: number; strides: number[] } => ({
  offset: 0,
  strides: stridesOf(shape),
});

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Throws a ShapeError unless every size is a non-negative integer; returns a frozen-free copy. */
export function checkShape(op: string, shape: Shape): number[] {
  if (!Array.isArray(shape)) {
    throw new ShapeError(
      `${op}: a shape is an array of sizes, got ${String(shape)}. Pass for example [2, 3].`,
    );
  }
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 0) {
      throw new ShapeError(
        `${op}: sizes are non-negative integers, got ${formatShape(shape)}. Round or check the sizes.`,
      );
    }
  }
  return [...shape];
}

/** The axis as 0 … rank − 1; negative axes count from the end, as in NumPy. */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normal < 0 || normal >= rank) {
    const allowed = rank === 0 ? 'a scalar has no axes' : `axes run from ${-rank} to ${rank - 1}`;
    throw new AxisError(`${op}: ${allowed}, got ${axis}. Check the axis against the rank ${rank}.`);
  }
  return normal;
}

/** Sorted, distinct axes as 0 … rank − 1; `undefined` means all of them. */
export function normalizeAxes(
  op: string,
  axes: number | readonly number[] | null | undefined,
  rank: number,
): number[] {
  if (axes === undefined || axes === null) {
    const all: number[] = [];
    for (let axis = 0; axis < rank; axis++) all.push(axis);
    return all;
  }
  if (typeof axes === 'number') return [normalizeAxis(op, axes, rank)];
  const normal = axes.map((axis) => normalizeAxis(op, axis, rank)).sort((a, b) => a - b);
  for (let i = 1; i < normal.length; i++) {
    if (normal[i] === normal[i - 1]) {
      throw new AxisError(
        `${op}: every axis may be named once, got [${axes.join(', ')}]. Remove the repeated axis.`,
      );
    }
  }
  return normal;
}

/** The shape of all scalars: one object, since there are many of them. */
const SCALAR: number[] = [];
Object.freeze(SCALAR);

/** The shape that is left when `axes` (sorted, normalised) are reduced. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  const result: number[] = [];
  let next = 0;
  for (let i = 0; i < shape.length; i++) {
    if (axes[next] === i) {
      next++;
      if (keepDims) result.push(1);
    } else result.push(shape[i]);
  }
  return result.length === 0 ? SCALAR : result;
}

/** NumPy's broadcast of two shapes, aligned at the last axis; throws a ShapeError that names both. */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const p = i <= a.length ? a[a.length - i] : 1;
    const q = i <= b.length ? b[b.length - i] : 1;
    if (p !== q && p !== 1 && q !== 1) {
      throw new ShapeError(
        `${op}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast, ` +
          `sizes ${p} and ${q} meet at axis ${-i}. Reshape one, or insert an axis of size 1.`,
      );
    }
    result[rank - i] = p === 1 ? q : p;
  }
  return result;
}

/** Strides (in elements) that read a tensor of `shape` as if it had the broadcast shape `target`. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const strides = new Array<number>(target.length).fill(0);
  const lead = target.length - shape.length;
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[lead + i] = shape[i] === 1 ? 0 : stride;
    stride *= shape[i];
  }
  return strides;
}

/** The axes of `from` (a broadcast result) that must be summed to come back to `to`, and whether ranks differ. */
export function broadcastAxes(from: Shape, to: Shape): number[] {
  const lead = from.length - to.length;
  const axes: number[] = [];
  for (let i = 0; i < from.length; i++) {
    if (i < lead || (to[i - lead] === 1 && from[i] !== 1)) axes.push(i);
  }
  return axes;
}

/** Resolves one −1 in a target shape against the number of elements there are. */
export function resolveReshape(shape: Shape, target: Shape): number[] {
  const size = sizeOf(shape);
  if (!Array.isArray(target)) return checkShape('reshape', target);
  const unknown = target.indexOf(-1);
  if (target.indexOf(-1, unknown + 1) > unknown && unknown >= 0) {
    throw new ShapeError(
      `reshape: one size may be -1, got ${formatShape(target)}. Write out all sizes but one.`,
    );
  }
  const resolved = checkShape(
    'reshape',
    unknown < 0 ? target : target.map((n) => (n === -1 ? 1 : n)),
  );
  const known = sizeOf(resolved);
  if (unknown >= 0) {
    if (known === 0 || size % known !== 0) {
      throw new ShapeError(
        `reshape: ${formatShape(shape)} has ${size} elements, no size for -1 fits in ` +
          `${formatShape(target)}. Check the other sizes.`,
      );
    }
    resolved[unknown] = size / known;
  } else if (known !== size) {
    throw new ShapeError(
      `reshape: ${formatShape(shape)} has ${size} elements, ${formatShape(target)} has ${known}. ` +
        'The products of the sizes must be equal.',
    );
  }
  return resolved;
}

/** An integer within bounds, or an ArgumentError that names the option. */
export function checkInteger(op: string, name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new ArgumentError(
    `${op}: ${name} is an integer of at least ${least}, got ${String(value)}. Check ${name}.`,
  );
}
