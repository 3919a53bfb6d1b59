// The points at which figures/mathematics.py computed reference values, by the rule that stands there; and distances in ulp.

import { readFileSync } from 'node:fs';
import type { LaneType } from '../../../src/kernels/wasm/vector.js';

interface Rule {
  readonly range: readonly [number, number];
  readonly wide: readonly [number, number];
  readonly centers: readonly number[];
}

const figures = new URL('./figures/', import.meta.url);

const RULES: Readonly<Record<string, Rule>> = JSON.parse(
  readFileSync(new URL('points.json', figures), 'utf8'),
);

export const NAMES: readonly string[] = Object.keys(RULES);

export const COUNT = 10_000;

type Floats = Float32Array | Float64Array;

const FORMAT = {
  float32: { Array: Float32Array, bytes: 4, bits: 32, mantissa: 23, bias: 127 },
  float64: { Array: Float64Array, bytes: 8, bits: 64, mantissa: 52, bias: 1023 },
} as const;

const scratch = new DataView(new ArrayBuffer(8));

function toBits(x: number, dtype: LaneType): bigint {
  if (dtype === 'float32') {
    scratch.setFloat32(0, x);
    return BigInt(scratch.getUint32(0));
  }
  scratch.setFloat64(0, x);
  return scratch.getBigUint64(0);
}

function fromBits(bits: bigint, dtype: LaneType): number {
  if (dtype === 'float32') {
    scratch.setUint32(0, Number(BigInt.asUintN(32, bits)));
    return scratch.getFloat32(0);
  }
  scratch.setBigUint64(0, BigInt.asUintN(64, bits));
  return scratch.getFloat64(0);
}

const rounded = (x: number, dtype: LaneType): number => (dtype === 'float32' ? Math.fround(x) : x);

/** xorshift (13, 17, 5). */
function integers(seed: number): () => number {
  let x = Math.imul(seed, 2654435761);
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}

class Points {
  readonly #dtype: LaneType;
  readonly #draw: () => number;

  constructor(seed: number, dtype: LaneType) {
    this.#dtype = dtype;
    this.#draw = integers(seed);
  }

  integer(): number {
    return this.#draw();
  }

  anyNumber(): number {
    const { mantissa, bias, bits } = FORMAT[this.#dtype];
    const head = this.#draw();
    const high = BigInt(this.#draw());
    const low = BigInt.asUintN(mantissa, (high << 20n) | BigInt(this.#draw() >>> 12));
    const exponent = BigInt((head >>> 1) % (2 * bias + 1));
    const sign = BigInt(head & 1) << BigInt(bits - 1);
    return fromBits(sign | (exponent << BigInt(mantissa)) | low, this.#dtype);
  }

  within([low, high]: readonly [number, number]): number {
    return rounded(low + (high - low) * (this.#draw() / 2 ** 32), this.#dtype);
  }

  near(centers: readonly number[]): number {
    const dtype = this.#dtype;
    const c = rounded(centers[this.#draw() % centers.length], dtype);
    const kind = this.#draw();
    const u = this.#draw() / 2 ** 32;
    if ((kind & 1) === 1 && c !== 0) {
      return fromBits(toBits(c, dtype) + BigInt(((kind >>> 1) % 17) - 8), dtype);
    }
    const size = u * 2 ** -((kind >>> 2) % (FORMAT[dtype].mantissa + 3));
    const delta = (kind & 2) === 2 ? -size : size;
    return rounded(c === 0 ? delta : c * (1 + delta), dtype);
  }

  pair(k: number): [number, number] {
    const { bias, mantissa } = FORMAT[this.#dtype];
    if (k < 5) {
      const a = Math.abs(this.anyNumber());
      const scale = Math.abs(Number(toBits(a, this.#dtype) >> BigInt(mantissa)) - bias) + 1;
      return [a, rounded(this.within([-1.1 * bias, 1.1 * bias]) / scale, this.#dtype)];
    }
    if (k < 7) return [Math.abs(this.near([1])) || 1, this.within([-(2 ** 30), 2 ** 30])];
    if (k < 9) return [this.within([-20, 20]) || 1, (this.#draw() % 61) - 30];
    return [Math.abs(this.within([0, 100])) || 1, this.within([-10, 10])];
  }
}

/** The arguments of `name` (two arrays for `pow`) and its correctly rounded values. */
export function figuresOf(name: string, dtype: LaneType): { args: Floats[]; expected: Floats } {
  const { range, wide, centers } = RULES[name];
  const { Array: Floats, bytes } = FORMAT[dtype];
  const points = new Points(2 * (1 + NAMES.indexOf(name)) + (dtype === 'float64' ? 1 : 0), dtype);
  const [often, seldom] = dtype === 'float32' ? [range, wide] : [wide, range];
  const args = Array.from({ length: name === 'pow' ? 2 : 1 }, () => new Floats(COUNT));
  for (let k = 0; k < COUNT; k++) {
    const turn = k % 10;
    if (name === 'pow') [args[0][k], args[1][k]] = points.pair(turn);
    else if (turn < 4) {
      const x = points.anyNumber();
      args[0][k] = name === 'log' || name === 'log1p' ? Math.abs(x) : x;
    } else if (turn < 7) args[0][k] = points.within(often);
    else if (turn < 8) args[0][k] = points.within(seldom);
    else args[0][k] = points.near(centers);
  }
  const file = readFileSync(new URL(`${name}.bin`, figures));
  const start = dtype === 'float32' ? 0 : 4 * COUNT;
  const { buffer } = Uint8Array.prototype.slice.call(file, start, start + bytes * COUNT);
  return { args, expected: new Floats(buffer) };
}

/** Bit patterns as integers in the order of the numbers; both zeros are 0. */
function ordinal(x: number, dtype: LaneType): bigint {
  const bits = toBits(Math.abs(x), dtype);
  return x < 0 ? -bits : bits;
}

/** How many numbers apart a and b are; infinitely many if one of them is NaN, and 0 if both are. */
export function ulps(a: number, b: number, dtype: LaneType): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : Infinity;
  return Math.abs(Number(ordinal(a, dtype) - ordinal(b, dtype)));
}
