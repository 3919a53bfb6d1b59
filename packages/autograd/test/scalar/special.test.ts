// Tests of scalar/special: error against figures of 32 digits, and the special values.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  erf,
  integerPower,
  logSigmoid,
  power,
  roundHalfEven,
  sigmoid,
  softplus,
} from '../../src/scalar/special.js';

/** [x, f(x) as a double, what that rounding dropped] */
type Row = readonly [x: number, hi: number, lo: number];

const figures: Record<'erf' | 'sigmoid' | 'softplus' | 'logSigmoid', Row[]> = JSON.parse(
  readFileSync(new URL('./figures/special.json', import.meta.url), 'utf8'),
);

/** The distance of neighbouring doubles around y. */
function ulp(y: number): number {
  const magnitude = Math.max(Math.abs(y), 2 ** -1022);
  let exponent = Math.floor(Math.log2(magnitude));
  if (2 ** exponent > magnitude) exponent--;
  return 2 ** Math.max(exponent - 52, -1074);
}

function worstUlps(f: (x: number) => number, rows: readonly Row[]): number {
  return Math.max(...rows.map(([x, hi, lo]) => Math.abs(f(x) - hi - lo) / ulp(hi)));
}

describe('errors against figures of 32 digits', () => {
  const limits = [
    ['erf', erf, 1],
    ['sigmoid', sigmoid, 2],
    ['softplus', softplus, 2],
    ['logSigmoid', logSigmoid, 2],
  ] as const;
  for (const [name, f, limit] of limits) {
    test(`${name} is within ${limit} ulp, tails and subnormals included`, () => {
      expect(figures[name].length).toBeGreaterThan(250);
      expect(worstUlps(f, figures[name])).toBeLessThanOrEqual(limit);
    });
  }

  test('a plain log(1 + exp(x)) would fail the same measure', () => {
    expect(worstUlps((x) => Math.log(1 + Math.exp(x)), figures.softplus)).toBeGreaterThan(1e6);
  });
});

describe('special values', () => {
  test('NaN goes through every function', () => {
    for (const f of [erf, sigmoid, softplus, logSigmoid, roundHalfEven]) expect(f(NaN)).toBeNaN();
    expect(power(NaN, 2)).toBeNaN();
    expect(power(2, NaN)).toBeNaN();
  });

  test('infinities reach the limits', () => {
    expect([erf(Infinity), erf(-Infinity)]).toEqual([1, -1]);
    expect([sigmoid(Infinity), sigmoid(-Infinity)]).toEqual([1, 0]);
    expect([softplus(Infinity), softplus(-Infinity)]).toEqual([Infinity, 0]);
    expect([logSigmoid(Infinity), logSigmoid(-Infinity)]).toEqual([0, -Infinity]);
  });

  test('erf is odd and keeps the sign of zero', () => {
    for (const x of [1e-300, 0.3, 1, 1.5, 5.9, 7]) expect(erf(-x)).toBe(-erf(x));
    expect(erf(-0)).toBe(-0);
    expect(erf(0)).toBe(0);
  });

  test('erf never decreases, not even where its two formulas meet', () => {
    let before = erf(0.999999);
    for (let k = 1; k <= 4000; k++) {
      const y = erf(0.999999 + k * 5e-10);
      expect(y).toBeGreaterThanOrEqual(before);
      before = y;
    }
  });

  test('rounding takes ties to the even neighbour and keeps −0', () => {
    const xs = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999999999999994, -0.3, 2.4, -2.6, 1e300];
    const ys = [0, 2, 2, -0, -2, -2, 0, -0, 2, -3, 1e300];
    expect(xs.map(roundHalfEven)).toEqual(ys);
    expect(roundHalfEven(2 ** 52 + 1)).toBe(2 ** 52 + 1);
    expect(roundHalfEven(-0)).toBe(-0);
    expect(roundHalfEven(-Infinity)).toBe(-Infinity);
  });

  test('powers follow IEEE 754 where Math.pow does not', () => {
    expect(power(1, NaN)).toBe(1);
    expect(power(1, Infinity)).toBe(1);
    expect(power(-1, -Infinity)).toBe(1);
    expect(power(NaN, 0)).toBe(1);
    expect(power(0, -1)).toBe(Infinity);
    expect(power(-2, 3)).toBe(-8);
    expect(power(-8, 1 / 3)).toBeNaN();
  });

  test('integer powers wrap, and negative exponents truncate towards zero', () => {
    expect(integerPower(3, 4)).toBe(81);
    expect(integerPower(-2, 31)).toBe(-(2 ** 31));
    expect(integerPower(2, 32)).toBe(0);
    expect(integerPower(3, 40)).toBe(Number(BigInt.asIntN(32, 3n ** 40n)));
    // 7 has an order that divides 2³¹ modulo 2³², so this power is its inverse.
    expect(Math.imul(7, integerPower(7, 2 ** 31 - 1))).toBe(1);
    expect([0, 5].map((a) => integerPower(a, 0))).toEqual([1, 1]);
    expect([1, -1, -1, 2, 0].map((a, k) => integerPower(a, -1 - k))).toEqual([1, 1, -1, 0, 0]);
  });
});
