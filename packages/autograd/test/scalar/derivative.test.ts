// Tests of scalar/derivative: every primitive against differences, the kinks as decided, and the size of high orders.
import { describe, expect, test } from 'vitest';
import {
  argument,
  constant,
  derivative,
  type Expr,
  isZero,
  kernelOf,
  nodesOf,
  select,
  size,
  substitute,
} from '../../src/scalar/index.js';

const x = argument(0);
const y = argument(1);

const evaluate = (f: Expr, ...args: number[]): number =>
  kernelOf(f, args.length, 'float64').scalar(...args);

/** Central differences of fourth order: error about 1e-12 where the fifth derivative is of order 1. */
function difference(f: (t: number) => number, t: number): number {
  const h = 1e-3 * Math.max(Math.abs(t), 0.1);
  return (8 * (f(t + h) - f(t - h)) - (f(t + 2 * h) - f(t - 2 * h))) / (12 * h);
}

function expectClose(actual: number, expected: number, what: string): void {
  const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  expect(error, `${what}: ${actual} against ${expected}`).toBeLessThan(1e-8);
}

const line = (lo: number, hi: number, count = 41): number[] =>
  Array.from({ length: count }, (_, k) => lo + ((hi - lo) * (k + 0.37)) / count);

const gelu = x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1));

describe('primitives against differences', () => {
  const unary: readonly (readonly [Expr, number[]])[] = [
    [x.neg(), line(-3, 3)],
    [x.abs(), line(-3, 3)],
    [x.sign(), line(-3, 3)],
    [x.square(), line(-3, 3)],
    [x.reciprocal(), [...line(-3, -0.2), ...line(0.2, 3)]],
    [x.sqrt(), line(0.1, 50)],
    [x.rsqrt(), line(0.1, 50)],
    [x.exp(), line(-5, 3)],
    [x.expm1(), line(-5, 3)],
    [x.log(), line(0.1, 50)],
    [x.log1p(), line(-0.8, 50)],
    [x.sin(), line(-7, 7)],
    [x.cos(), line(-7, 7)],
    [x.tan(), line(-1.3, 1.3)],
    [x.asin(), line(-0.8, 0.8)],
    [x.acos(), line(-0.8, 0.8)],
    [x.atan(), line(-8, 8)],
    [x.sinh(), line(-4, 4)],
    [x.cosh(), line(-4, 4)],
    [x.tanh(), line(-4, 4)],
    [x.erf(), line(-4, 4)],
    [x.sigmoid(), line(-20, 20)],
    [x.softplus(), line(-20, 20)],
    [x.logSigmoid(), line(-20, 20)],
    [x.floor(), [-1.5, -0.4, 0.3, 2.6]],
    [x.ceil(), [-1.5, -0.4, 0.3, 2.6]],
    [x.round(), [-1.3, -0.4, 0.3, 2.6]],
    [x.trunc(), [-1.5, -0.4, 0.3, 2.6]],
    [x.logicalNot(), [-1, 0.5]],
    ...[-2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4].map((p) => [x.pow(p), line(0.2, 4)] as const),
    ...[-3, -1, 0, 1, 2, 3, 4].map((p) => [x.pow(p), line(-4, -0.2)] as const),
    [gelu, line(-5, 5)],
    [x.mul(x.softplus().tanh()), line(-5, 5)],
  ];

  for (const [f, points] of unary) {
    const name = `${f.op}(${f.args.map((a) => (a.op === 'constant' ? a.value : a.op)).join(', ')})`;
    test(`${name} and its second derivative, on ${points[0].toFixed(1)} … ${points.at(-1)?.toFixed(1)}`, () => {
      const first = derivative(f, 0);
      const second = derivative(first, 0);
      for (const t of points) {
        expectClose(
          evaluate(first, t),
          difference((s) => evaluate(f, s), t),
          `f′(${t})`,
        );
        expectClose(
          evaluate(second, t),
          difference((s) => evaluate(first, s), t),
          `f″(${t})`,
        );
      }
    });
  }

  const binary: readonly Expr[] = [
    x.add(y),
    x.sub(y),
    x.mul(y),
    x.div(y),
    x.pow(y),
    x.maximum(y),
    x.minimum(y),
    x.less(y),
    x.lessEqual(y),
    x.greater(y),
    x.greaterEqual(y),
    x.equal(y),
    x.notEqual(y),
    x.logicalAnd(y),
    x.logicalOr(y),
    x.logicalXor(y),
    select(x.less(y), x.sin(), y.mul(x)),
  ];

  for (const f of binary) {
    test(`${f.op} by both operands`, () => {
      for (const [a, b] of [
        [0.5, 1.7],
        [2.3, 0.4],
        [1.1, 1.3],
        [3, -1.2],
      ]) {
        const byX = evaluate(derivative(f, 0), a, b);
        const byY = evaluate(derivative(f, 1), a, b);
        expectClose(
          byX,
          difference((s) => evaluate(f, s, b), a),
          `∂x at ${a}, ${b}`,
        );
        if (f.op === 'pow' && b < 0) continue;
        expectClose(
          byY,
          difference((s) => evaluate(f, a, s), b),
          `∂y at ${a}, ${b}`,
        );
      }
    });
  }

  test('an operand that occurs twice counts twice', () => {
    const f = x.mul(y).add(x.sin().mul(x));
    const byX = evaluate(derivative(f, 0), 0.8, 2);
    expectClose(byX, 2 + Math.cos(0.8) * 0.8 + Math.sin(0.8), '∂x');
  });
});

describe('kinks', () => {
  const at = (f: Expr, index: number, ...args: number[]): number =>
    evaluate(derivative(f, index), ...args);

  test('abs′(0) = 0 and a select-made relu′(0) = 0', () => {
    expect(at(x.abs(), 0, 0)).toBe(0);
    expect(at(select(x.greater(0), x, 0), 0, 0)).toBe(0);
  });

  test('maximum and minimum split ½ at a tie', () => {
    for (const f of [x.maximum(y), x.minimum(y)]) {
      expect([at(f, 0, 2, 2), at(f, 1, 2, 2)]).toEqual([0.5, 0.5]);
    }
    expect([at(x.maximum(y), 0, 3, 2), at(x.maximum(y), 1, 3, 2)]).toEqual([1, 0]);
    expect([at(x.minimum(y), 0, 3, 2), at(x.minimum(y), 1, 3, 2)]).toEqual([0, 1]);
    expect(at(x.maximum(x), 0, 5)).toBe(1);
  });

  test('maximum and minimum of a NaN are NaN and pass the derivative to both', () => {
    for (const f of [x.maximum(y), x.minimum(y)]) {
      expect(evaluate(f, NaN, 1)).toBeNaN();
      expect(evaluate(f, 1, NaN)).toBeNaN();
      expect([at(f, 0, NaN, 1), at(f, 1, NaN, 1)]).toEqual([1, 1]);
    }
  });

  test('the operand that maximum does not take cannot let its infinity in', () => {
    expect(at(x.maximum(x.sub(1).sqrt().sub(5)), 0, 1)).toBe(1);
  });

  test('select differentiates only the branch taken', () => {
    const f = select(x.greater(0), x.log(), x.mul(2));
    expect(at(f, 0, 0)).toBe(2);
    expect(at(f, 0, -1)).toBe(2);
    expect(at(f, 0, 4)).toBe(0.25);
    const safe = select(x.greater(0), x.sqrt(), 0);
    expect(at(safe, 0, 0)).toBe(0);
    expect(at(safe.exp(), 0, -1)).toBe(0);
  });

  test('the condition of a select has no derivative', () => {
    expect(isZero(derivative(select(x, 1, 2), 0))).toBe(true);
  });

  test('sqrt′(0) is infinite, rsqrt′(0) minus infinite', () => {
    expect(at(x.sqrt(), 0, 0)).toBe(Infinity);
    expect(at(x.rsqrt(), 0, 0)).toBe(-Infinity);
  });

  test('powers at 0', () => {
    expect(at(x.pow(0), 0, 0)).toBe(0);
    expect(at(x.pow(1), 0, 0)).toBe(1);
    expect(at(x.pow(2), 0, 0)).toBe(0);
    expect(at(x.pow(0.5), 0, 0)).toBe(Infinity);
    expect(at(x.pow(y), 0, 0, 0)).toBe(0);
    expect([5e-324, Infinity, NaN].map((v) => at(x.pow(y), 0, v, 0))).toEqual([0, 0, 0]);
    expect(at(x.pow(y), 0, 0, 1)).toBe(1);
    expect(at(x.pow(y), 1, 0, 0)).toBe(0);
    expect(at(x.pow(y), 1, 0, 2)).toBe(0);
    expect(at(x.pow(y), 1, 0, -1)).toBe(-Infinity);
    expect(at(x.pow(y), 1, -2, 2)).toBeNaN();
  });

  test('the exception at exponent 0 does not cut the mixed derivative ∂²xᵖ/∂x∂p = 1/x', () => {
    const [byXY, byYX] = [
      derivative(derivative(x.pow(y), 0), 1),
      derivative(derivative(x.pow(y), 1), 0),
    ];
    expect([evaluate(byXY, 4, 0), evaluate(byYX, 4, 0)]).toEqual([0.25, 0.25]);
  });

  test('saturated functions have derivative 0 or 1, never NaN', () => {
    for (const f of [x.sigmoid(), x.tanh(), x.erf()]) {
      expect(at(f, 0, 1000)).toBe(0);
      expect(at(f, 0, -1000)).toBe(0);
    }
    expect([at(x.softplus(), 0, 1000), at(x.softplus(), 0, -1000)]).toEqual([1, 0]);
    expect([at(x.logSigmoid(), 0, 1000), at(x.logSigmoid(), 0, -1000)]).toEqual([0, 1]);
  });

  test('logSigmoid′ = σ(−x) keeps its digits where 1 − σ(x) has none', () => {
    expect(at(x.logSigmoid(), 0, 50) / Math.exp(-50)).toBeCloseTo(1, 14);
  });
});

describe('structure', () => {
  test('derivatives of what does not depend on the argument are structural zeros', () => {
    for (const f of [constant(3), y, y.exp(), x.floor().mul(y), x.less(y), x.pow(0), x.sign()]) {
      expect(isZero(derivative(f, 0))).toBe(true);
    }
  });

  test('sums and products with structural zeros and ones are dropped', () => {
    expect(derivative(x.mul(y), 0)).toBe(y);
    expect(derivative(x.add(y).add(3), 0)).toBe(constant(1));
    expect(derivative(x.mul(3), 0)).toBe(constant(3));
    expect(derivative(x.square(), 0)).toBe(constant(2).mul(x));
    expect(derivative(x.pow(3), 0)).toBe(constant(3).mul(x.mul(x)));
    expect(derivative(derivative(x.pow(3), 0), 0)).toBe(constant(6).mul(x));
    expect(derivative(x.log(), 0)).toBe(constant(1).div(x));
    expect(derivative(y.sub(x), 0)).toBe(constant(-1));
    expect(derivative(x.sin().log(), 0)).toBe(x.cos().div(x.sin()));
  });

  test("a user's x − x stays in the derivative of what it is multiplied by", () => {
    const d = derivative(x.sub(x).mul(y), 1);
    expect(d).toBe(x.sub(x));
    expect(evaluate(d, Infinity, 1)).toBeNaN();
  });

  test('rules use the result where that is cheaper', () => {
    const result = argument(9);
    const inTermsOf = (f: Expr, index = 0): Expr => substitute(derivative(f, index), f, result);
    expect(inTermsOf(x.exp())).toBe(result);
    expect(inTermsOf(x.expm1())).toBe(result.add(1));
    expect(inTermsOf(x.tanh())).toBe(constant(1).sub(result.mul(result)));
    expect(inTermsOf(x.sigmoid())).toBe(result.mul(constant(1).sub(result)));
    expect(inTermsOf(x.sqrt())).toBe(constant(0.5).div(result));
    expect(inTermsOf(x.tan())).toBe(result.mul(result).add(1));
    expect(inTermsOf(x.div(y), 1)).toBe(result.div(y).neg());
    expect(nodesOf(inTermsOf(x.pow(y), 1)).includes(result)).toBe(true);
  });

  test('derivatives are kept: asking twice gives the same object', () => {
    expect(derivative(gelu, 0)).toBe(derivative(gelu, 0));
  });

  test("gelu's fifth derivative stays small and right", () => {
    let f = gelu;
    for (let order = 0; order < 4; order++) f = derivative(f, 0);
    const fifth = derivative(f, 0);
    expect(size(fifth)).toBeLessThan(105);
    for (const t of line(-3, 3, 13)) {
      expectClose(
        evaluate(fifth, t),
        difference((s) => evaluate(f, s), t),
        `gelu⁗′(${t})`,
      );
    }
  });

  test('the tenth derivative of tanh grows as a graph, not as a tree', () => {
    let f = x.tanh();
    for (let order = 0; order < 10; order++) f = derivative(f, 0);
    expect(size(f)).toBeLessThan(300);
    // tanh⁽¹⁰⁾ is odd; its slope at 0 is the eleventh Taylor coefficient: 11!·(−1382/155925)
    expect(evaluate(f, 0)).toBeCloseTo(0, 6);
    expect(evaluate(derivative(f, 0), 0)).toBe(-353792);
  });

  test('a chain of 20,000 functions is differentiated without recursion', () => {
    let f: Expr = x;
    for (let k = 0; k < 20_000; k++) f = f.add(y).mul(0.5);
    const d = derivative(f, 1);
    expect(evaluate(d, 0, 0)).toBeCloseTo(1, 12);
  });
});
