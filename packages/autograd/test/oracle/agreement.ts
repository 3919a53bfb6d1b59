// What the oracle tests share: reading a figure, and saying where one of our tensors differs from it.
import { type Tensor, tensor } from '@retrograd/autograd';

/** A tensor as the Python scripts write it; no dtype means float64, `any` that only the values count. */
export interface Figure {
  readonly shape: number[];
  readonly data: readonly (number | string | boolean)[];
  readonly dtype?: 'float64' | 'float32' | 'int32' | 'bool' | 'any';
}

export interface Agreement {
  /** The largest max|a − b| / max|b| that passes, over the elements where both are finite. */
  readonly tolerance?: number;
  /** Every element by itself: |a − b| ≤ tolerance · |b|. */
  readonly each?: boolean;
}

/** Pointwise functions are within 4 ulp and the sums here are short: 1e-12 is ten thousand ulp. */
export const TOLERANCE = 1e-12;

/** JSON has no NaN and no infinities: the scripts write them as words. */
export function numberOf(value: number | string | boolean): number {
  return Number(value);
}

/** The figure as one of our tensors. */
export function tensorOf({ shape, data, dtype = 'float64' }: Figure): Tensor {
  if (dtype === 'any') throw new Error('a figure of any dtype is only an output');
  return tensor(data.map(numberOf), { dtype }).reshape(shape);
}

/** Says how `got` differs from the figure, in a sentence; null if it doesn't. */
export function disagreement(got: Tensor, figure: Figure, how: Agreement = {}): string | null {
  const dtype = figure.dtype ?? 'float64';
  if (dtype !== 'any' && got.dtype !== dtype) return `dtype ${got.dtype} instead of ${dtype}`;
  if (JSON.stringify(got.shape) !== JSON.stringify(figure.shape)) {
    return `shape [${got.shape}] instead of [${figure.shape}]`;
  }
  return numbersDisagree(Array.from(got.data()), figure.data.map(numberOf), how);
}

/** The same for two rows of numbers. NaN agrees with NaN, an infinity with itself. */
export function numbersDisagree(
  got: readonly number[],
  figures: readonly number[],
  { tolerance = TOLERANCE, each = false }: Agreement = {},
): string | null {
  if (got.length !== figures.length) return `${got.length} elements instead of ${figures.length}`;
  const largest = figures.filter(Number.isFinite).reduce((m, b) => Math.max(m, Math.abs(b)), 0);
  for (const [i, b] of figures.entries()) {
    const a = got[i];
    if (Object.is(a, b) || a === b) continue;
    const scale = each ? Math.abs(b) : largest;
    if (Number.isFinite(b) && Math.abs(a - b) <= tolerance * scale) continue;
    const relative = (Math.abs(a - b) / scale).toExponential(1);
    return `element ${i} is ${a} instead of ${b} (relative difference ${relative})`;
  }
  return null;
}
