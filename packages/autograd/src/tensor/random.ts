// Random tensors: explicit generators, seeded, splittable, the same bits on every machine.

import { ArgumentError } from '../errors.js';
import {
  BLOCK_WORDS,
  type Draw,
  RECORD_LENGTH,
  RECORD_PARAMETERS,
  type Stream,
  type VectorDraw,
  wordsPerElement,
} from './draw.js';
import { checkDType, coerce, type DType, isFloating, type TypedArray } from './dtype.js';
import { inverseNormal } from './normal.js';
import { philox } from './philox.js';
import { checkInteger, checkShape, sizeOf } from './shape.js';
import { allocate, type Storage } from './storage.js';
import { isSymbolic, tracing } from './symbolic.js';
import { Tensor } from './tensor.js';

export interface UniformOptions {
  low?: number;
  high?: number;
  dtype?: DType;
}

export interface NormalOptions {
  mean?: number;
  std?: number;
  dtype?: DType;
}

/** The third counter word: draws and splits never meet the same counter. */
const DRAWS = 0;
const SPLITS = 1;

/** How many values a word of 32 bits has. */
const WORDS = 0x100000000;

type Floats = Float32Array | Float64Array;

const highWord = (block: number): number => Math.floor(block / WORDS) | 0;

/** A place in a stream of random numbers. */
export interface GeneratorState {
  /** How many words of 32 bits were drawn, and how many generators were split off. */
  readonly position: number;
  readonly splits: number;
}

/**
 * A stream of random numbers: Philox4x32-10 under a 64-bit key, counting up. Two generators of one seed give
 * the same stream; `split` gives streams that are independent of each other and of what is drawn here.
 */
export class Generator {
  readonly #key0: number;
  readonly #key1: number;
  readonly #vectors: VectorDraw;
  /** How many words were drawn. */
  #position = 0;
  #splits = 0;
  /** The words of a block, and its number: what vectors draw passes by here. */
  readonly #words = new Int32Array(BLOCK_WORDS);
  #known = -1;
  readonly #record = new Float64Array(RECORD_LENGTH);
  readonly #place = new Int32Array(this.#record.buffer);

  /** @internal Use `rng(seed)`. */
  constructor(key0: number, key1: number, vectors: VectorDraw) {
    this.#key0 = key0;
    this.#key1 = key1;
    this.#vectors = vectors;
    this.#place.set([0, 0, key0, key1]);
  }

  /** 32 random bits, 0 … 2³² − 1. */
  bits(): number {
    tracing.hooks?.touch(this);
    const at = this.#position++;
    const block = Math.floor(at / BLOCK_WORDS);
    if (block !== this.#known) {
      philox(this.#words, block | 0, highWord(block), DRAWS, 0, this.#key0, this.#key1);
      this.#known = block;
    }
    return this.#words[at - BLOCK_WORDS * block] >>> 0;
  }

  /** A uniform number in [0, 1) with 53 random bits. */
  next(): number {
    const high = this.bits() >>> 5;
    const low = this.bits() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A whole number, uniform in 0 … limit − 1 (limit ≤ 2³²); without the bias of a plain remainder. */
  integer(limit: number): number {
    const bound = checkInteger('integer', 'limit', limit, 1);
    if (bound > WORDS) {
      throw new ArgumentError(
        `integer: limit is at most 2^32, got ${limit}. Use Math.floor(next() * limit) for larger ones.`,
      );
    }
    let bits = this.bits();
    // What is left over at the end would come too often; where the end is far, the remainder need not be known.
    while (bits >= WORDS - bound && bits >= WORDS - (WORDS % bound)) bits = this.bits();
    return bits % bound;
  }

  /**
   * Uniform in [low, high), 24 random bits in float32, 53 in float64.
   * @throws ArgumentError if low and high are not finite, or low is above high.
   */
  uniform<const S extends number[]>(
    shape: readonly [...S],
    options: UniformOptions = {},
  ): Tensor<S> {
    const { low = 0, high = 1, dtype = 'float32' } = options;
    if (!(low <= high && Number.isFinite(high - low))) {
      throw new ArgumentError(
        `uniform: low and high are finite and in this order, got ${low} and ${high}. Swap them.`,
      );
    }
    const unit = dtype === 'float64' ? () => this.next() : () => (this.bits() >>> 8) / 16777216;
    // What rounding has lifted to `high` begins again at `low`: every element costs equally many draws.
    return this.#fill('uniform', shape, dtype, [low, high - low, high], () => {
      const value = coerce(low + unit() * (high - low), dtype);
      return value < high ? value : low;
    });
  }

  /** Normal with `mean` and `std`, by inversion of the distribution function. */
  normal<const S extends number[]>(shape: readonly [...S], options: NormalOptions = {}): Tensor<S> {
    const { mean = 0, std = 1, dtype = 'float32' } = options;
    if (!(std >= 0)) {
      throw new ArgumentError(
        `normal: std is not negative, got ${std}. Pass the standard deviation.`,
      );
    }
    // Half a step off the grid of 2⁻⁵³ keeps clear of 0 and 1, where the inverse is infinite.
    const open = () => this.next() + 2 ** -54;
    return this.#fill(
      'normal',
      shape,
      dtype,
      [mean, std],
      () => mean + std * inverseNormal(Math.min(open(), 1 - 2 ** -53)),
    );
  }

  /** The numbers 0 … n − 1 in random order, int32 [n]. */
  permutation<const N extends number>(n: N): Tensor<[N]> {
    checkInteger('permutation', 'n', n, 0);
    const shuffle = (order: TypedArray): void => {
      for (let i = 0; i < n; i++) order[i] = i;
      for (let i = n - 1; i > 0; i--) {
        const j = this.integer(i + 1);
        const swapped = order[i];
        order[i] = order[j];
        order[j] = swapped;
      }
    };
    return new Tensor<[N]>(this.#drawn('int32', n, shuffle, null), [n], 'int32', null, 0);
  }

  /** `n` new generators, independent of this one's draws and of each other. */
  split(n = 2): Generator[] {
    checkInteger('split', 'n', n, 0);
    tracing.hooks?.touch(this);
    return Array.from({ length: n }, () => {
      const words = new Int32Array(4);
      philox(words, this.#splits++, 0, SPLITS, 0, this.#key0, this.#key1);
      return new Generator(words[0], words[1], this.#vectors);
    });
  }

  /** Elements filled now, or in every run of the program that is being traced. */
  #drawn(
    dtype: DType,
    length: number,
    fill: (out: TypedArray) => void,
    stream: Stream | null,
  ): Storage {
    if (tracing.hooks !== null) {
      tracing.hooks.touch(this);
      return tracing.hooks.draw(dtype, length, fill, stream);
    }
    const array = allocate(dtype, length, true);
    if (stream === null || !this.#vectors(array as Floats, stream)) fill(array);
    return array;
  }

  /** Its place in the stream, for `restore`. */
  snapshot(): GeneratorState {
    return { position: this.#position, splits: this.#splits };
  }

  /** Goes on from a place in the stream of the same seed. */
  restore({ position, splits }: GeneratorState): void {
    this.#position = position;
    this.#splits = splits;
  }

  #fill<S extends number[]>(
    op: 'uniform' | 'normal',
    shape: readonly [...S],
    asked: DType,
    parameters: readonly number[],
    next: () => number,
  ): Tensor<S> {
    const sizes = checkShape(op, shape) as S;
    const dtype = checkDType(op, asked);
    if (!isFloating(dtype)) {
      throw new ArgumentError(
        `${op}: draws are float32 or float64, got ${dtype}. Cast the result.`,
      );
    }
    const [low, , high] = parameters;
    // 24 bits are exact in float32 as they are.
    const isUnit = dtype === 'float32' && low === 0 && high === 1;
    const distribution = op === 'normal' ? op : isUnit ? 'unit' : 'range';
    const draw: Draw = { distribution, dtype, parameters };
    const length = sizeOf(sizes);
    const words = length * wordsPerElement(draw);
    const reserve = (record: Float64Array): void => {
      const at = this.#position;
      this.#position = at + words;
      this.#place[0] = at;
      this.#place[1] = at / WORDS;
      this.#record.set(parameters, RECORD_PARAMETERS);
      record.set(this.#record);
    };
    const fill = (out: TypedArray): void => {
      for (let i = 0; i < out.length; i++) out[i] = next();
    };
    const elements = this.#drawn(dtype, length, fill, { draw, reserve });
    const isNumber = sizes.length === 0 && !isSymbolic(elements);
    return new Tensor<S>(isNumber ? (elements as TypedArray)[0] : elements, sizes, dtype, null, 0);
  }
}
