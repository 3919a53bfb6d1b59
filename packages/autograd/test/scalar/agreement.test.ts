// Properties of random formulas: generated code and closures agree to the bit, derivatives agree with differences.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  argument,
  closureKernel,
  constant,
  derivative,
  type Expr,
  generateKernel,
  kernelOf,
  renumber,
  select,
  size,
  substitute,
  toSource,
} from '../../src/scalar/index.js';

/** A formula that a failing property can print. */
class Formula {
  readonly f: Expr;
  constructor(f: Expr) {
    this.f = f;
  }
  toString(): string {
    return toSource(this.f);
  }
}

type Unary = (a: Expr) => Expr;
type Binary = (a: Expr, b: Expr) => Expr;
type Ternary = (a: Expr, b: Expr, c: Expr) => Expr;

/**
 * Random formulas as programs: each step applies an op to results of earlier steps, so that sharing is common. The last
 * result is the formula.
 */
function formulas(
  leaves: readonly Expr[],
  unary: readonly Unary[],
  binary: readonly Binary[],
  ternary: readonly Ternary[],
  steps: number,
): fc.Arbitrary<Formula> {
  const step = fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat());
  return fc.array(step, { minLength: 1, maxLength: steps }).map((program) => {
    const results = [...leaves];
    for (const [op, i, j, k] of program) {
      // Favour recent results, so that formulas get deep.
      const pick = (n: number): Expr =>
        results[results.length - 1 - (n % Math.min(results.length, 6))];
      const ops = [...unary, ...binary, ...ternary];
      results.push(ops[op % ops.length](pick(i), pick(j), pick(k)));
    }
    return new Formula(results[results.length - 1]);
  });
}

const x = argument(0);
const y = argument(1);

const integerUnary: Unary[] = [
  (a) => a.neg(),
  (a) => a.abs(),
  (a) => a.sign(),
  (a) => a.floor(),
  (a) => a.round(),
  (a) => a.logicalNot(),
  (a) => a.square(),
];
const logicBinary: Binary[] = [
  (a, b) => a.less(b),
  (a, b) => a.lessEqual(b),
  (a, b) => a.greater(b),
  (a, b) => a.greaterEqual(b),
  (a, b) => a.equal(b),
  (a, b) => a.notEqual(b),
  (a, b) => a.logicalAnd(b),
  (a, b) => a.logicalOr(b),
  (a, b) => a.logicalXor(b),
];
const integerBinary: Binary[] = [
  ...logicBinary,
  (a, b) => a.add(b),
  (a, b) => a.sub(b),
  (a, b) => a.mul(b),
  (a, b) => a.maximum(b),
  (a, b) => a.minimum(b),
  (a, b) => a.pow(b),
];
const floatUnary: Unary[] = [
  ...integerUnary,
  (a) => a.exp(),
  (a) => a.log(),
  (a) => a.log1p(),
  (a) => a.expm1(),
  (a) => a.sqrt(),
  (a) => a.rsqrt(),
  (a) => a.sin(),
  (a) => a.cos(),
  (a) => a.tan(),
  (a) => a.asin(),
  (a) => a.acos(),
  (a) => a.atan(),
  (a) => a.sinh(),
  (a) => a.cosh(),
  (a) => a.tanh(),
  (a) => a.erf(),
  (a) => a.sigmoid(),
  (a) => a.softplus(),
  (a) => a.logSigmoid(),
  (a) => a.ceil(),
  (a) => a.trunc(),
  (a) => a.reciprocal(),
];
const floatBinary: Binary[] = [...integerBinary, (a, b) => a.div(b)];

const floats = formulas(
  [x, y, constant(0.1), constant(-3), constant(NaN), constant(-0)],
  floatUnary,
  floatBinary,
  [select],
  25,
);
const integers = formulas(
  [x, y, constant(3), constant(-7)],
  integerUnary,
  integerBinary,
  [select],
  25,
);
const truths = formulas([x, y, constant(1)], [(a) => a.logicalNot()], logicBinary, [select], 25);

describe('generated code and closures agree to the bit', () => {
  const cases = [
    ['float64', floats, fc.double()],
    ['float32', floats, fc.float()],
    ['int32', integers, fc.integer()],
    ['bool', truths, fc.integer({ min: 0, max: 1 })],
  ] as const;
  for (const [dtype, formula, value] of cases) {
    test(dtype, () => {
      const pairs = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 8 });
      fc.assert(
        fc.property(formula, pairs, ({ f }, points) => {
          const generated = generateKernel(f, 2, dtype);
          const closure = closureKernel(f, 2, dtype);
          for (const [a, b] of points) expect(generated.scalar(a, b)).toBe(closure.scalar(a, b));

          const n = points.length;
          const columns = [points.map(([a]) => a), points.map(([, b]) => b)];
          const outs = [generated, closure].map(({ loop }) => {
            const out = new Float64Array(n + 2);
            loop(out, 1, n, columns[0], 0, 1, columns[1], n - 1, -1);
            return out;
          });
          expect(outs[0]).toEqual(outs[1]);
          expect(outs[0][1]).toBe(generated.scalar(points[0][0], points[n - 1][1]));
        }),
        { numRuns: 300 },
      );
    });
  }

  test('float32 results are float32 numbers', () => {
    fc.assert(
      fc.property(floats, fc.double(), fc.double(), ({ f }, a, b) => {
        const result = kernelOf(f, 2, 'float32').scalar(a, b);
        expect(Math.fround(result)).toBe(result);
      }),
    );
  });
});

describe('derivatives of random smooth formulas', () => {
  // Choices switch at known places, and differences are taken away from these.
  const [X_KINK, Y_KINK] = [0.31, -0.4];
  const smooth = formulas(
    [x, y, constant(0.7), x.mul(y)],
    [
      (a) => a.sin(),
      (a) => a.cos(),
      (a) => a.tanh(),
      (a) => a.atan(),
      (a) => a.erf(),
      (a) => a.sigmoid(),
      (a) => a.softplus(),
      (a) => a.logSigmoid(),
      (a) => a.neg(),
      (a) => a.tanh().exp(),
      (a) => a.square().add(1).log(),
      (a) => a.square().add(1).sqrt(),
      (a) => a.square().add(0.5).rsqrt(),
      (a) => a.sin().mul(0.5).asin(),
      (a) => a.sigmoid().add(0.5).pow(1.5),
      (a) => a.sin().sinh(),
      (a) => a.square().log1p(),
    ],
    [
      (a, b) => a.add(b),
      (a, b) => a.sub(b),
      (a, b) => a.tanh().mul(b),
      (a, b) => a.div(b.square().add(1)),
      (a, b) => a.sigmoid().add(1).pow(b.tanh()),
    ],
    [(a, b) => select(x.less(X_KINK), a, b), (a, b) => select(y.greater(Y_KINK), a, b)],
    10,
  );
  const coordinate = fc
    .double({ min: -2, max: 2, noNaN: true })
    .filter((t) => Math.abs(t - X_KINK) > 0.01 && Math.abs(t - Y_KINK) > 0.01);

  test('agree with differences by either argument, to the second order', () => {
    let compared = 0;
    fc.assert(
      fc.property(smooth, coordinate, coordinate, fc.constantFrom(0, 1), ({ f }, a, b, index) => {
        for (const g of [f, derivative(f, index)]) {
          const { scalar } = kernelOf(g, 2, 'float64');
          const along = (t: number): number => (index === 0 ? scalar(a + t, b) : scalar(a, b + t));
          const difference = (h: number): number =>
            (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h);
          const [coarse, fine] = [difference(2e-3), difference(1e-3)];
          const scale = Math.max(1, Math.abs(fine));
          // Where a formula is too steep for differences, the two differ among themselves.
          if (!(Math.abs(coarse - fine) < 1e-7 * scale)) continue;
          compared++;
          const exact = kernelOf(derivative(g, index), 2, 'float64').scalar(a, b);
          expect(Math.abs(exact - fine) / scale).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(400);
  });

  test('commute: ∂²f/∂x∂y = ∂²f/∂y∂x', () => {
    fc.assert(
      fc.property(smooth, coordinate, coordinate, ({ f }, a, b) => {
        const [xy, yx] = [derivative(derivative(f, 0), 1), derivative(derivative(f, 1), 0)].map(
          (d) => kernelOf(d, 2, 'float64').scalar(a, b),
        );
        const scale = Math.max(1, Math.abs(xy));
        expect(Math.abs(xy - yx) / scale).toBeLessThan(1e-8);
      }),
      { numRuns: 300 },
    );
  });

  test('commute with renaming, and take the result in place of the formula', () => {
    fc.assert(
      fc.property(smooth, coordinate, coordinate, ({ f }, a, b) => {
        const swapped = renumber(f, [1, 0]);
        const direct = kernelOf(derivative(f, 0), 2, 'float64').scalar(a, b);
        expect(kernelOf(derivative(swapped, 1), 2, 'float64').scalar(b, a)).toBe(direct);

        const reused = substitute(derivative(f, 0), f, argument(2));
        expect(size(reused)).toBeLessThanOrEqual(size(derivative(f, 0)));
        const value = kernelOf(f, 2, 'float64').scalar(a, b);
        if (f.op !== 'argument') {
          expect(kernelOf(reused, 3, 'float64').scalar(a, b, value)).toBe(direct);
        }
      }),
      { numRuns: 300 },
    );
  });
});
