// What the tests of the reference kernels share: index arithmetic written out, and random arrays.
import fc from 'fast-check';
import type { Shape } from '../../../src/tensor/shape.js';

/** Every index of a shape, in row-major order. */
export function* indicesOf(shape: Shape): Generator<number[]> {
  if (shape.length === 0) {
    yield [];
    return;
  }
  const [first, ...rest] = shape;
  for (let i = 0; i < first; i++) for (const tail of indicesOf(rest)) yield [i, ...tail];
}

export const productOf = (shape: Shape) => shape.reduce((size, n) => size * n, 1);

/** The blocks outer × count × inner that axis kernels work on, empty ones included. */
export const blocks = fc.record({
  outer: fc.nat({ max: 3 }),
  count: fc.nat({ max: 7 }),
  inner: fc.nat({ max: 3 }),
});

export interface Block {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

export const sizeOfBlock = ({ outer, count, inner }: Block) => outer * count * inner;

/** Small whole numbers with NaN, ±∞ and −0 among them. */
export const special = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -4, max: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, -0) },
);

/** A float64 array of a length, of what `element` gives. */
export function arrayOf(element: fc.Arbitrary<number>, length: number): fc.Arbitrary<Float64Array> {
  return fc
    .array(element, { minLength: length, maxLength: length })
    .map((values) => Float64Array.from(values));
}

/** A block, and an array that fills it. */
export const filledBlocks = (element: fc.Arbitrary<number> = special) =>
  blocks.chain((block) => arrayOf(element, sizeOfBlock(block)).map((x) => ({ block, x })));

/** The elements along the axis at (i, j): x[i, ·, j]. */
export function lineOf(
  x: ArrayLike<number>,
  { count, inner }: Block,
  i: number,
  j: number,
): number[] {
  return Array.from({ length: count }, (_, k) => x[(i * count + k) * inner + j]);
}
