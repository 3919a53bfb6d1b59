// Tests of scalar/expr: interning, constants, and that nothing is simplified.
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/errors.js';
import { argument, constant, type Expr, isZero, kernelOf, select } from '../../src/scalar/index.js';

const x = argument(0);
const y = argument(1);

const evaluate = (f: Expr, ...args: number[]): number =>
  kernelOf(f, args.length, 'float64').scalar(...args);

describe('interning', () => {
  test('equal formulas are the same object', () => {
    expect(x.mul(x).add(1).log()).toBe(x.mul(x).add(constant(1)).log());
    expect(select(x.greater(0), x, 0)).toBe(x.greater(0).select(x, constant(0)));
    expect(x.square()).toBe(x.mul(x));
    expect(x.reciprocal()).toBe(constant(1).div(x));
  });

  test('different formulas are different objects', () => {
    expect(x.sub(y)).not.toBe(y.sub(x));
    expect(x.sub(y)).not.toBe(x.add(y));
    expect(x.sub(x)).not.toBe(x.neg());
    expect(select(x, y, 0)).not.toBe(select(y, x, 0));
    expect(x.pow(2).sub(x)).not.toBe(x.sub(x.pow(2)));
  });

  test('operands are older than what is built on them', () => {
    const f = x.add(y).mul(x.sub(3));
    for (const arg of f.args) expect(arg.id).toBeLessThan(f.id);
  });

  test('NaN is one constant, and 0 and −0 are two', () => {
    expect(constant(NaN)).toBe(constant(NaN));
    expect(constant(-0)).toBe(constant(-0));
    expect(constant(-0)).not.toBe(constant(0));
    expect(evaluate(constant(1).div(constant(-0)))).toBe(-Infinity);
  });

  test('formulas on ever new constants leave nothing behind on their argument', () => {
    const z = argument(97);
    const before = z.users?.size ?? 0;
    for (let k = 0; k < 5000; k++) z.mul(k + 0.123456).exp();
    expect(z.users?.size ?? 0).toBe(before);
  });

  test('a constant in use stays the same object while thousands of others come and go', () => {
    const kept = constant(0.7071);
    for (let k = 0; k < 5000; k++) {
      constant(k + 0.654321);
      expect(constant(0.7071)).toBe(kept);
    }
  });

  test('a constant that was forgotten comes back equal in value', () => {
    const f = x.mul(0.918273);
    for (let k = 0; k < 5000; k++) constant(k + 0.111);
    expect(evaluate(x.mul(0.918273), 2)).toBe(evaluate(f, 2));
  });
});

describe('building', () => {
  test('nothing that a user writes is simplified', () => {
    expect(x.mul(0).op).toBe('mul');
    expect(x.sub(x).op).toBe('sub');
    expect(x.div(x).op).toBe('div');
    expect(evaluate(x.mul(0), Infinity)).toBeNaN();
    expect(evaluate(x.sub(x), Infinity)).toBeNaN();
    expect(evaluate(x.div(x), 0)).toBeNaN();
    expect(evaluate(x.neg().neg(), 3)).toBe(3);
  });

  test('isZero holds for the constants 0 and −0 and for nothing else', () => {
    expect([constant(0), constant(-0)].map(isZero)).toEqual([true, true]);
    expect([constant(1), x, x.mul(0), constant(NaN)].map(isZero)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test('an argument needs an index 0, 1, 2, …', () => {
    for (const index of [-1, 0.5, NaN, Infinity]) {
      expect(() => argument(index)).toThrow(ArgumentError);
      expect(() => argument(index)).toThrow(
        `argument: an index is 0, 1, 2, …, got ${index}. Pass the position of the argument.`,
      );
    }
    expect(argument(3).index).toBe(3);
  });

  test('nodes have every field, so that they share one shape', () => {
    const keys = [x, constant(2), x.neg(), x.add(y), select(x, y, 0)].map((e) => Object.keys(e));
    for (const each of keys) expect(each).toEqual(keys[0]);
  });
});
