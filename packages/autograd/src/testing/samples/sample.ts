// What a sample is: an operation with inputs to check it on, and what to draw the inputs with.

import type { RetrogradError } from '../../errors.js';
import { rng } from '../../kernels/random.js';
import { arrayOfLength, type DType } from '../../tensor/dtype.js';
import type { Generator } from '../../tensor/random.js';
import { sizeOf } from '../../tensor/shape.js';
import { Tensor } from '../../tensor/tensor.js';

/** One use of an operation, away from kinks and ends of its domain. */
export interface OpSample {
  /** The operation, as it is exported. */
  readonly op: string;
  /** What this sample is about. */
  readonly name: string;
  /** The operation with its options, as a function of the tensors. */
  readonly fn: SampleFn;
  /** The tensors, made anew at each call: the same numbers every time. float64 ones are differentiated. */
  inputs(): Tensor[];
}

/** A use of an operation that is refused. */
export interface ErrorSample {
  readonly op: string;
  readonly name: string;
  run(): unknown;
  /** What is thrown. */
  readonly error: new (
    message: string,
  ) => RetrogradError;
  readonly message: RegExp;
}

/** A function of up to five tensors; its result is a tensor, or an array or object of tensors. */
export type SampleFn = (a: Tensor, b: Tensor, c: Tensor, d: Tensor, e: Tensor) => unknown;

type SampleRow = readonly [name: string, inputs: (draw: Draw) => Tensor[], fn: SampleFn];

type ErrorRow = readonly [
  name: string,
  run: () => unknown,
  error: ErrorSample['error'],
  message: RegExp,
];

/** The distance that inputs keep from kinks: the differences reach 2⁻⁵ beyond inputs of size up to 2. */
const CLEARANCE = 0.1;

/** Where the inputs of one sample come from. Everything is float64 unless it says otherwise. */
export class Draw {
  readonly #source: Generator;

  constructor(seed: number) {
    this.#source = rng(seed);
  }

  #make(shape: readonly number[], dtype: DType, next: (i: number) => number): Tensor {
    if (shape.length === 0) return new Tensor(next(0), shape, dtype, null, 0);
    const data = arrayOfLength(dtype, sizeOf(shape));
    for (let i = 0; i < data.length; i++) data[i] = next(i);
    return new Tensor(data, shape, dtype, null, 0);
  }

  /** Uniform in [low, high), by default in [−2, 2). */
  uniform(shape: readonly number[], low = -2, high = 2): Tensor {
    return this.#make(shape, 'float64', () => low + this.#source.next() * (high - low));
  }

  /** Uniform in [−2, 2), but nowhere near the kinks. */
  clear(shape: readonly number[], ...kinks: readonly number[]): Tensor {
    return this.#make(shape, 'float64', () => {
      for (;;) {
        const value = -2 + 4 * this.#source.next();
        if (kinks.every((kink) => Math.abs(value - kink) > CLEARANCE)) return value;
      }
    });
  }

  /** All elements at least 0.2 apart, in random order around 0. */
  distinct(shape: readonly number[]): Tensor {
    const count = sizeOf(shape);
    const order = this.#source.permutation(count).data();
    return this.#make(
      shape,
      'float64',
      (i) => 0.3 * (order[i] - count / 2) + 0.1 * this.#source.next(),
    );
  }

  /** Multiples of 1/8 in [−2, 2): exact in float32, and so are the steps of the differences around them. */
  eighths(shape: readonly number[]): Tensor {
    return this.#make(shape, 'float64', () => this.#source.integer(32) / 8 - 2);
  }

  /** Each element within 0.15 of one of the centres. */
  around(shape: readonly number[], ...centres: readonly number[]): Tensor {
    return this.#make(shape, 'float64', () => {
      const centre = centres[this.#source.integer(centres.length)];
      return centre + 0.3 * (this.#source.next() - 0.5);
    });
  }

  /** Whole numbers low … high − 1, int32. */
  integers(shape: readonly number[], low: number, high: number): Tensor {
    return this.#make(shape, 'int32', () => low + this.#source.integer(high - low));
  }

  /** Positions on an axis of this size, from its start or from its end: −size … size − 1, int32. */
  indices(shape: readonly number[], size: number): Tensor {
    return this.integers(shape, -size, size);
  }

  /** 0 or 1, bool. */
  mask(shape: readonly number[]): Tensor {
    return this.#make(shape, 'bool', () => this.#source.integer(2));
  }
}

/** A seed of its own for each sample, so that none changes when others are added (FNV-1a). */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) as number), 0x01000193);
  return hash >>> 0;
}

/** The samples of one operation. */
export function samplesOf(op: string, ...rows: readonly SampleRow[]): OpSample[] {
  return rows.map(([name, inputs, fn]) => ({
    op,
    name,
    fn,
    inputs: () => inputs(new Draw(seedOf(`${op}, ${name}`))),
  }));
}

/** The refusals of one operation. */
export function errorsOf(op: string, ...rows: readonly ErrorRow[]): ErrorSample[] {
  return rows.map(([name, run, error, message]) => ({ op, name, run, error, message }));
}

/** A float64 constant of this shape, for calls that are refused. */
export function constantOf(...shape: readonly number[]): Tensor {
  return new Draw(1).uniform(shape);
}

/** A list of positions, int32, for calls that are refused. */
export function indicesOf(...positions: readonly number[]): Tensor {
  return new Tensor(Int32Array.from(positions), [positions.length], 'int32', null, 0);
}
