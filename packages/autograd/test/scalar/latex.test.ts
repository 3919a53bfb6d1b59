// Tests of scalar/latex: samples, letter for letter.
import { describe, expect, test } from 'vitest';
import {
  argument,
  constant,
  derivative,
  type Expr,
  select,
  toLatex,
} from '../../src/scalar/index.js';

const x = argument(0);
const y = argument(1);

const gelu = x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1));

function expectLatex(samples: readonly (readonly [Expr, string])[]): void {
  for (const [f, text] of samples) expect(toLatex(f)).toBe(text);
}

describe('toLatex', () => {
  test('arithmetic', () => {
    expectLatex([
      [x.add(y).sub(1), 'x + y - 1'],
      [x.sub(y.sub(1)), 'x - (y - 1)'],
      [x.add(-2), 'x - 2'],
      [x.mul(y), 'x y'],
      [x.mul(3), '3 x'],
      [x.mul(-3), '-3 x'],
      [y.sub(x.mul(-3)), 'y - (-3 x)'],
      [constant(2).mul(3), '2 \\cdot 3'],
      [x.mul(y.add(1)), 'x (y + 1)'],
      [x.neg().mul(y), '(-x) y'],
      [x.mul(y).neg(), '-x y'],
      [x.div(y.add(1)), '\\frac{x}{y + 1}'],
      [x.div(y).square(), '\\left(\\frac{x}{y}\\right)^{2}'],
      [x.square(), 'x^{2}'],
      [x.pow(y.neg()), 'x^{-y}'],
      [x.neg().pow(3), '(-x)^{3}'],
      [x.exp().square(), '(e^{x})^{2}'],
    ]);
  });

  test('functions', () => {
    expectLatex([
      [x.tanh(), '\\tanh(x)'],
      [x.tanh().square(), '\\tanh^{2}(x)'],
      [x.log().square(), '\\log(x)^{2}'],
      [x.sigmoid(), '\\sigma(x)'],
      [x.logSigmoid(), '\\log \\sigma(x)'],
      [x.softplus().tanh().mul(x), '\\tanh(\\operatorname{softplus}(x)) x'],
      [x.div(2).sin(), '\\sin\\left(\\frac{x}{2}\\right)'],
      [x.neg().exp(), 'e^{-x}'],
      [x.expm1(), 'e^{x} - 1'],
      [x.log1p(), '\\log(1 + x)'],
      [x.sub(y).abs(), '\\left|x - y\\right|'],
      [x.add(1).sqrt(), '\\sqrt{x + 1}'],
      [x.rsqrt(), '\\frac{1}{\\sqrt{x}}'],
      [x.floor(), '\\lfloor x\\rfloor '],
      [x.maximum(y), '\\max(x, y)'],
      [x.erf(), '\\operatorname{erf}(x)'],
      [x.asin(), '\\arcsin(x)'],
    ]);
  });

  test('numbers', () => {
    expectLatex([
      [constant(Infinity).neg(), '-\\infty'],
      [constant(-Infinity), '-\\infty'],
      [constant(NaN), '\\mathrm{NaN}'],
      [constant(1.5e-7), '1.5 \\cdot 10^{-7}'],
      [constant(1e-7), '10^{-7}'],
      [constant(-0.5), '-\\frac{1}{2}'],
      [constant(Math.PI).mul(x), '\\pi x'],
    ]);
  });

  test('choices are cases, and a choice in the last case goes on with the cases', () => {
    expectLatex([
      [
        select(x.greater(0), x, x.expm1()),
        '\\begin{cases} x & \\text{if } x > 0 \\\\ e^{x} - 1 & \\text{otherwise} \\end{cases}',
      ],
      [
        select(x.less(-1), -1, select(x.greaterEqual(1), 1, x)),
        '\\begin{cases} -1 & \\text{if } x < -1 \\\\ 1 & \\text{if } x \\ge 1 \\\\ x & \\text{otherwise} \\end{cases}',
      ],
      [
        select(x, 1, 2),
        '\\begin{cases} 1 & \\text{if } x \\ne 0 \\\\ 2 & \\text{otherwise} \\end{cases}',
      ],
    ]);
  });

  test('a condition used as a number is an Iverson bracket', () => {
    expectLatex([
      [x.less(y).mul(y), '[x < y] y'],
      [x.less(y).logicalAnd(y.notEqual(0)), '[x < y \\land y \\ne 0]'],
      [x.less(y).logicalNot(), '[\\lnot (x < y)]'],
      [x.less(0).logicalOr(y.less(0)).logicalAnd(x.equal(y)), '[(x < 0 \\lor y < 0) \\land x = y]'],
    ]);
  });

  test('gelu and its derivative read as in a paper', () => {
    expect(toLatex(gelu)).toBe(
      '\\frac{1}{2} x \\left(\\operatorname{erf}\\left(\\frac{1}{\\sqrt{2}} x\\right) + 1\\right)',
    );
    expect(toLatex(derivative(x.tanh(), 0))).toBe('1 - \\tanh^{2}(x)');
    expect(toLatex(derivative(x.sigmoid(), 0))).toBe('\\sigma(x) (1 - \\sigma(x))');
  });

  test('names arguments as it is told, else x, y, z, x_3, …', () => {
    expect(toLatex(x.sub(y), ['\\hat{y}', 'y'])).toBe('\\hat{y} - y');
    expect(toLatex(argument(3).square())).toBe('x_{3}^{2}');
  });

  test('long formulas name their shared parts, in aligned lines', () => {
    let f = x.tanh();
    for (let order = 0; order < 6; order++) f = derivative(f, 0);
    const text = toLatex(f);
    expect(text.startsWith('\\begin{aligned} t_{1} &= 1 - \\tanh^{2}(x) \\\\ t_{2} &= ')).toBe(
      true,
    );
    expect(text.endsWith('\\end{aligned}')).toBe(true);
  });
});
