// Tests of scalar/source: minimal parentheses that keep the meaning.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  argument,
  constant,
  derivative,
  type Expr,
  kernelOf,
  select,
  toSource,
} from '../../src/scalar/index.js';

const x = argument(0);
const y = argument(1);
const z = argument(2);

describe('toSource', () => {
  test('puts parentheses where they are needed and nowhere else', () => {
    const samples: readonly (readonly [Expr, string])[] = [
      [x.add(y).add(z), 'x + y + z'],
      [x.add(y.add(z)), 'x + (y + z)'],
      [x.sub(y).sub(z), 'x - y - z'],
      [x.sub(y.sub(z)), 'x - (y - z)'],
      [x.mul(y).add(z), 'x * y + z'],
      [x.mul(y.add(z)), 'x * (y + z)'],
      [x.div(y).mul(z), 'x / y * z'],
      [x.div(y.mul(z)), 'x / (y * z)'],
      [x.pow(y.add(1)), 'x ** (y + 1)'],
      [x.neg().pow(2), '(-x) ** 2'],
      [x.pow(2).neg(), '-(x ** 2)'],
      [x.neg().neg(), '-(-x)'],
      [x.mul(y.neg()), 'x * -y'],
      [x.add(1).square(), '(x + 1) ** 2'],
      [x.square(), 'x * x'],
      [x.tanh().mul(2).exp(), 'exp(tanh(x) * 2)'],
      [x.maximum(y).minimum(1), 'min(max(x, y), 1)'],
      [select(x.greater(0), x, x.expm1()), 'x > 0 ? x : expm1(x)'],
      [select(x.greater(0), x, 0).add(1), '(x > 0 ? x : 0) + 1'],
      [x.less(y).logicalAnd(y.less(z)), 'x < y && y < z'],
      [x.logicalOr(y).logicalAnd(z), '(x || y) && z'],
      [x.equal(y).logicalNot(), '!(x === y)'],
      [x.logicalXor(y), 'xor(x, y)'],
      [x.less(y).mul(3), '(x < y) * 3'],
      [constant(-0).add(constant(NaN)), '-0 + NaN'],
      [x.add(-1e-7), 'x + -1e-7'],
    ];
    for (const [f, text] of samples) expect(toSource(f)).toBe(text);
  });

  test('names arguments as it is told, else x, y, z, x3, x4, …', () => {
    expect(toSource(x.sub(y), ['prediction', 'target'])).toBe('prediction - target');
    expect(toSource(z.add(argument(3)).add(argument(12)))).toBe('z + x3 + x12');
  });

  test('names shared parts once the tree is long', () => {
    let f = x.tanh();
    for (let order = 0; order < 6; order++) f = derivative(f, 0);
    const lines = toSource(f).split('\n');
    expect(lines[0]).toBe('t1 = 1 - tanh(x) * tanh(x)');
    expect(lines.length).toBeGreaterThan(2);
    expect(toSource(f).length).toBeLessThan(2000);
  });

  test('prints a graph of 2¹⁰⁰ paths', () => {
    let f: Expr = x.add(1);
    for (let k = 0; k < 100; k++) f = f.add(f);
    expect(toSource(f).split('\n').length).toBeLessThan(102);
  });

  test('means, as JavaScript, what the formula computes', () => {
    const formula: fc.Arbitrary<Expr> = fc.letrec<{ f: Expr }>((tie) => ({
      f: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(x, y, constant(2), constant(-3)),
        fc.tuple(tie('f'), tie('f')).map(([a, b]) => a.add(b)),
        fc.tuple(tie('f'), tie('f')).map(([a, b]) => a.sub(b)),
        fc.tuple(tie('f'), tie('f')).map(([a, b]) => a.mul(b)),
        fc.tuple(tie('f'), tie('f')).map(([a, b]) => a.div(b)),
        fc.tuple(tie('f'), fc.constantFrom(x, constant(2))).map(([a, b]) => a.pow(b)),
        fc.tuple(tie('f'), tie('f')).map(([a, b]) => select(a.less(b), a, b)),
        tie('f').map((a) => a.neg()),
        tie('f').map((a) => a.sin()),
      ),
    })).f;
    fc.assert(
      fc.property(formula, (f) => {
        const text = toSource(f);
        fc.pre(!text.includes('\n'));
        const run = new Function('x', 'y', 'sin', `return ${text}`);
        const actual = Number(run(1.5, -0.7, Math.sin));
        const expected = kernelOf(f, 2, 'float64').scalar(1.5, -0.7);
        // x·x may be printed as x ** 2
        if (Number.isFinite(expected)) {
          expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.abs(expected) + 1e-9);
        } else {
          expect(actual).toBe(expected);
        }
      }),
      { numRuns: 300 },
    );
  });
});
