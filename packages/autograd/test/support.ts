// What the tests of tensors, tape and transforms share: closeness, shorthands for float64, errors as a table.
import { expect } from 'vitest';
import {
  type NestedArray,
  Operand,
  type RetrogradError,
  type Tensor,
  tensor,
} from '../src/index.js';

/** A float64 constant. */
export function f64<const V extends NestedArray>(values: V) {
  return tensor(values, { dtype: 'float64' });
}

/** A float64 leaf that collects its gradient. */
export function leaf<const V extends NestedArray>(values: V) {
  return tensor(values, { dtype: 'float64', requiresGrad: true });
}

function numbersOf(value: unknown): number[] {
  if (value instanceof Operand) return Array.from(value.read().data());
  if (typeof value === 'number') return [value];
  return (value as unknown[]).flatMap(numbersOf);
}

function shapeOf(value: unknown): number[] {
  if (value instanceof Operand) return [...value.shape];
  return Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : [];
}

/** Equal in shape, and every element within `tolerance` of the largest expected one. NaN equals NaN. */
export function expectClose(got: Operand | null, wanted: unknown, tolerance = 1e-12): void {
  expect(got).not.toBeNull();
  expect(shapeOf(got)).toEqual(shapeOf(wanted));
  const a = numbersOf(got);
  const b = numbersOf(wanted);
  const scale = Math.max(...b.filter(Number.isFinite).map(Math.abs), Number.MIN_VALUE);
  const wrong = b.findIndex(
    (v, i) => !Object.is(a[i], v) && a[i] !== v && !(Math.abs(a[i] - v) <= tolerance * scale),
  );
  expect(wrong, `element ${wrong} is ${a[wrong]}, expected ${b[wrong]}`).toBe(-1);
}

export type ErrorClass = abstract new (message: string) => RetrogradError;

/** What `fn` throws, which must be exactly of that class, with a message in the house's three parts. */
export function expectError(fn: () => unknown, kind: ErrorClass, ...parts: RegExp[]): void {
  let thrown: unknown;
  try {
    fn();
  } catch (error) {
    thrown = error;
  }
  expect(thrown, 'nothing was thrown').toBeInstanceOf(Error);
  const { name, message } = thrown as Error;
  expect(name).toBe(kind.name);
  expect(message).toMatch(/^[\w. -]+: .+, (got|sizes) .+\. .+\.$/s);
  for (const part of parts) expect(message).toMatch(part);
}

/** A deterministic tensor of float64 values in −1 … 1, for formulas that want no special numbers. */
export function wave(shape: readonly number[], phase = 0): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  const values = Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + 0.3 + phase));
  return tensor(values, { dtype: 'float64' }).reshape([...shape]);
}
