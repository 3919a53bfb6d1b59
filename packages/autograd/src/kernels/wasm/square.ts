// Squares of elements, a vector each row: what transpositions are made of.

import { i8x16, type Local, local } from './assembler/index.js';
import { bytesOfElements } from './vector.js';

type Vector = Local<'v128'>;

/** into = the elements (4 or 8 bytes) of x and y with these numbers; those of y come after those of x. */
function pick(
  into: Vector,
  bytes: number,
  elements: readonly number[],
  x: Vector,
  y: Vector,
): void {
  local.get(x);
  local.get(y);
  i8x16.shuffle(bytesOfElements(bytes, elements));
  local.set(into);
}

/** Exchanges the rows and columns of a square of vectors, with as many others to work in. */
export function transposeSquare(square: readonly Vector[], spare: readonly Vector[]): void {
  if (square.length === 2) {
    pick(spare[0], 8, [0, 2], square[0], square[1]);
    pick(spare[1], 8, [1, 3], square[0], square[1]);
    for (let i = 0; i < 2; i++) local.set(square[i], spare[i]);
    return;
  }
  for (const half of [0, 2]) {
    pick(spare[half], 4, [0, 4, 1, 5], square[half], square[half + 1]);
    pick(spare[half + 1], 4, [2, 6, 3, 7], square[half], square[half + 1]);
  }
  for (const half of [0, 1]) {
    pick(square[2 * half], 8, [0, 2], spare[half], spare[half + 2]);
    pick(square[2 * half + 1], 8, [1, 3], spare[half], spare[half + 2]);
  }
}
