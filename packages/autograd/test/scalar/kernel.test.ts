// Tests of scalar/kernel: what kernels compute in each dtype, scalars and loops, with and without generated code.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ArgumentError, DTypeError } from '../../src/errors.js';
import {
  argument,
  closureKernel,
  constant,
  type Expr,
  generateKernel,
  kernelOf,
  kernelSource,
  select,
} from '../../src/scalar/index.js';

const x = argument(0);
const y = argument(1);
const { fround } = Math;

const makers = [
  ['generated', generateKernel],
  ['closure', closureKernel],
] as const;

for (const [name, kernel] of makers) {
  const f64 = (f: Expr, ...args: number[]): number =>
    kernel(f, args.length, 'float64').scalar(...args);
  const f32 = (f: Expr, ...args: number[]): number =>
    kernel(f, args.length, 'float32').scalar(...args);
  const i32 = (f: Expr, ...args: number[]): number =>
    kernel(f, args.length, 'int32').scalar(...args);
  const bool = (f: Expr, ...args: number[]): number =>
    kernel(f, args.length, 'bool').scalar(...args);

  describe(`${name}: float64`, () => {
    test('every op computes what it says', () => {
      expect(f64(x.mul(y).add(x).sub(2).div(y), 3, 4)).toBe(13 / 4);
      expect(f64(x.pow(y), 2, 10)).toBe(1024);
      expect(f64(x.neg().abs().sqrt(), 9)).toBe(3);
      expect(f64(x.rsqrt(), 4)).toBe(0.5);
      expect(f64(x.reciprocal(), 4)).toBe(0.25);
      expect([2.5, -2.5].map((v) => f64(x.floor(), v))).toEqual([2, -3]);
      expect([2.5, -2.5].map((v) => f64(x.ceil(), v))).toEqual([3, -2]);
      expect([2.5, -2.5].map((v) => f64(x.trunc(), v))).toEqual([2, -2]);
      expect([2.5, 3.5].map((v) => f64(x.round(), v))).toEqual([2, 4]);
      expect([2.5, 0, -2].map((v) => f64(x.sign(), v))).toEqual([1, 0, -1]);
    });

    test('Math functions are those of Math', () => {
      const ops = [
        'exp',
        'expm1',
        'log',
        'log1p',
        'sin',
        'cos',
        'tan',
        'asin',
        'acos',
        'atan',
        'sinh',
        'cosh',
        'tanh',
      ] as const;
      for (const op of ops) expect(f64(x[op](), 0.3)).toBe(Math[op](0.3));
    });

    test('comparisons and logic give 1 and 0', () => {
      const all = (f: Expr): number[] =>
        [
          [1, 2],
          [2, 2],
          [3, 2],
          [NaN, 2],
        ].map(([a, b]) => f64(f, a, b));
      expect(all(x.less(y))).toEqual([1, 0, 0, 0]);
      expect(all(x.lessEqual(y))).toEqual([1, 1, 0, 0]);
      expect(all(x.greater(y))).toEqual([0, 0, 1, 0]);
      expect(all(x.greaterEqual(y))).toEqual([0, 1, 1, 0]);
      expect(all(x.equal(y))).toEqual([0, 1, 0, 0]);
      expect(all(x.notEqual(y))).toEqual([1, 0, 1, 1]);
      const table = (f: Expr): number[] =>
        [
          [0, 0],
          [0, 2],
          [NaN, 0],
          [-1, 3],
        ].map(([a, b]) => f64(f, a, b));
      expect(table(x.logicalAnd(y))).toEqual([0, 0, 0, 1]);
      expect(table(x.logicalOr(y))).toEqual([0, 1, 1, 1]);
      expect(table(x.logicalXor(y))).toEqual([0, 1, 1, 0]);
      expect([0, -0, 2, NaN].map((v) => f64(x.logicalNot(), v))).toEqual([1, 1, 0, 0]);
    });

    test('maximum and minimum propagate NaN and order the zeros', () => {
      expect(f64(x.maximum(y), NaN, 1)).toBeNaN();
      expect(f64(x.minimum(y), 1, NaN)).toBeNaN();
      expect(f64(x.maximum(y), -0, 0)).toBe(0);
      expect(f64(x.minimum(y), 0, -0)).toBe(-0);
    });

    test('constants of every kind arrive unchanged', () => {
      for (const v of [0, -0, -1.5, 1e300, 5e-324, -1e-7, Infinity, -Infinity, NaN]) {
        expect(f64(constant(v))).toBe(v);
        expect(f64(constant(v).neg())).toBe(-v);
      }
    });

    test('a select takes a branch, whatever the other one does', () => {
      const f = select(x.greater(0), x.log().add(x.log().exp()), x.exp().mul(x.exp()));
      expect(f64(f, 2)).toBe(Math.log(2) + Math.exp(Math.log(2)));
      expect(f64(f, -2)).toBe(Math.exp(-2) * Math.exp(-2));
      expect(f64(select(x, y, 5), NaN, 7)).toBe(7);
    });

    test('a node used inside and outside of a branch is computed outside', () => {
      const e = x.exp();
      const f = select(x.greater(0), select(y.less(e), e.mul(e).add(e), 1), e.neg()).add(
        select(y, e.mul(e), 3),
      );
      const E = Math.exp(0.5);
      expect(f64(f, 0.5, 1)).toBe(E * E + E + E * E);
      expect(f64(f, 0.5, 9)).toBe(1 + E * E);
      expect(f64(f, -0.5, 0)).toBe(-Math.exp(-0.5) + 3);
    });

    test('a formula of 20,000 nested nodes is computed', () => {
      let f: Expr = x;
      for (let k = 0; k < 20_000; k++) f = f.add(1);
      expect(f64(f, 5)).toBe(20_005);
    });
  });

  describe(`${name}: float32`, () => {
    test('every intermediate is rounded', () => {
      const [a, b] = [fround(1.1), fround(2.3)];
      const exact = fround(a * b + a);
      const stepwise = fround(fround(a * b) + a);
      expect(f32(x.mul(y).add(x), a, b)).toBe(stepwise);
      let differs = exact !== stepwise;
      for (let k = 0; k < 20 && !differs; k++) {
        const c = fround(1 + k / 7);
        differs = fround(c * b + c) !== f32(x.mul(y).add(x), c, b);
      }
      expect(differs).toBe(true);
    });

    test('arguments and constants are rounded too', () => {
      expect(f32(x, 0.1)).toBe(fround(0.1));
      expect(f32(constant(0.1))).toBe(fround(0.1));
      expect(f32(x.add(1), 2 ** 24 + 1)).toBe(2 ** 24);
      expect(f32(x.mul(1e30), 1e30)).toBe(Infinity);
    });

    test('special functions are rounded once, from float64', () => {
      for (const op of ['exp', 'tanh', 'erf', 'sigmoid', 'softplus', 'logSigmoid'] as const) {
        for (const v of [-30, -1.1, 0.3, 5].map(fround)) {
          expect(f32(x[op](), v)).toBe(fround(f64(x[op](), v)));
        }
      }
    });

    test('softplus and sigmoid survive where e^x overflows float32', () => {
      expect(f32(x.softplus(), 100)).toBe(100);
      expect(f32(x.sigmoid(), -100)).toBe(fround(Math.exp(-100)));
    });
  });

  describe(`${name}: int32`, () => {
    const [top, bottom] = [2 ** 31 - 1, -(2 ** 31)];

    test('arithmetic wraps', () => {
      expect(i32(x.add(y), top, 1)).toBe(bottom);
      expect(i32(x.sub(y), bottom, 1)).toBe(top);
      expect(i32(x.mul(y), 65537, 65537)).toBe(131073);
      expect(i32(x.square(), top)).toBe(1);
      expect(i32(x.neg(), bottom)).toBe(bottom);
      expect(i32(x.abs(), bottom)).toBe(bottom);
      expect(i32(x.pow(y), 3, 21)).toBe((3 ** 21) | 0);
    });

    test('there is no −0', () => {
      expect(i32(x.neg(), 0)).toBe(0);
      expect(i32(x.mul(-1), 0)).toBe(0);
    });

    test('roundings are the identity; sign, extremes, comparisons, logic and select work', () => {
      for (const f of [x.floor(), x.ceil(), x.round(), x.trunc()]) expect(i32(f, -7)).toBe(-7);
      expect(i32(x.sign(), -7)).toBe(-1);
      expect([i32(x.maximum(y), 3, -4), i32(x.minimum(y), 3, -4)]).toEqual([3, -4]);
      expect(i32(select(x.less(y).logicalAnd(y.notEqual(0)), x, y), 3, 4)).toBe(3);
    });

    test('arguments become integers', () => {
      expect(i32(x, 2 ** 32 + 5)).toBe(5);
      expect(i32(x, -2.7)).toBe(-2);
    });

    test('what has no sense on integers is refused', () => {
      for (const f of [x.exp(), x.div(y), x.sqrt(), x.sigmoid()]) {
        expect(() => kernel(f, 2, 'int32')).toThrow(DTypeError);
        expect(() => kernel(f, 2, 'int32')).toThrow(
          `${f.op}: a formula on int32 is made of integer ops only, got ${f.op}. Cast to float32 first.`,
        );
      }
      expect(() => kernel(x.add(0.5), 1, 'int32')).toThrow(DTypeError);
      expect(() => kernel(x.add(0.5), 1, 'int32')).toThrow('whole constants only, got 0.5');
    });
  });

  describe(`${name}: bool`, () => {
    test('logic, comparisons and select give 0 and 1', () => {
      expect(bool(x.logicalXor(y), 1, 0)).toBe(1);
      expect(bool(x.logicalNot(), 1)).toBe(0);
      expect(bool(x.less(y), 0, 1)).toBe(1);
      expect(bool(select(x, y, 1), 0, 0)).toBe(1);
      expect(bool(x, 7)).toBe(1);
    });

    test('arithmetic and other constants are refused', () => {
      expect(() => kernel(x.add(y), 2, 'bool')).toThrow(DTypeError);
      expect(() => kernel(x.add(y), 2, 'bool')).toThrow(
        'add: a formula on bool is made of comparisons, logic and select only, got add.',
      );
      expect(() => kernel(x.equal(2), 1, 'bool')).toThrow('the constants 0 and 1 only, got 2');
    });
  });

  describe(`${name}: loops`, () => {
    test('go with strides and offsets, a stride of 0 repeating one value', () => {
      const { loop } = kernel(x.sub(y), 2, 'float64');
      const out = new Float64Array(6).fill(-1);
      loop(out, 1, 4, [9, 1, 9, 2, 9, 3, 9, 4], 1, 2, [10, 20], 1, 0);
      expect([...out]).toEqual([-1, -19, -18, -17, -16, -1]);
    });

    test('go backwards with negative strides, and nowhere for n = 0', () => {
      const { loop } = kernel(x.mul(2), 1, 'float32');
      const out = new Float32Array(3);
      loop(out, 0, 3, new Float32Array([1, 2, 3]), 2, -1);
      expect([...out]).toEqual([6, 4, 2]);
      loop(out, 0, 0, new Float32Array([1]), 0, 1);
      expect([...out]).toEqual([6, 4, 2]);
    });

    test('may write over an operand', () => {
      const data = new Float32Array([1, 2, 3]);
      kernel(x.square().add(x), 1, 'float32').loop(data, 0, 3, data, 0, 1);
      expect([...data]).toEqual([2, 6, 12]);
    });

    test('fill with a formula of no arguments', () => {
      const out = new Int32Array(3);
      kernel(constant(7), 0, 'int32').loop(out, 1, 2);
      expect([...out]).toEqual([0, 7, 7]);
    });

    test('store comparisons of floats as bytes', () => {
      const out = new Uint8Array(3);
      const operand = new Float32Array([-1, NaN, 1]);
      kernel(x.greater(0), 1, 'float32').loop(out, 0, 3, operand, 0, 1);
      expect([...out]).toEqual([0, 0, 1]);
    });

    test('skip arguments that the formula does not use', () => {
      const out = new Float64Array(2);
      kernel(y.add(1), 3, 'float64').loop(out, 0, 2, [], 0, 0, [1, 2], 0, 1, [], 0, 0);
      expect([...out]).toEqual([2, 3]);
    });
  });

  test(`${name}: too small an arity is refused`, () => {
    expect(() => kernel(x.add(argument(2)), 2, 'float32')).toThrow(ArgumentError);
    expect(() => kernel(x.add(argument(2)), 2, 'float32')).toThrow(
      'kernelOf: a formula of 2 arguments uses arguments 0 … arity − 1, got argument 2. Pass an arity of at least 3.',
    );
  });
}

describe('kernelSource', () => {
  test('computes a shared node once', () => {
    const t = x.tanh();
    expect(kernelSource(constant(1).sub(t.mul(t)), 1, 'float64').split('Math.tanh').length).toBe(3);
  });

  test('computes what only one branch uses in that branch', () => {
    const e = x.exp();
    const source = kernelSource(select(x.greater(0), e.mul(e), x), 1, 'float64');
    expect(source.indexOf('if (x0 > 0)')).toBeGreaterThan(0);
    expect(source.indexOf('if (x0 > 0)')).toBeLessThan(source.indexOf('Math.exp(x0)'));
  });
});

describe('kernelOf', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  test('keeps one kernel for each arity and dtype', () => {
    const f = x.mul(y).exp();
    expect(kernelOf(f, 2, 'float32')).toBe(kernelOf(f, 2, 'float32'));
    expect(kernelOf(f, 2, 'float32')).not.toBe(kernelOf(f, 2, 'float64'));
    expect(kernelOf(f, 2, 'float32')).not.toBe(kernelOf(f, 3, 'float32'));
  });

  test('works where a policy forbids generated code', async () => {
    vi.resetModules();
    const tries = vi.fn(function refuse() {
      throw new EvalError('Refused to evaluate a string as JavaScript');
    });
    vi.stubGlobal('Function', tries);
    const fresh = await import('../../src/scalar/index.js');
    const a = fresh.argument(0);
    expect(() => fresh.generateKernel(a, 1, 'float64')).toThrow(EvalError);
    tries.mockClear();
    expect(fresh.kernelOf(a.mul(a).add(1), 1, 'float64').scalar(3)).toBe(10);
    expect(fresh.kernelOf(a.exp(), 1, 'float64').scalar(0)).toBe(1);
    expect(tries).toHaveBeenCalledTimes(1);
  });
});
