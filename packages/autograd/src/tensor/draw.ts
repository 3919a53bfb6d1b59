// What is drawn from a stream of random words: a distribution, and where in the stream a draw begins.

/** A distribution and the dtype that it is drawn in. */
export interface Draw {
  readonly distribution: 'uniform' | 'normal';
  readonly dtype: 'float32' | 'float64';
  /** low and high, or mean and standard deviation. */
  readonly parameters: readonly [number, number];
}

/** How many words of 32 bits an element is made of: 24 random bits for a uniform float32, 53 for all others. */
export function wordsPerElement({ distribution, dtype }: Omit<Draw, 'parameters'>): number {
  return distribution === 'uniform' && dtype === 'float32' ? 1 : 2;
}

/** Where a draw begins, as kernels read it: a record of so many float64. */
export const RECORD_LENGTH = 8;

/** What its numbers are; integers are signed and have 32 bits. */
export const RECORD = {
  key0: 0,
  key1: 1,
  /** The counter of the block of four words that the draw begins in, and how many of the four it leaves out. */
  blockLow: 2,
  blockHigh: 3,
  skipped: 4,
  /** low, or the mean. */
  origin: 5,
  /** high − low, or the standard deviation. */
  scale: 6,
  /** high. */
  limit: 7,
} as const;

/** A draw from a stream. */
export interface Stream {
  readonly draw: Draw;
  /** Writes down where the draw begins, and goes on behind it in the stream. */
  readonly reserve: (record: Float64Array) => void;
}

/** Fills an array from a stream; false, and nothing done, where that is left to plain JavaScript. */
export type VectorDraw = (out: Float32Array | Float64Array, stream: Stream) => boolean;
