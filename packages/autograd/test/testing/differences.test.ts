// The differences that everything is judged by, against derivatives that are known.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences, stepFor } from '../../src/testing/differences.js';

const along = (f: (x: number) => number, x: number) => ({
  f: (offset: number) => f(x + offset),
  h: stepFor(x, 2 ** -6),
});
const at = (f: (x: number) => number, x: number, accuracy = 1e-8) =>
  differences([along(f, x)], accuracy, 1e-9)[0];

describe('differences', () => {
  it.each([
    ['exp', Math.exp, Math.exp],
    ['sin', Math.sin, Math.cos],
    ['tanh', Math.tanh, (x: number) => 1 - Math.tanh(x) ** 2],
    ['x⁵', (x: number) => x ** 5, (x: number) => 5 * x ** 4],
    ['1/(2 + x²)', (x: number) => 1 / (2 + x * x), (x: number) => (-2 * x) / (2 + x * x) ** 2],
  ])('give the derivative of %s to ten digits', (_name, f, derivative) => {
    fc.assert(
      fc.property(fc.double({ min: -2, max: 2, noNaN: true }), (x) => {
        expect(Math.abs(at(f, x).value - derivative(x))).toBeLessThanOrEqual(
          1e-10 * Math.max(1, Math.abs(derivative(x))),
        );
      }),
    );
  });

  it('claim an error that is no smaller than the real one, up to rounding', () => {
    for (const x of [0.02, 0.05, 0.1, 0.5, 1, 3]) {
      const { value, error } = at(Math.log, x, 1e-12);
      expect(Math.abs(value - 1 / x)).toBeLessThanOrEqual(error + 1e-10 / x);
    }
  });

  it('shrink their step until neither a kink nor the end of a domain is in the way', () => {
    expect(at(Math.abs, 0.003).value).toBeCloseTo(1, 9);
    expect(at(Math.log, 0.001).value / 1000).toBeCloseTo(1, 6);
  });

  it('take no smaller steps for what is nothing beside the largest of them', () => {
    let calls = 0;
    const counted = (f: (x: number) => number) => (x: number) => {
      calls++;
      return f(x);
    };
    const small = along(
      counted((x) => 1e-9 * Math.exp(10 * x)),
      0,
    );
    const [alone] = differences([small], 1e-8, 1e-12);
    const callsAlone = calls;
    calls = 0;
    const [, beside] = differences([along(Math.exp, 0), small], 1e-8, 1e-12);
    expect(Math.abs(alone.value - 1e-8)).toBeLessThan(1e-15);
    expect(Math.abs(beside.value - 1e-8)).toBeLessThan(1e-12);
    expect([calls, callsAlone > calls]).toEqual([6, true]);
  });

  it('do not measure by a largest one that is unknown', () => {
    const pole = along((x) => 1 / x, 0.004);
    const [, beside] = differences([pole, along((x) => Math.sin(30 * x), 0)], 1e-8, 1e-9);
    expect(Math.abs(beside.value - 30)).toBeLessThan(1e-6);
  });

  it('admit that they know nothing where the function has no values', () => {
    expect(at(Math.log, -1).error).toBe(Infinity);
    expect(at(Math.abs, 0).value).toBe(0);
  });

  it('step by powers of two, relative to large inputs', () => {
    expect([0, 0.3, -1, 1.5, -2, 100].map((x) => stepFor(x, 2 ** -6) * 2 ** 6)).toEqual([
      1, 1, 1, 2, 2, 128,
    ]);
  });
});
