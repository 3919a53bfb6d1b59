// The closed form's own matrices.
import { Matrix } from '@retrograd/nn/closed-form';
import { describe, expect, it } from 'vitest';
import {
  add,
  columnSums,
  diagonal,
  hadamard,
  multiply,
  plusColumn,
  plusRow,
  rowSums,
  transpose,
} from '../../src/closed-form/matrix.js';

const A = Matrix.of([
  [1, 2, 3],
  [4, 5, 6],
]);
const B = Matrix.of([
  [1, 0],
  [-1, 2],
  [3, 0.5],
]);

describe('Matrix', () => {
  it('reads rows, and gives them back', () => {
    expect(A.shape).toEqual([2, 3]);
    expect(A.at(1, 0)).toBe(4);
    expect([...A.row(1)]).toEqual([4, 5, 6]);
    expect(A.toArray()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(Matrix.of([]).shape).toEqual([0, 0]);
  });

  it('refuses rows of different lengths, and the wrong number of elements', () => {
    expect(() => Matrix.of([[1, 2], [3]])).toThrow(
      'Matrix.of: rows are equally long, got 2 and, in row 1, 1 elements. Pad or trim the rows.',
    );
    expect(() => new Matrix(2, 2, new Float64Array(3))).toThrow(
      'Matrix: [2, 2] holds 4 elements, got 3. Check the sizes.',
    );
  });

  it('hands out copies', () => {
    A.row(0)[0] = 99;
    expect(A.at(0, 0)).toBe(1);
  });

  it('prints its shape and aligned rows', () => {
    const small = Matrix.of([
      [1, -2.5],
      [1 / 3, 10],
    ]);
    expect(String(small)).toBe('Matrix [2, 2]\n[      1,    -2.5]\n[0.33333,      10]');
  });
});

describe('the products of matrices', () => {
  it('multiply, transpose and add as on paper', () => {
    expect(multiply(A, B).toArray()).toEqual([
      [8, 5.5],
      [17, 13],
    ]);
    expect(transpose(A).toArray()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect(add(A, A).toArray()).toEqual(A.map((x) => 2 * x).toArray());
    expect(hadamard(A, A).toArray()).toEqual(A.map((x) => x * x).toArray());
    expect(diagonal([2, 3]).toArray()).toEqual([
      [2, 0],
      [0, 3],
    ]);
  });

  it('add a bias to every column or every row, or none', () => {
    expect(plusColumn(A, [10, 20]).toArray()).toEqual([
      [11, 12, 13],
      [24, 25, 26],
    ]);
    expect(plusRow(A, [10, 20, 30]).toArray()).toEqual([
      [11, 22, 33],
      [14, 25, 36],
    ]);
    expect(plusColumn(A, null)).toBe(A);
    expect(plusRow(A, null)).toBe(A);
    expect([...rowSums(A)]).toEqual([6, 15]);
    expect([...columnSums(A)]).toEqual([5, 7, 9]);
  });

  it('refuse matrices that do not conform', () => {
    expect(() => multiply(A, A)).toThrow(
      'multiply: the matrices conform, got [2, 3] and [2, 3]. Transpose one',
    );
    expect(() => hadamard(A, B)).toThrow('hadamard: the matrices conform, got [2, 3] and [3, 2]');
    expect(() => add(A, B)).toThrow(RangeError);
  });

  it('have empty sums of 0', () => {
    const empty = multiply(new Matrix(2, 0), new Matrix(0, 3));
    expect(empty.toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });
});
