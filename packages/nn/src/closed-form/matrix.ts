// The closed form's own matrices: double precision, row by row, and the few products that the recursion needs.

/** A matrix of double-precision numbers. Nothing of the tape's tensors is in it. */
export class Matrix {
  readonly rows: number;
  readonly columns: number;
  /** The elements, row by row. */
  readonly data: Float64Array;

  constructor(
    rows: number,
    columns: number,
    data: Float64Array = new Float64Array(rows * columns),
  ) {
    if (data.length !== rows * columns) {
      throw new RangeError(
        `Matrix: [${rows}, ${columns}] holds ${rows * columns} elements, got ${data.length}. Check the sizes.`,
      );
    }
    this.rows = rows;
    this.columns = columns;
    this.data = data;
  }

  /** The matrix whose element (i, j) is `at(i, j)`. */
  static build(rows: number, columns: number, at: (i: number, j: number) => number): Matrix {
    const result = new Matrix(rows, columns);
    for (let i = 0, k = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++, k++) result.data[k] = at(i, j);
    }
    return result;
  }

  /** The matrix with these rows, which are equally long. */
  static of(rows: readonly ArrayLike<number>[]): Matrix {
    const columns = rows[0]?.length ?? 0;
    const ragged = rows.findIndex((row) => row.length !== columns);
    if (ragged >= 0) {
      throw new RangeError(
        `Matrix.of: rows are equally long, got ${columns} and, in row ${ragged}, ${rows[ragged].length} elements. ` +
          'Pad or trim the rows.',
      );
    }
    return Matrix.build(rows.length, columns, (i, j) => rows[i][j]);
  }

  get shape(): [rows: number, columns: number] {
    return [this.rows, this.columns];
  }

  at(i: number, j: number): number {
    return this.data[i * this.columns + j];
  }

  /** A copy of row i. */
  row(i: number): Float64Array {
    return this.data.slice(i * this.columns, (i + 1) * this.columns);
  }

  map(f: (x: number) => number): Matrix {
    return new Matrix(this.rows, this.columns, this.data.map(f));
  }

  toArray(): number[][] {
    return Array.from({ length: this.rows }, (_, i) => [...this.row(i)]);
  }

  toString(): string {
    const cells = this.toArray().map((row) => row.map((x) => String(Number(x.toPrecision(5)))));
    const width = cells.flat().reduce((widest, cell) => Math.max(widest, cell.length), 0);
    const lines = cells.map((row) => `[${row.map((cell) => cell.padStart(width)).join(', ')}]`);
    return `Matrix [${this.rows}, ${this.columns}]\n${lines.join('\n')}`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

function conform(op: string, fits: boolean, A: Matrix, B: Matrix): void {
  if (fits) return;
  throw new RangeError(
    `${op}: the matrices conform, got [${A.shape.join(', ')}] and [${B.shape.join(', ')}]. ` +
      'Transpose one, or check which side holds the samples.',
  );
}

/** (AB)ᵢⱼ = Σₖ aᵢₖ bₖⱼ */
export function multiply(A: Matrix, B: Matrix): Matrix {
  conform('multiply', A.columns === B.rows, A, B);
  const C = new Matrix(A.rows, B.columns);
  for (let i = 0; i < A.rows; i++) {
    for (let k = 0; k < A.columns; k++) {
      const a = A.data[i * A.columns + k];
      for (let j = 0; j < B.columns; j++) {
        C.data[i * B.columns + j] += a * B.data[k * B.columns + j];
      }
    }
  }
  return C;
}

/** Aᵀ */
export function transpose(A: Matrix): Matrix {
  return Matrix.build(A.columns, A.rows, (i, j) => A.at(j, i));
}

function pairwise(op: string, A: Matrix, B: Matrix, f: (a: number, b: number) => number): Matrix {
  conform(op, A.rows === B.rows && A.columns === B.columns, A, B);
  return new Matrix(
    A.rows,
    A.columns,
    A.data.map((a, k) => f(a, B.data[k])),
  );
}

/** A ⊙ B, element by element. */
export function hadamard(A: Matrix, B: Matrix): Matrix {
  return pairwise('hadamard', A, B, (a, b) => a * b);
}

/** A + B */
export function add(A: Matrix, B: Matrix): Matrix {
  return pairwise('add', A, B, (a, b) => a + b);
}

/** diag(d) */
export function diagonal(d: ArrayLike<number>): Matrix {
  return Matrix.build(d.length, d.length, (i, j) => (i === j ? d[i] : 0));
}

/** A + b1ᵀ: the column b added to every column; nothing where there is no b. */
export function plusColumn(A: Matrix, b: ArrayLike<number> | null): Matrix {
  return b === null ? A : Matrix.build(A.rows, A.columns, (i, j) => A.at(i, j) + b[i]);
}

/** A + 1bᵀ: the row bᵀ added to every row; nothing where there is no b. */
export function plusRow(A: Matrix, b: ArrayLike<number> | null): Matrix {
  return b === null ? A : Matrix.build(A.rows, A.columns, (i, j) => A.at(i, j) + b[j]);
}

/** A1: what each row sums to. */
export function rowSums(A: Matrix): Float64Array {
  const sums = new Float64Array(A.rows);
  for (let i = 0; i < A.rows; i++) for (let j = 0; j < A.columns; j++) sums[i] += A.at(i, j);
  return sums;
}

/** 1ᵀA: what each column sums to. */
export function columnSums(A: Matrix): Float64Array {
  const sums = new Float64Array(A.columns);
  for (let i = 0; i < A.rows; i++) for (let j = 0; j < A.columns; j++) sums[j] += A.at(i, j);
  return sums;
}
