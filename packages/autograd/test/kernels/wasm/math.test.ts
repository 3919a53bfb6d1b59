// The SIMD mathematics against correctly rounded values, and at the numbers that are not ordinary.

import { describe, expect, it } from 'vitest';
import { elementwise } from '../../../src/kernels/wasm/elementwise.js';
import { MATH_NAMES } from '../../../src/kernels/wasm/math/library.js';
import type { LaneType } from '../../../src/kernels/wasm/vector.js';
import { argument, type Expr, kernelOf } from '../../../src/scalar/index.js';
import { COUNT, figuresOf, NAMES, ulps } from './points.js';

const MOST_ULPS = 4;

const x = argument(0);

type UnaryName = 'exp' | 'log' | 'sin' | 'cos' | 'tan';

const formulaOf = (name: string): Expr =>
  name === 'pow' ? x.pow(argument(1)) : x[name as UnaryName]();

type Floats = Float32Array | Float64Array;

const floats = (dtype: LaneType, values: readonly number[]): Floats =>
  dtype === 'float32' ? new Float32Array(values) : new Float64Array(values);

function compute(f: Expr, args: readonly Floats[], dtype: LaneType): Floats {
  const out = floats(dtype, new Array<number>(args[0].length).fill(0));
  const shape = [out.length];
  elementwise(
    f,
    args.map((storage) => ({ storage, shape })),
    out,
    shape,
    dtype,
  );
  return out;
}

const DTYPES = ['float32', 'float64'] as const;

describe.each(DTYPES)('SIMD mathematics in %s', (dtype) => {
  it.each(NAMES)('%s is within 4 ulp of the correctly rounded value', (name) => {
    const { args, expected } = figuresOf(name, dtype);
    const computed = compute(formulaOf(name), args, dtype);
    let worst = -1;
    let at = 0;
    for (let k = 0; k < COUNT; k++) {
      const distance = ulps(computed[k], expected[k], dtype);
      if (distance > worst) [worst, at] = [distance, k];
    }
    const where = `${name}(${args.map((a) => a[at]).join(', ')})`;
    expect(worst, `${where} = ${computed[at]}, not ${expected[at]}`).toBeLessThanOrEqual(MOST_ULPS);
  });

  it('has reference values for every function', () => {
    expect([...NAMES].sort()).toEqual([...MATH_NAMES].sort());
  });

  const least = dtype === 'float32' ? 2 ** -149 : Number.MIN_VALUE;
  const greatest = dtype === 'float32' ? (2 - 2 ** -23) * 2 ** 127 : Number.MAX_VALUE;
  const special = [0, least, least * 3, 1, 2, 3, 0.5, 1e30, greatest, Infinity]
    .flatMap((value) => [value, -value])
    .concat(NaN);

  const unary = NAMES.filter((name) => name !== 'pow');

  it.each(unary)('%s treats zeros, denormals, infinities and NaN as the reference does', (name) => {
    const f = formulaOf(name);
    const { scalar } = kernelOf(f, 1, dtype);
    const computed = compute(f, [floats(dtype, special)], dtype);
    special.forEach((value, k) => {
      const expected = scalar(value);
      const about = `${name}(${value})`;
      if (expected === 0 || !Number.isFinite(expected)) expect(computed[k], about).toBe(expected);
      else expect(ulps(computed[k], expected, dtype), about).toBeLessThanOrEqual(MOST_ULPS);
    });
  });

  it('pow treats every pair of special numbers as IEEE 754 does', () => {
    const pairs = special.flatMap((a) => special.map((b) => [a, b] as const));
    const bases = pairs.map(([a]) => a);
    const exponents = pairs.map(([, b]) => b);
    const f = formulaOf('pow');
    const { scalar } = kernelOf(f, 2, dtype);
    const computed = compute(f, [floats(dtype, bases), floats(dtype, exponents)], dtype);
    pairs.forEach(([a, b], k) => {
      const expected = scalar(a, b);
      const about = `${a} ** ${b}`;
      if (expected === 0 || !Number.isFinite(expected)) expect(computed[k], about).toBe(expected);
      else expect(ulps(computed[k], expected, dtype), about).toBeLessThanOrEqual(MOST_ULPS);
    });
  });

  it.each(['sin', 'cos', 'tan'] as const)(
    '%s of a huge angle leaves its neighbours alone',
    (name) => {
      const f = formulaOf(name);
      const alone = compute(f, [floats(dtype, [0.5, 1, 2, 3])], dtype);
      const beside = compute(f, [floats(dtype, [0.5, 1e10, 2, -1e30])], dtype);
      expect([beside[0], beside[2]]).toEqual([alone[0], alone[2]]);
      const [host] = floats(dtype, [Math[name](floats(dtype, [1e10])[0])]);
      expect(beside[1]).toBe(host);
    },
  );
});
