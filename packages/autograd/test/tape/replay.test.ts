// Tests of tape/replay: rules that break their contract, operations without derivative, several outputs.
import { describe, expect, test } from 'vitest';
import {
  type Adjoint,
  defineMultiOp,
  defineOp,
  grad,
  jvp,
  NondifferentiableError,
  NoPathError,
  type OpDefinition,
  type OpFunction,
  RuleError,
  type Tensor,
  tensor,
} from '../../src/index.js';
import { expectClose, expectError, f64, leaf } from '../support.js';

/** y = 2x with the rules given. */
function doubled(rules: Partial<OpDefinition<undefined>>) {
  return defineOp({
    name: 'doubled',
    forward: ([x]) => x.mul(2),
    vjp: (g) => g.mul(2),
    jvp: ([t]) => (t === null ? null : t.mul(2)),
    ...rules,
  } as OpDefinition<undefined>);
}

const runVjp = (rules: Partial<OpDefinition<undefined>>) => () =>
  doubled(rules)(leaf([1, 2]))
    .sum()
    .backward();

describe('a vjp rule is refused that returns', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['another shape', () => f64([1]), /float64 \[2\], got float64 \[1\]/],
    ['another dtype', () => tensor([1, 2]), /float64 \[2\], got float32 \[2\]/],
    ['too many', () => [f64([1, 2]), null], /each of its 1 inputs, got 2/],
    ['too few', () => [], /each of its 1 inputs, got 0/],
    ['nothing at all', () => undefined, /got undefined/],
    ['a number', () => 2, /got number/],
    ['an array of numbers', () => [[1, 2]], /got an array/],
  ])('%s', (_, vjp, message) => {
    expectError(runVjp({ vjp: vjp as never }), RuleError, /^doubled( vjp)?: /, message);
  });

  test('one gradient for two inputs', () => {
    const op = defineOp({ name: 'both', forward: ([a, b]) => a.add(b), vjp: (g) => g });
    expectError(() => op(leaf(1), leaf(2)).backward(), RuleError, /its 2 inputs, got 1/);
  });
});

describe('a jvp rule is refused that returns', () => {
  const x = f64([1, 2]);
  test.each<[string, () => unknown, RegExp]>([
    ['another shape', () => f64([1]), /float64 \[2\], got float64 \[1\]/],
    ['another dtype', () => tensor([1, 2]), /got float32 \[2\]/],
    ['nothing at all', () => undefined, /got undefined/],
    ['too many', () => [x, x], /each of its 1 outputs, got 2/],
  ])('%s', (_, rule, message) => {
    const op = doubled({ jvp: rule as never });
    expectError(() => jvp((y: Tensor) => op(y), [x], [x]), RuleError, /^doubled/, message);
  });
});

test('null is a gradient of nothing, and a tangent of nothing', () => {
  const op = doubled({ vjp: () => null, jvp: () => null });
  expectClose(grad((x) => op(x).sum())(f64([1, 2])), [0, 0]);
  expectClose(jvp((x: Tensor) => op(x), [f64([1, 2])], [f64([1, 2])])[1], [0, 0]);
});

describe('what an operation declares', () => {
  test('to have no derivative cuts the path, and is named', () => {
    const steps = defineOp({
      name: 'steps',
      forward: ([x]) => x.floor(),
      vjp: 'nondifferentiable',
    });
    expectError(() => steps(leaf(1.5)).backward(), NoPathError, /cut off by steps/);
    expectError(() => grad((x) => steps(x).sum())(f64([1.5])), NoPathError, /cut by steps/);
  });

  test('without a jvp can’t go forward, and says so only if something moves', () => {
    const op = defineOp({
      name: 'one-way',
      forward: ([x]) => x.mul(2),
      vjp: (g) => g.mul(2),
    });
    const x = f64(1);
    expectError(
      () => jvp((y: Tensor) => op(y), [x], [x]),
      NondifferentiableError,
      /^one-way: .* no jvp/,
    );
    expectClose(jvp((y: Tensor) => op(y.floor()).add(y), [x], [x])[1], 1);
    expectClose(grad((y) => op(y))(x), 2);
  });

  test('not to save can’t be read by its rules', () => {
    const y = doubled({ vjp: (g, { y: own }) => g.mul(own) });
    expectError(() => y(leaf(1)).backward(), RuleError, /^doubled: .*output.*saves/);
    const x = doubled({ vjp: (g, { x: [own] }) => g.mul(own) });
    expectError(() => x(leaf(1)).backward(), RuleError, /^doubled: .*inputs.*saves/);
  });
});

describe('operations with several outputs', () => {
  const seen: (number[] | null)[][] = [];
  const parts = defineMultiOp({
    name: 'sinAndCos',
    forward: ([x]) => [x.sin(), x.cos()],
    saves: { outputs: true },
    vjp: ([gs, gc], { ys: [s, c] }) => {
      seen.push([gs, gc].map((g) => g && (g.toArray() as number[])));
      const terms = [gs?.mul(c), gc?.mul(s).neg()].filter((g) => g !== undefined);
      return terms.length === 2 ? terms[0].add(terms[1]) : (terms[0] ?? null);
    },
    jvp: ([t], { ys: [s, c] }): Adjoint[] =>
      t === null ? [null, null] : [t.mul(c), t.mul(s).neg()],
  });

  test('get null for outputs that nobody used', () => {
    const x = leaf([0.5]);
    parts(x)[1].mul(3).sum().backward();
    expect(seen.splice(0)).toEqual([[null, [3]]]);
    expectClose(x.grad, [-3 * Math.sin(0.5)]);
  });

  test('get all gradients at once', () => {
    const x = leaf([0.5]);
    const [s, c] = parts(x);
    s.mul(c).sum().backward();
    expect(seen.splice(0)).toHaveLength(1);
    expectClose(x.grad, [Math.cos(1)]);
  });

  test('go forward, and to the second order', () => {
    const f = (x: Tensor) => {
      const [s, c] = parts(x);
      return s.mul(c).sum();
    };
    const x = f64([0.5]);
    expectClose(jvp(f, [x], [f64([2])])[1], 2 * Math.cos(1));
    expectClose(grad((y) => grad(f)(y).sum())(x), [-2 * Math.sin(1)]);
    seen.length = 0;
  });

  test('split gives null where a part is unused', () => {
    const x = leaf([1, 2, 3]);
    const [, b] = x.split(3);
    b.square().sum().backward();
    expectClose(x.grad, [0, 4, 0]);
  });
});

describe('raw kernels', () => {
  const scaled: OpFunction<{ by: number }> = defineOp({
    name: 'scaled',
    output: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
    kernel: ([x], [y], { by }) => {
      for (let i = 0; i < y.data.length; i++) y.data[i] = by * x.data[i];
    },
    vjp: (g, { attrs }) => scaled(g, attrs),
    jvp: ([t], { attrs }) => t && scaled(t, attrs),
  });

  test('get zeroed outputs of the declared shape, and scalars as arrays of one', () => {
    expectClose(scaled(f64([1, 2]), { by: 3 }), [3, 6]);
    expectClose(scaled(f64(2), { by: 3 }), 6);
    expect(scaled(f64([]), { by: 3 }).shape).toEqual([0]);
  });

  test('are differentiated by their rules, in both modes and again', () => {
    const f = (x: Tensor) => scaled(x.square(), { by: 3 }).sum();
    expectClose(grad(f)(f64([1, 2])), [6, 12]);
    expectClose(jvp(f, [f64([1, 2])], [f64([1, 1])])[1], 18);
    expectClose(grad((x) => grad(f)(x).sum())(f64([1, 2])), [6, 6]);
  });
});
