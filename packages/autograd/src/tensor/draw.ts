// What is drawn from a stream of random words: a distribution, and where in the stream a draw begins.

/** What is drawn: float32 in [0, 1), other uniform numbers, or normal ones. */
export interface DrawKind {
  readonly distribution: 'unit' | 'range' | 'normal';
  readonly dtype: 'float32' | 'float64';
}

export interface Draw extends DrawKind {
  /** low, high − low and high; or the mean and the standard deviation. */
  readonly parameters: readonly number[];
}

/** Words of 32 bits that come in one block. */
export const BLOCK_WORDS = 4;

/** How many words of 32 bits an element is made of: 24 random bits for a uniform float32, 53 for all others. */
export function wordsPerElement({ distribution, dtype }: DrawKind): number {
  return distribution !== 'normal' && dtype === 'float32' ? 1 : 2;
}

/**
 * Where a draw begins, as kernels read it: four words of 32 bits, which say how many words were drawn before (the low one first)
 * and are the key; behind them three float64, the parameters. Its length is that of an array of float64.
 */
export const RECORD_LENGTH = 5;
export const RECORD_PARAMETERS = 2;

/** A draw from a stream. */
export interface Stream {
  readonly draw: Draw;
  /** Writes down where the draw begins, and goes on behind it in the stream. */
  readonly reserve: (record: Float64Array) => void;
}

/** Fills an array from a stream; false, and nothing done, where that is left to plain JavaScript. */
export type VectorDraw = (out: Float32Array | Float64Array, stream: Stream) => boolean;
