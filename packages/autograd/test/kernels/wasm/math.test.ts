// The SIMD mathematics against correctly rounded values, and at the numbers that are not ordinary; with fused multiply-add, if
// there is one, and without.

import { describe, expect, it, vi } from 'vitest';
import { elementwise } from '../../../src/kernels/wasm/elementwise.js';
import { hasFma } from '../../../src/kernels/wasm/fma.js';
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

type Elementwise = typeof elementwise;

/** The same kernel where there is no fused multiply-add. */
async function withoutFma(): Promise<Elementwise> {
  vi.doMock('../../../src/kernels/wasm/fma.js', () => ({ hasFma: () => false }));
  vi.resetModules();
  const loaded = await import('../../../src/kernels/wasm/elementwise.js');
  vi.doUnmock('../../../src/kernels/wasm/fma.js');
  // Test files share what is loaded.
  vi.resetModules();
  return loaded.elementwise;
}

const computing =
  (kernel: Elementwise) =>
  (f: Expr, args: readonly Floats[], dtype: LaneType): Floats => {
    const out = floats(dtype, new Array<number>(args[0].length).fill(0));
    const shape = [out.length];
    kernel(
      f,
      args.map((storage) => ({ storage, shape })),
      out,
      shape,
      dtype,
    );
    return out;
  };

const KERNELS = [
  ['as the engine allows', computing(elementwise)],
  ['without fused multiply-add', computing(await withoutFma())],
] as const;

const CASES = KERNELS.flatMap(([how, compute]) =>
  (['float32', 'float64'] as const).map((dtype) => ({ dtype, how, compute })),
);

describe.each(CASES)('SIMD mathematics in $dtype $how', ({ dtype, compute }) => {
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

/** How many numbers of float32 lie between, of one sign. */
function distances(a: Floats, b: Floats): Int32Array {
  const [left, right] = [a, b].map((x) => new Int32Array(Float32Array.from(x).buffer));
  return left.map((bits, k) => Math.abs(bits - right[k]));
}

describe.each(KERNELS)('float32 by quotients %s', (_, compute) => {
  const points = Float32Array.from({ length: 2 ** 17 }, (_, k) => 10 * (k / 2 ** 17) ** 2);

  it.each(['tanh', 'erf'] as const)('%s stays within 4 ulp of float64 and within 1', (name) => {
    const single = compute(x[name](), [points], 'float32');
    const double = compute(x[name](), [Float64Array.from(points)], 'float64');
    expect(distances(single, double).reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(
      MOST_ULPS,
    );
    expect(Math.max(...single.slice(-100))).toBe(1);
    expect(single.some((y) => y > 1)).toBe(false);
    expect(compute(x[name](), [Float32Array.of(-Infinity)], 'float32')[0]).toBe(-1);
  });
});

it('both ways of rounding are tried where there are two', () => {
  const points = floats(
    'float32',
    Array.from({ length: 1000 }, (_, k) => k / 500),
  );
  const [first, second] = KERNELS.map(([, compute]) => compute(x.exp(), [points], 'float32'));
  expect(distances(first, second).some((distance) => distance > 0)).toBe(hasFma());
});
