// What is made of the measurements: medians, whether the losses agree, ratios.

/** What was measured of one contender on one task. */
export interface Row {
  readonly config: string;
  readonly lib: string;
  readonly variant: string;
  readonly medianMicroseconds: number;
  /** After the steps that everybody takes from the same weights; of other tasks, a checksum of the result. */
  readonly loss: number;
}

/** The row of a process in which nothing is computed. */
export const BARE = 'process start';

/** How far apart losses may be, relative to the first one. */
export const LOSS_TOLERANCE = 1e-3;

/** The middle of the numbers, or the mean of the two in the middle; NaN for none. */
export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) return Number.NaN;
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Rows whose loss isn't that of the first row of their task; a loss that is no number agrees with none. */
export function disagreements(rows: readonly Row[], tolerance = LOSS_TOLERANCE): Row[] {
  const reference = new Map<string, number>();
  return rows.filter(({ config, loss }) => {
    if (!reference.has(config)) reference.set(config, loss);
    const expected = reference.get(config) as number;
    return !(Math.abs(loss - expected) <= tolerance * Math.abs(expected));
  });
}

/** A peer's column: the best of its variants, against ours on the same kind of matrix product. */
export interface Comparison {
  readonly title: string;
  readonly lib: string;
  readonly matches: (variant: string) => boolean;
  /** What ours computed matrix products with. */
  readonly against: 'blas' | 'wasm';
}

/** The fastest of a library's variants on a task; null if none was measured. */
export function best(
  rows: readonly Row[],
  config: string,
  lib: string,
  matches: (variant: string) => boolean,
): Row | null {
  let fastest: Row | null = null;
  for (const row of rows) {
    if (row.config !== config || row.lib !== lib || !matches(row.variant)) continue;
    if (fastest === null || row.medianMicroseconds < fastest.medianMicroseconds) fastest = row;
  }
  return fastest;
}

/** Peer time ÷ ours: above 1, ours is faster. Null if either is missing. */
export function ratio(
  rows: readonly Row[],
  config: string,
  { lib, matches, against }: Comparison,
  mode: 'compiled' | 'eager',
): number | null {
  const theirs = best(rows, config, lib, matches);
  const ours = best(rows, config, 'retrograd', (variant) => variant === `${mode} ${against}`);
  if (theirs === null || ours === null) return null;
  return theirs.medianMicroseconds / ours.medianMicroseconds;
}

/** Of each variant that did both, how much of a step's time the `part` of it takes alone. */
export function shares(
  rows: readonly Row[],
  step: string,
  part: string,
): { readonly row: Row; readonly share: number }[] {
  return rows.flatMap((row) => {
    if (row.config !== step) return [];
    const alone = best(rows, part, row.lib, (variant) => variant === row.variant);
    if (alone === null) return [];
    return [{ row, share: alone.medianMicroseconds / row.medianMicroseconds }];
  });
}
