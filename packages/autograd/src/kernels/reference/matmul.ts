// Matrix products, row by row, accumulated in double precision.

import type { TypedArray } from '../../tensor/dtype.js';
import type { MatmulProblem } from '../kernels.js';

/** row[j] += scale · b[j] for a row of b: the loop that the whole product is made of. */
function addScaledRow(
  row: Float64Array,
  scale: number,
  b: TypedArray,
  at: number,
  n: number,
): void {
  for (let j = 0; j < n; j++) row[j] += scale * b[at + j];
}

function addScaledIntegers(
  row: Float64Array,
  scale: number,
  b: TypedArray,
  at: number,
  n: number,
): void {
  for (let j = 0; j < n; j++) row[j] = (row[j] + Math.imul(scale, b[at + j])) | 0;
}

/** The rows and columns of a stored matrix exchanged. */
function transposed(x: TypedArray, at: number, rows: number, columns: number): TypedArray {
  const result = x.slice(at, at + rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j * rows + i] = x[at + i * columns + j];
  }
  return result;
}

export function matmul(problem: MatmulProblem): void {
  const { a, b, out, dtype, m, n, k, transposeA, transposeB, batch } = problem;
  const row = new Float64Array(n);
  const addRow = dtype === 'int32' ? addScaledIntegers : addScaledRow;
  for (let index = 0; index < batch.length; index++) {
    const [matrixOfA, matrixOfB] = batch[index];
    const startOfA = matrixOfA * m * k;
    const startOfB = transposeB ? 0 : matrixOfB * k * n;
    const rowsOfB = transposeB ? transposed(b, matrixOfB * k * n, n, k) : b;
    const [rowStep, columnStep] = transposeA ? [1, m] : [k, 1];
    for (let i = 0; i < m; i++) {
      row.fill(0);
      for (let p = 0; p < k; p++) {
        addRow(row, a[startOfA + i * rowStep + p * columnStep], rowsOfB, startOfB + p * n, n);
      }
      out.set(row, (index * m + i) * n);
    }
  }
}
