// How far apart two rows of numbers are, and a table to say so.

/** The largest difference of two rows of numbers a and b. */
export interface Difference {
  /** max|a − b| */
  readonly absolute: number;
  /** max|a − b| / max|b|; 0 where both are 0 throughout. */
  readonly relative: number;
  /** Where it is; −1 if there are no elements. */
  readonly at: number;
}

/**
 * Where equal, infinities too, the difference is 0; a NaN on either side agrees with nothing. The relative difference
 * is measured by the largest finite |b|.
 */
export function differenceOf(a: ArrayLike<number>, b: ArrayLike<number>): Difference {
  let [absolute, at, scale] = [0, a.length > 0 ? 0 : -1, 0];
  for (let i = 0; i < a.length; i++) {
    if (Number.isFinite(b[i])) scale = Math.max(scale, Math.abs(b[i]));
    if (a[i] === b[i] || Number.isNaN(absolute)) continue;
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= absolute)) [absolute, at] = [difference, i];
  }
  return { absolute, relative: absolute === 0 ? 0 : absolute / scale, at };
}

/** The larger of two differences, relatively; NaN is larger than anything. */
export function larger<D extends { readonly relative: number }>(a: D, b: D): D {
  return Number.isNaN(a.relative) || a.relative >= b.relative ? a : b;
}

export function within(relative: number, tolerance: number): boolean {
  return relative <= tolerance;
}

/** A difference as it stands in a table: `4.4e-16`, and `0` for none. */
export function formatDifference(x: number): string {
  return x === 0 || !Number.isFinite(x) ? String(x) : x.toExponential(1);
}

/** Lines whose columns stand below each other. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column].length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
