// How weights begin: initialisers, and the generator of layers that are given none.

import {
  ArgumentError,
  DTypeError,
  full,
  type Generator,
  rng as generatorOf,
  type Shape,
  type Tensor,
  tensor,
} from '@retrograd/autograd';

/** The dtypes that parameters can have. */
export type FloatDType = 'float32' | 'float64';

/** Makes the first value of a parameter. Weights are [units, features]: fan out, fan in. */
export type Initializer = (shape: Shape, rng: Generator, dtype: FloatDType) => Tensor;

/**
 * Fan in and fan out of a weight: its second and first size (times the rest, the field of a kernel); a vector counts as
 * the weights of one unit.
 */
export function fansOf(shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: 1 };
  const field = shape.slice(2).reduce((product, size) => product * size, 1);
  return { fanIn: shape[1] * field, fanOut: shape[0] * field };
}

function uniformOf(variance: number): Initializer {
  const high = Math.sqrt(3 * variance);
  return (shape, rng, dtype) => rng.uniform([...shape], { low: -high, high, dtype });
}

function normalOf(variance: number): Initializer {
  return (shape, rng, dtype) => rng.normal([...shape], { std: Math.sqrt(variance), dtype });
}

/** 2 / (fan in + fan out): keeps the variance of signals and of gradients about equal, on average of the two. */
function xavierVariance(shape: Shape): number {
  const { fanIn, fanOut } = fansOf(shape);
  return 2 / (fanIn + fanOut);
}

/** 2 / fan in: as relu drops half of the signal, twice as much goes in. */
function heVariance(shape: Shape): number {
  return 2 / fansOf(shape).fanIn;
}

/** Uniform in ±√(6 / (fan in + fan out)). X. Glorot, Y. Bengio, 2010. */
export const xavierUniform: Initializer = (shape, rng, dtype) =>
  uniformOf(xavierVariance(shape))(shape, rng, dtype);

/** Normal with variance 2 / (fan in + fan out). X. Glorot, Y. Bengio, 2010. */
export const xavierNormal: Initializer = (shape, rng, dtype) =>
  normalOf(xavierVariance(shape))(shape, rng, dtype);

/** Uniform in ±√(6 / fan in). K. He et al., 2015. */
export const heUniform: Initializer = (shape, rng, dtype) =>
  uniformOf(heVariance(shape))(shape, rng, dtype);

/** Normal with variance 2 / fan in. K. He et al., 2015. */
export const heNormal: Initializer = (shape, rng, dtype) =>
  normalOf(heVariance(shape))(shape, rng, dtype);

/**
 * Rows (or, where there are more rows than columns, columns) of length 1 at right angles to each other, drawn evenly from all
 * such matrices; sizes behind the first count as columns. It keeps the length of what passes through, which recurrent weights
 * do again and again. A. M. Saxe et al., 2014; the drawing as in F. Mezzadri, 2007.
 */
export const orthogonal: Initializer = (shape, rng, dtype) => {
  const rows = shape[0] ?? 1;
  const columns = shape.slice(1).reduce((product, size) => product * size, 1);
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  const basis = orthonormalised(
    rng.normal([count, length], { dtype: 'float64' }).data() as Float64Array,
    count,
    length,
  );
  const vectors = tensor(basis).reshape([count, length]);
  const matrix: Tensor = rows > columns ? vectors.transpose() : vectors;
  return matrix.reshape([...shape]).cast(dtype);
};

/** Gram–Schmidt, row by row, each of them twice: then rounding leaves nothing of the others. */
function orthonormalised(vectors: Float64Array, count: number, length: number): Float64Array {
  for (let i = 0; i < count; i++) {
    const own = i * length;
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = j * length;
        const share = dot(vectors, own, other, length);
        for (let k = 0; k < length; k++) vectors[own + k] -= share * vectors[other + k];
      }
    }
    const norm = Math.sqrt(dot(vectors, own, own, length));
    for (let k = 0; k < length; k++) vectors[own + k] /= norm;
  }
  return vectors;
}

/** Σ x[a + k] x[b + k] in four sums, so that no addition waits for the one before. */
function dot(x: Float64Array, a: number, b: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += x[a + k] * x[b + k];
    s1 += x[a + k + 1] * x[b + k + 1];
    s2 += x[a + k + 2] * x[b + k + 2];
    s3 += x[a + k + 3] * x[b + k + 3];
  }
  for (; k < length; k++) s0 += x[a + k] * x[b + k];
  return s0 + s1 + (s2 + s3);
}

/** The same number everywhere. */
export function constantInit(value: number): Initializer {
  return (shape, _rng, dtype) => full([...shape], value, { dtype });
}

/** Zeros, as biases begin. Weights of zeros never come apart: all units of a layer would stay equal. */
export const zerosInit: Initializer = constantInit(0);

/** By how much `heUniform` is wider than `xavierUniform`: √((fan in + fan out) / fan in). */
export function heOverXavier(shape: Shape): number {
  return Math.sqrt(heVariance(shape) / xavierVariance(shape));
}

let shared: Generator | null = null;

/**
 * The generator of all layers that are made without one: seeded 0 when the first of them is made, and drawn from in the
 * order of construction. So a program that makes the same layers in the same order gets the same weights, every run.
 */
export function sharedGenerator(): Generator {
  shared ??= generatorOf(0);
  return shared;
}

/** @throws DTypeError unless it is a dtype that parameters can have. */
export function checkFloatDType(op: string, dtype: string): FloatDType {
  if (dtype === 'float32' || dtype === 'float64') return dtype;
  throw new DTypeError(
    `${op}: parameters are float32 or float64, got ${dtype}. Pass one of these two.`,
  );
}

/** @throws ArgumentError unless it is a whole number of at least 1. */
export function checkCount(op: string, name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new ArgumentError(
    `${op}: ${name} is a whole number of at least 1, got ${String(value)}. Check ${name}.`,
  );
}
