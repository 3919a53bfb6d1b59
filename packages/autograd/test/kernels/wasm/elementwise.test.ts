// Formulas in SIMD against the reference kernel: every length, odd offsets, every kind of broadcasting, random formulas.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Elements } from '../../../src/kernels/kernels.js';
import { elementwise as reference } from '../../../src/kernels/reference/elementwise.js';
import { elementwise } from '../../../src/kernels/wasm/elementwise.js';
import { MATH_NAMES, type MathName } from '../../../src/kernels/wasm/math/library.js';
import type { LaneType } from '../../../src/kernels/wasm/vector.js';
import { argument, constant, type Expr, toSource } from '../../../src/scalar/index.js';
import type { TypedArray } from '../../../src/tensor/dtype.js';
import { sizeOf } from '../../../src/tensor/shape.js';
import { DTYPES, type Floats, filled, firstDifference, scattered, zeros } from './arrays.js';

const [x, y, z] = [argument(0), argument(1), argument(2)];

type Kernel = typeof reference;

function run(
  kernel: Kernel,
  f: Expr,
  inputs: readonly Elements[],
  shape: readonly number[],
  dtype: LaneType,
): Floats {
  const out = zeros(dtype, sizeOf(shape));
  kernel(f, inputs, out, shape, dtype);
  return out;
}

const both = (
  f: Expr,
  inputs: readonly Elements[],
  shape: readonly number[],
  dtype: LaneType,
): [Floats, Floats] => [
  run(elementwise, f, inputs, shape, dtype),
  run(reference, f, inputs, shape, dtype),
];

/** One operand of `length` for each argument, at odd offsets. */
const operands = (dtype: LaneType, length: number, arity: number): Elements[] =>
  Array.from({ length: arity }, (_, k) => ({
    storage: filled(dtype, length, scattered(k), 2 * k + 1),
    shape: [length],
  }));

const EXACT: Readonly<Record<string, Expr>> = {
  sum: x.add(y),
  'rounded pieces': x.floor().add(y.ceil()).sub(x.round()).mul(y.trunc()),
  'signs and extremes': x.sign().mul(y.abs()).maximum(x.neg()).minimum(y),
  root: x.abs().sqrt().div(y),
  choice: x.less(y).logicalOr(x.greater(1)).select(x.mul(2), y.sub(1)),
  'truth as numbers': x.lessEqual(y).add(x.notEqual(0)).add(y.logicalNot()).add(x.greaterEqual(y)),
  logic: x.round().logicalAnd(y.round()).logicalXor(x.round().equal(y.round())),
  'shared parts': x.mul(y).add(x.mul(y).mul(x.mul(y))),
  'one argument': x.mul(x).sub(1),
  'a constant': constant(2.5),
};

describe.each(DTYPES)('exact formulas in %s', (dtype) => {
  it.each(Object.entries(EXACT))('%s: the same bits at every length', (_, f) => {
    for (const base of [0, 256, 8192 - 32]) {
      for (let length = base; length < base + 68; length++) {
        const [computed, expected] = both(f, operands(dtype, length, 2), [length], dtype);
        expect(firstDifference(computed, expected)).toBe(-1);
      }
    }
  });

  it('keeps its bits when a small formula has been asked for so often that it is compiled', () => {
    const inputs = operands(dtype, 60, 2);
    const f = x.mul(y).sub(x.div(y).add(0.3));
    const expected = run(reference, f, inputs, [60], dtype);
    for (let time = 0; time < 600; time++) {
      expect(firstDifference(run(elementwise, f, inputs, [60], dtype), expected)).toBe(-1);
    }
  });

  it('keeps zeros, infinities and NaN', () => {
    const special = [0, -0, 1, -1, 0.5, -0.5, 2.5, Infinity, -Infinity, NaN];
    const pairs = special.flatMap((a) => special.map((b) => [a, b]));
    const length = 3 * pairs.length;
    const inputs = [0, 1].map((k) => ({
      storage: filled(dtype, length, (i) => pairs[i % pairs.length][k]),
      shape: [length],
    }));
    for (const f of Object.values(EXACT)) {
      const [computed, expected] = both(f, inputs, [length], dtype);
      expect(firstDifference(computed, expected)).toBe(-1);
    }
  });

  it('writes truth as bytes', () => {
    const inputs = operands(dtype, 700, 2);
    const [computed, expected] = [elementwise, reference].map((kernel) => {
      const out: TypedArray = new Uint8Array(700);
      kernel(x.less(y), inputs, out, [700], dtype);
      return out;
    });
    expect(firstDifference(computed, expected)).toBe(-1);
  });

  it('reads conditions that are bytes', () => {
    const inputs = operands(dtype, 700, 3);
    inputs[0] = { storage: Uint8Array.from({ length: 700 }, (_, i) => i % 2), shape: [700] };
    const [computed, expected] = both(x.select(y, z), inputs, [700], dtype);
    expect(firstDifference(computed, expected)).toBe(-1);
  });
});

const sizes = fc.constantFrom(1, 2, 3, 5, 8, 17, 40);

/** A shape, and shapes that broadcast to it. */
const broadcasts = fc
  .array(sizes, { maxLength: 4 })
  .chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.array(
        fc.tuple(
          fc.nat(shape.length),
          fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
        ),
        { minLength: 3, maxLength: 3 },
      ),
    ),
  )
  .map(([shape, operands]) => ({
    shape,
    operands: operands.map(([dropped, ones]) =>
      shape.map((size, axis) => (ones[axis] ? 1 : size)).slice(dropped),
    ),
  }));

const FORMULA = x.mul(y).add(z);

const elements = (dtype: LaneType, shapes: readonly (readonly number[])[]): Elements[] =>
  shapes.map((shape, k) => ({
    storage: filled(dtype, sizeOf(shape), scattered(k), k),
    shape,
  }));

describe.each(DTYPES)('broadcasting in %s', (dtype) => {
  it('is that of the reference for random shapes', () => {
    fc.assert(
      fc.property(broadcasts, ({ shape, operands: shapes }) => {
        const [computed, expected] = both(FORMULA, elements(dtype, shapes), shape, dtype);
        expect(firstDifference(computed, expected)).toBe(-1);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    { name: 'a bias longer than a block', shape: [3, 9001], shapes: [[3, 9001], [9001], []] },
    { name: 'a short bias over many blocks', shape: [9001, 3], shapes: [[9001, 3], [3], [1]] },
    { name: 'a column', shape: [5003, 3], shapes: [[5003, 3], [5003, 1], [3]] },
    {
      name: 'long runs of one value',
      shape: [7, 3000],
      shapes: [
        [7, 1],
        [7, 3000],
        [1, 3000],
      ],
    },
    {
      name: 'two periods, one within the other',
      shape: [50, 13, 30],
      shapes: [[30], [13, 30], [50, 13, 30]],
    },
    {
      name: 'a middle axis',
      shape: [20, 30, 40],
      shapes: [
        [20, 1, 40],
        [30, 1],
        [20, 30, 40],
      ],
    },
  ])('takes $name', ({ shape, shapes }) => {
    const [computed, expected] = both(FORMULA, elements(dtype, shapes), shape, dtype);
    expect(firstDifference(computed, expected)).toBe(-1);
  });

  it('takes scalars kept as numbers, and many operands', () => {
    const sum = Array.from({ length: 20 }, (_, k) => argument(k)).reduce((a, b) => a.add(b));
    const inputs = operands(dtype, 5000, 20);
    inputs[7] = { storage: 2.5, shape: [] };
    inputs[11] = { storage: filled(dtype, 1, () => -1.25), shape: [1] };
    const [computed, expected] = both(sum, inputs, [5000], dtype);
    expect(firstDifference(computed, expected)).toBe(-1);
  });
});

const TOLERANCE = { float32: 1e-6, float64: 1e-15 } as const;

/** Functions that stay finite and whose slopes are at most 1, so that errors don't grow. */
const TAME = ['sin', 'cos', 'tanh', 'sigmoid', 'atan', 'softplus', 'logSigmoid', 'erf'] as const;

const tameFormula: fc.Arbitrary<Expr> = fc.letrec<{ formula: Expr }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 6, depthIdentifier: 'formula' },
    fc.nat(2).map(argument),
    fc.double({ min: -2, max: 2, noNaN: true }).map(constant),
    fc.tuple(fc.constantFrom(...TAME), tie('formula')).map(([name, a]) => a[name]()),
    fc
      .tuple(fc.constantFrom('add', 'sub', 'maximum', 'minimum'), tie('formula'), tie('formula'))
      .map(([name, a, b]) => a[name as 'add'](b).mul(0.5)),
    fc.tuple(tie('formula'), tie('formula')).map(([a, b]) => a.sin().mul(b.tanh())),
  ),
})).formula;

/** Where a function has values of moderate size. */
const within = (name: MathName, i: number, seed: number): number => {
  const value = scattered(seed)(i) / 3;
  if (['asin', 'acos'].includes(name)) return value;
  return ['log', 'log1p', 'pow'].includes(name) ? Math.abs(value) + 0.1 : value * 2;
};

describe.each(DTYPES)('mathematics in formulas of %s', (dtype) => {
  it.each(MATH_NAMES)('%s agrees with the reference at lengths 0 to 67, at odd offsets', (name) => {
    const f = name === 'pow' ? x.pow(y) : x[name]();
    const wrong: string[] = [];
    for (let length = 0; length <= 67; length++) {
      const inputs = [1, 3].map((offset) => ({
        storage: filled(dtype, length, (i) => within(name, i, length + offset), offset),
        shape: [length],
      }));
      const [computed, expected] = both(f, inputs, [length], dtype);
      for (let i = 0; i < length; i++) {
        const error = Math.abs(computed[i] - expected[i]) / Math.max(Math.abs(expected[i]), 1e-6);
        if (!(error <= 8 * TOLERANCE[dtype])) wrong.push(`element ${i} of ${length}: ${error}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('agrees with the reference in random formulas at every length', () => {
    fc.assert(
      fc.property(tameFormula, fc.nat(67), (f, length) => {
        const [computed, expected] = both(f, operands(dtype, length, 3), [length], dtype);
        const scale = Math.max(1, ...expected.map(Math.abs));
        for (let i = 0; i < length; i++) {
          const error = Math.abs(computed[i] - expected[i]);
          expect(error, toSource(f)).toBeLessThanOrEqual(16 * TOLERANCE[dtype] * scale);
        }
      }),
      { numRuns: 150 },
    );
  });

  it.each(TAME)('%s of an element does not depend on where it stands', (name) => {
    const f = x[name]();
    const all = filled(dtype, 9000, scattered(1, 20));
    const whole = run(elementwise, f, [{ storage: all, shape: [9000] }], [9000], dtype);
    for (const [start, length] of [
      [0, 1],
      [3, 1],
      [8191, 2],
      [17, 300],
      [4090, 13],
    ]) {
      const part = { storage: all.subarray(start, start + length), shape: [length] };
      const computed = run(elementwise, f, [part], [length], dtype);
      expect(firstDifference(computed, whole.slice(start, start + length))).toBe(-1);
    }
  });

  it('gives the same bits written out and called', () => {
    const many = x.exp().add(x.log1p().add(x.sin()).add(x.tanh()).mul(0));
    const values = [{ storage: filled(dtype, 500, (i) => i / 250), shape: [500] }];
    const alone = run(elementwise, x.exp(), values, [500], dtype);
    expect(firstDifference(run(elementwise, many, values, [500], dtype), alone)).toBe(-1);
  });

  it('leaves formulas of thousands of nodes to plain JavaScript', () => {
    let f = x;
    for (let k = 0; k < 2500; k++) f = f.sin();
    const [computed, expected] = both(f, operands(dtype, 10, 1), [10], dtype);
    expect(firstDifference(computed, expected)).toBe(-1);
  });

  it('cuts deep formulas into pieces', () => {
    let f = x;
    for (let k = 0; k < 600; k++) f = f.mul(0.5).add(k);
    const [computed, expected] = both(f, operands(dtype, 300, 1), [300], dtype);
    expect(firstDifference(computed, expected)).toBe(-1);
  });
});

describe('integers and truth values', () => {
  it('are the reference’s', () => {
    const storage = Int32Array.from({ length: 500 }, (_, i) => i - 250);
    const out = new Int32Array(500);
    elementwise(x.mul(x).sub(3), [{ storage, shape: [500] }], out, [500], 'int32');
    expect(out).toEqual(storage.map((v) => v * v - 3));
  });
});
