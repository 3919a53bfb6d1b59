// What gradcheck accepts, refuses and says.
import { inspect } from 'node:util';
import {
  ArgumentError,
  concat,
  DTypeError,
  defineOp,
  detach,
  GradcheckError,
  grad,
  matmul,
  mul,
  NondifferentiableError,
  noGrad,
  relu,
  rng,
  sort,
  split,
  type Tensor,
  tensor,
  variable,
  where,
} from '@retrograd/autograd';
import { gradcheck } from '@retrograd/autograd/testing';
import { describe, expect, it } from 'vitest';

const float64 = { dtype: 'float64' } as const;
const x = tensor([0.5, -1.25, 2], float64);
const matrix = rng(3).uniform([2, 3], float64);

/** x³ with a vjp and a jvp that can be off by a factor. */
function cube(vjpFactor = 1, jvpFactor = 1) {
  return defineOp({
    name: 'cube',
    forward: ([a]) => a.mul(a).mul(a),
    saves: { inputs: [0] },
    vjp: (g, { x: [a] }) => g.mul(a.square().mul(3 * vjpFactor)),
    jvp: ([t], { x: [a] }) => t && mul(t, a.square().mul(3 * jvpFactor)),
  });
}

describe('gradcheck', () => {
  it('passes a right operation and returns the largest errors', () => {
    const report = gradcheck(cube(), [x]);
    expect(report.largest('first')).toBeLessThan(1e-10);
    expect(report.largest('second')).toBeLessThan(1e-10);
    const modes = new Set(report.lines.map(({ order, mode }) => `${order}, ${mode}`));
    expect([...modes].sort()).toEqual([
      'first, forward mode',
      'first, reverse mode',
      'second, forward over reverse',
      'second, reverse over forward',
      'second, reverse over reverse',
    ]);
  });

  it('names function, order, mode, input, element, both numbers and the relative error', () => {
    const check = () => gradcheck(cube(1.001), [x], { name: 'cube' });
    expect(check).toThrow(GradcheckError);
    expect(check).toThrow(
      /^gradcheck: the first derivative of cube agrees with central differences to 1e-6, reverse mode got -?[\d.]+ instead of -?[\d.]+ for input 0 at \[\d\] \(relative error 1\.0e-3\)\. Check the rules/,
    );
  });

  it('finds a wrong jvp beside a right vjp', () => {
    const check = () => gradcheck(cube(1, -1), [x]);
    expect(check).toThrow(/forward mode got .* for all inputs along a random direction/);
    expect(() => gradcheck(cube(1, -1), [x], { modes: ['reverse'] })).not.toThrow();
  });

  it('finds a second derivative that is cut off', () => {
    const cut = defineOp({
      name: 'cut',
      forward: ([a]) => a.square(),
      saves: { inputs: [0] },
      vjp: (g, { x: [a] }) => g.mul(detach(a).mul(2)),
      jvp: ([t], { x: [a] }) => t && mul(t, a.mul(2)),
    });
    expect(() => gradcheck(cut, [x], { order: 1 })).not.toThrow();
    expect(() => gradcheck(cut, [x])).toThrow(
      /the second derivative .* reverse over reverse got 0 instead of .* for input 0 at \[\d\]/,
    );
  });

  it('finds a vjp that treats the incoming gradient as a constant', () => {
    const cut = defineOp({
      name: 'cut',
      forward: ([a]) => a.mul(3),
      vjp: (g) => noGrad(() => g.mul(3)),
      jvp: ([t]) => t && mul(t, 3),
    });
    expect(() => gradcheck(cut, [x])).toThrow(/second .* for the gradient of output 0 at/);
  });

  it('finds what is wrong only when one input is a constant', () => {
    const product = defineOp({
      name: 'product',
      forward: ([a, b]) => a.mul(b),
      saves: { inputs: [0, 1] },
      vjp: (g, node) => {
        const [a, b] = node.x;
        return [node.needs(1) ? g.mul(b) : g, g.mul(a)];
      },
      jvp: ([ta, tb], { x: [a, b] }) => {
        const [p, q] = [ta && mul(ta, b), tb && mul(tb, a)];
        return p && q ? p.add(q) : (p ?? q);
      },
    });
    expect(() => gradcheck(product, [x, x.add(1)])).toThrow(
      /reverse mode, alone got .* input 0 at/,
    );
  });

  it('sees the difference of one derivative from zero, however small the others are', () => {
    const wrong = defineOp({
      name: 'wrong',
      forward: ([a]) => a.mul(1e-7),
      vjp: (g) => g.mul(2e-7),
      jvp: ([t]) => t && mul(t, 1e-7),
    });
    expect(() => gradcheck(wrong, [x], { order: 1 })).toThrow(GradcheckError);
  });

  it('does not take NaN for an agreement', () => {
    const undefinedRule = defineOp({
      name: 'undefined',
      forward: ([a]) => a.mul(2),
      vjp: (g) => g.mul(Number.NaN),
      jvp: ([t]) => t && mul(t, 2),
    });
    expect(() => gradcheck(undefinedRule, [x])).toThrow(
      /got NaN instead of .*relative error Infinity/,
    );
  });

  it('takes nested arguments and nested results, and says which it means', () => {
    const layer = ({ w, b }: { w: Tensor; b: Tensor }, inputs: readonly Tensor[]) => ({
      sum: matmul(inputs[0], w).add(b),
      parts: [w.tanh(), b],
    });
    const params = { w: rng(1).normal([3, 2], float64), b: rng(2).normal([2], float64) };
    const report = gradcheck(layer, [params, [matrix]]);
    expect(new Set(report.lines.map(({ by }) => by))).toEqual(
      new Set([
        'input 0.w',
        'input 0.b',
        'input 1[0]',
        'all inputs along a random direction',
        'the gradient of output 0',
        'the gradient of output 1',
        'the gradient of output 2',
      ]),
    );
  });

  it('checks lists and { values, indices }, of which indices have no derivative', () => {
    expect(() => gradcheck((a: Tensor) => split(a, [1, 2], 1), [matrix])).not.toThrow();
    expect(() => gradcheck((a: Tensor) => sort(a), [matrix])).not.toThrow();
    expect(() => gradcheck((a: Tensor, b: Tensor) => concat([a, b]), [x, x])).not.toThrow();
  });

  it('holds int32 and bool tensors constant', () => {
    const mask = tensor([true, false, true]);
    const report = gradcheck((c: Tensor, a: Tensor) => where(c, a, a.square()), [mask, x]);
    expect(report.lines.filter(({ by }) => by === 'input 0')).toEqual([]);
    expect(report.lines.some(({ by }) => by === 'input 1')).toBe(true);
  });

  it('takes variables by their value and leaves their gradients alone', () => {
    const cell = variable(x);
    gradcheck((a: Tensor) => a.mul(a), [cell]);
    expect(cell.grad).toBeNull();
  });

  it('checks a function that differentiates by itself', () => {
    const slope = (a: Tensor) => grad((b: Tensor) => b.sin().sum())(a);
    expect(() => gradcheck(slope, [x])).not.toThrow();
  });

  it('checks scalars and tensors of nothing', () => {
    const scalar = gradcheck((a: Tensor) => a.exp(), [tensor(0.5, float64)]);
    expect(scalar.largest('first')).toBeGreaterThan(0);
    expect(() => gradcheck((a: Tensor) => a.exp(), [tensor([], float64)])).not.toThrow();
    const check = () => gradcheck(cube(1.1), [tensor(0.5, float64)]);
    expect(check).toThrow(/for input 0 at \[\] /);
  });

  it('takes smaller steps beside a kink and at the end of a domain', () => {
    expect(() => gradcheck((a: Tensor) => relu(a), [tensor([0.002, 2], float64)])).not.toThrow();
    expect(() => gradcheck((a: Tensor) => a.log(), [tensor([0.01, 2], float64)])).not.toThrow();
  });

  it('says so when it is the differences that are uncertain', () => {
    const check = () => gradcheck((a: Tensor) => a.sqrt(), [tensor([1e-9], float64)]);
    expect(check).toThrow(/The differences themselves are uncertain by .*pass a smaller eps/);
    expect(() =>
      gradcheck((a: Tensor) => a.sqrt(), [tensor([1e-9], float64)], { eps: 2 ** -36 }),
    ).not.toThrow();
  });

  it('judges an operation without a jvp in reverse mode only', () => {
    const reverseOnly = defineOp({
      name: 'reverseOnly',
      forward: ([a]) => a.mul(2),
      vjp: (g) => g.mul(2),
    });
    expect(() => gradcheck(reverseOnly, [x])).toThrow(NondifferentiableError);
    expect(() => gradcheck(reverseOnly, [x], { modes: ['reverse'] })).not.toThrow();
  });

  it('prints a table', () => {
    const report = gradcheck((a: Tensor) => a.exp(), [x], { name: 'exp', order: 1 });
    const text = inspect(report);
    expect(text).toBe(report.toString());
    expect(text.split('\n')[0]).toBe('gradcheck of exp');
    expect(text).toMatch(/^first {2}reverse mode {2}input 0 .* \d\.\de-\d+$/m);
  });
});

describe('gradcheck of a function that closes over variables', () => {
  const cells = () => ({
    weight: variable(rng(1).normal([3, 2], float64)),
    bias: variable(rng(2).normal([2], float64)),
  });
  const modes = ['reverse', 'forward', 'compiled'] as const;

  it('differentiates by them as by inputs, in all modes and twice', () => {
    const { weight, bias } = cells();
    const layer = (a: Tensor) => a.matmul(weight).add(bias).tanh();
    const kept = weight.value;
    bias.grad = tensor([1, 2], float64);
    const report = gradcheck(layer, [matrix], { variables: { weight, bias }, modes });
    for (const mode of ['reverse mode', 'forward mode', 'backward', 'compiled backward']) {
      const by = report.lines.filter((line) => line.mode === mode).map((line) => line.by);
      expect(by.filter((name) => !name.startsWith('all'))).toEqual([
        'input 0',
        'variable weight',
        'variable bias',
      ]);
    }
    expect(report.largest('second')).toBeGreaterThan(0);
    expect(weight.value.toArray()).toEqual(kept.toArray());
    expect(weight.grad).toBeNull();
    expect(bias.grad?.toArray()).toEqual([1, 2]);
  });

  it('finds a wrong derivative by one of them, and names it', () => {
    const { weight } = cells();
    const wrong = cube(1.001);
    const check = () =>
      gradcheck((a: Tensor) => a.matmul(wrong(weight)), [matrix], {
        variables: { weight },
      });
    expect(check).toThrow(/reverse mode got .* for variable weight at \[\d, \d\]/);
  });

  it('finds gradients that only backward() gets wrong, as it is and compiled', () => {
    const { weight } = cells();
    const halved = (a: Tensor) => {
      const y = a.matmul(weight);
      // What a caller adds to the gradient behind the back of the function.
      weight.grad =
        weight.grad ??
        tensor(
          [
            [1, 0],
            [0, 0],
            [0, 0],
          ],
          float64,
        );
      return y;
    };
    const check = () => gradcheck(halved, [matrix], { variables: { weight }, modes: ['compiled'] });
    expect(check).toThrow(/ backward got .* for variable weight at \[0, 0\]/);
  });

  it('checks a function of variables alone, and a tied one once', () => {
    const { bias } = cells();
    const report = gradcheck(() => bias.exp(), [], { variables: { bias, same: bias }, modes });
    expect(new Set(report.lines.map(({ by }) => by))).toContain('variable bias');
    expect(report.lines.filter(({ by }) => by === 'variable same')).toEqual([]);
  });

  it('begins every evaluation with the same state and the same random numbers', () => {
    const calls = variable(tensor(1, float64), { requiresGrad: false });
    const source = rng(5);
    const noisy = (a: Tensor) => {
      calls.assign(calls.mul(2));
      return a.mul(calls).mul(source.uniform([3], float64));
    };
    const next = rng(5).next();
    expect(() => gradcheck(noisy, [x], { generators: [source], modes })).toThrow(ArgumentError);
    calls.assign(1);
    gradcheck(noisy, [x], { variables: { calls }, generators: [source], modes });
    expect(calls.value.item()).toBe(1);
    expect(source.next()).toBe(next);
  });

  it('gives zeros for what the result does not depend on', () => {
    const { bias } = cells();
    const constant = tensor([1, 2], float64);
    const report = gradcheck((_: Tensor) => constant.mul(1), [x], { variables: { bias }, modes });
    expect(report.largest('first')).toBe(0);
  });

  it('refuses variables of float32', () => {
    const bias = variable(tensor([1, 2]));
    expect(() => gradcheck(() => bias.exp(), [], { variables: { bias } })).toThrow(
      /^gradcheck: differences need float64, got float32 for variable bias\./,
    );
  });
});

describe('gradcheck refuses', () => {
  it('float32, of which differences know too little', () => {
    const inputs = () => gradcheck((a: Tensor) => a.exp(), [tensor([1, 2])]);
    expect(inputs).toThrow(DTypeError);
    expect(inputs).toThrow(/^gradcheck: differences need float64, got float32 for input 0\./);
    const result = () => gradcheck((a: Tensor) => a.cast('float32'), [x]);
    expect(result).toThrow(DTypeError);
    expect(result).toThrow(/^gradcheck: differences need float64, got a result of float32\./);
  });

  it('a list without a float64 tensor', () => {
    const check = () => gradcheck((a: Tensor) => a, [tensor([1], { dtype: 'int32' })]);
    expect(check).toThrow(ArgumentError);
    expect(check).toThrow(
      /^gradcheck: takes .* at least one float64 tensor, or variables that require a gradient, got none\./,
    );
  });

  it('a function without a floating result', () => {
    const nothing = () => gradcheck(() => undefined, [x]);
    expect(nothing).toThrow(ArgumentError);
    expect(nothing).toThrow(/^gradcheck: the function returns a float64 tensor.*got undefined\./);
    const truth = () => gradcheck((a: Tensor) => a.greater(0), [x]);
    expect(truth).toThrow(/^gradcheck: the function returns a float64 tensor.*got bool\./);
  });

  it('a function that changes from call to call', () => {
    const source = rng(5);
    const check = () => gradcheck((a: Tensor) => a.mul(source.uniform([3], float64)), [x]);
    expect(check).toThrow(ArgumentError);
    expect(check).toThrow(/^gradcheck: the function gives the same result each time/);
  });

  it.each([
    [{ order: 3 as never }, /^gradcheck: order is 1 or 2, got 3\./],
    [
      { modes: [] },
      /^gradcheck: modes are one or more of reverse, forward and compiled, got \[\]\./,
    ],
    [{ modes: ['back' as never] }, /^gradcheck: modes are .*, got \[back\]\./],
    [{ eps: 0 }, /^gradcheck: eps is greater than 0, got 0\./],
    [{ tolerance: Number.NaN }, /^gradcheck: tolerance is greater than 0, got NaN\./],
    [{ secondTolerance: -1 }, /^gradcheck: secondTolerance is greater than 0, got -1\./],
  ])('the options %o', (options, message) => {
    const check = () => gradcheck((a: Tensor) => a.exp(), [x], options);
    expect(check).toThrow(ArgumentError);
    expect(check).toThrow(message);
  });
});
