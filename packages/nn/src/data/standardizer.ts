// Data: numbers brought to mean 0 and standard deviation 1, by figures of the training part alone.

/** The mean and the standard deviation of a column; `std` is 0 where all its numbers are equal. */
export class Standardizer {
  readonly mean: number;
  readonly std: number;

  constructor(mean: number, std: number) {
    this.mean = mean;
    this.std = std;
  }

  /**
   * Measures a column: mean = (1/n) Σx and std = √((1/n) Σ(x − mean)²), computed relative to the largest |x|, so that
   * no square overflows. A column without numbers has mean 0 and std 0.
   */
  static of(values: ArrayLike<number>): Standardizer {
    const column = Array.from(values);
    const largest = column.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    if (column.every((x) => x === column[0])) return new Standardizer(column[0] ?? 0, 0);
    const average = (f: (x: number) => number) =>
      column.reduce((sum, x) => sum + f(x / largest), 0) / column.length;
    const rough = average((u) => u);
    const mean = rough + average((u) => u - rough);
    return new Standardizer(mean * largest, Math.sqrt(average((u) => (u - mean) ** 2)) * largest);
  }

  /** (x − mean) / std; 0 in a constant column, which has nothing to tell. */
  apply(x: number): number {
    return this.std === 0 ? 0 : (x - this.mean) / this.std;
  }

  /** What was standardised: z · std + mean. */
  undo(z: number): number {
    return z * this.std + this.mean;
  }
}
