// Triangles and diagonals of matrices.

import { ShapeError } from '../errors.js';
import type { Operand } from '../tensor/operand.js';
import { formatShape } from '../tensor/shape.js';
import { allocate } from '../tensor/storage.js';
import { Tensor } from '../tensor/tensor.js';
import { reshapeOp } from './broadcast.js';
import { toTensor } from './convert.js';
import { where } from './logic.js';
import type { DiagFn, UnaryFn } from './signatures.js';
import { placeOp, sliceOp } from './slice.js';

function triangle(op: string, x: Operand, keeps: (above: number) => boolean): Tensor {
  const value = toTensor(op, x);
  if (value.rank < 2) {
    throw new ShapeError(
      `${op}: takes matrices or batches of them, got shape ${formatShape(value.shape)}. Reshape it.`,
    );
  }
  const [rows, columns] = value.shape.slice(-2);
  const mask = allocate('bool', rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) mask[i * columns + j] = keeps(j - i) ? 1 : 0;
  }
  return where(new Tensor(mask, [rows, columns], 'bool', null, 0), value, 0);
}

/** The elements on and below diagonal k (0 the main one, above it positive), 0 elsewhere. Batches allowed. */
export const tril = ((x: Operand, k = 0): Tensor =>
  triangle('tril', x, (above) => above <= k)) as UnaryFn<[k?: number]>;

/** The elements on and above diagonal k (0 the main one, above it positive), 0 elsewhere. Batches allowed. */
export const triu = ((x: Operand, k = 0): Tensor =>
  triangle('triu', x, (above) => above >= k)) as UnaryFn<[k?: number]>;

/** A vector becomes a square matrix with it on diagonal k; of a matrix, diagonal k is taken out. */
export const diag = ((x: Operand, k = 0): Tensor => {
  const value = toTensor('diag', x);
  const down = Math.max(0, -k);
  const right = Math.max(0, k);
  if (value.rank === 1) {
    const n = value.size + Math.abs(k);
    const flat = placeOp(value, {
      starts: [down * n + right],
      steps: [n + 1],
      shape: [n * n],
      fill: 0,
    });
    return reshapeOp(flat, { shape: [n, n] });
  }
  if (value.rank !== 2) {
    throw new ShapeError(
      `diag: takes a vector or a matrix, got shape ${formatShape(value.shape)}. Reshape it.`,
    );
  }
  const [rows, columns] = value.shape;
  const count = Math.max(0, Math.min(rows - down, columns - right));
  const flat = reshapeOp(value, { shape: [rows * columns] });
  return sliceOp(flat, {
    starts: [count === 0 ? 0 : down * columns + right],
    steps: [columns + 1],
    shape: [count],
  });
}) as DiagFn;
