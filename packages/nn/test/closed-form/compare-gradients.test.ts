// What compareGradients takes, what it reports, and that it leaves everything as it was.
import {
  ArgumentError,
  NoPathError,
  ShapeError,
  type Tensor,
  tanh,
  tensor,
  type Variable,
  variable,
} from '@retrograd/autograd';
import { crossEntropy, dense, l2, mse, sequential } from '@retrograd/nn';
import { ComparisonError, closedForm, compareGradients } from '@retrograd/nn/closed-form';
import { describe, expect, it } from 'vitest';
import { b1, f64, formula, LAMBDA, loss, model, params, SAMPLES, x, y } from './formula.js';
import { labels } from './support.js';

const right = formula(params);

describe('the report of compareGradients', () => {
  it('names the element that is off', () => {
    const spoiled = right.W2.data();
    spoiled[7] += 1;
    const report = compareGradients(loss, params, {
      ...right,
      W2: tensor(spoiled).reshape([3, 5]),
    });
    const { worst, absolute } = report.largest;
    expect(worst?.index).toEqual([1, 2]);
    expect(absolute).toBeCloseTo(1, 12);
    expect(worst?.formula).toBeCloseTo((worst?.tape ?? 0) + 1, 12);
    expect(() => report.assertClose()).toThrow(ComparisonError);
    expect(() => report.assertClose()).toThrow(
      /^compareGradients: formula and tape agree to 1e-10, got a relative difference of \S+ in W2, at \[1, 2\] \S+ instead of \S+\. What is wrong: no known pattern/,
    );
  });

  it('prints a table', () => {
    const lines = String(compareGradients(loss, params, { ...right, W2: right.W2.mul(7) })).split(
      '\n',
    );
    expect(lines).toHaveLength(7);
    expect(lines[0]).toMatch(
      /^parameter {2}shape {3}max \|formula − tape\| {2}\/ max \|tape\| {2}what is wrong$/,
    );
    expect(lines[3]).toMatch(/^W2 {9}\[3, 5\] {2}\S+ +6\.0e\+0 +is the tape’s times m, m = 7/);
    expect(lines[1]).toMatch(/^W1 {9}\[5, 4\] {2}\S+ +\S+$/);
  });

  it('is more patient with float32, and does what it is told', () => {
    const single = variable(tensor([1.5, -2]));
    const slightly = { c: [3 * (1 + 1e-6), -4] };
    const square = ({ c }: { c: Variable }): Tensor => c.value.square().sum();
    compareGradients(square, { c: single as Variable }, slightly).assertClose();
    const strict = compareGradients(square, { c: single as Variable }, slightly, {
      tolerance: 1e-7,
    });
    expect(() => strict.assertClose()).toThrow(ComparisonError);
    expect(strict.assertClose(1e-5)).toBe(strict);
  });
});

describe('compareGradients takes', () => {
  it('a model, with gradients by the names of its state', () => {
    const { layers } = closedForm(model, x, y, mse, { regularization: LAMBDA });
    const named = Object.fromEntries(
      layers.flatMap(({ place, weightGradient, biasGradient }) => [
        [`${place}.weight`, weightGradient],
        [`${place}.bias`, biasGradient],
      ]),
    );
    const J = (): Tensor => mse(model.forward(x), y).add(l2(model, LAMBDA / SAMPLES));
    const report = compareGradients(J, model, named);
    report.assertClose(1e-12);
    expect(report.rows.map(({ parameter }) => parameter)).toEqual(Object.keys(model.stateDict()));
  });

  it('cells that the function closes over', () => {
    const net = sequential(dense(4, 3, f64));
    const list = net.parameters();
    const { layers } = closedForm(net, x, labels(7), crossEntropy);
    const report = compareGradients(() => crossEntropy(net.forward(x), labels(7)), list, [
      layers[0].weightGradient,
      layers[0].biasGradient,
    ]);
    report.assertClose(1e-12);
    expect(report.rows.map(({ parameter }) => parameter)).toEqual(['[0]', '[1]']);
  });

  it('a single tensor, a leaf, and nested structures', () => {
    const c = tensor([1, 2], f64);
    compareGradients((p: Tensor) => p.square().sum(), c as Tensor, [2, 4]).assertClose();
    const leaf = tensor([1, 2], { ...f64, requiresGrad: true });
    compareGradients(() => leaf.square().sum(), leaf, Float64Array.of(2, 4)).assertClose();
    const nested = { layers: [{ w: c }, { w: leaf }] };
    const report = compareGradients(
      ({ layers: [first, second] }) => first.w.mul(second.w).sum(),
      nested,
      { layers: [{ w: [1, 2] }, { w: c }] },
    );
    expect(report.assertClose().rows.map(({ parameter }) => parameter)).toEqual([
      'layers[0].w',
      'layers[1].w',
    ]);
  });

  it('anything without disturbing the gradients that wait, or frozen cells', () => {
    const [cell, frozen, other] = [1, 2, 3].map((v) => variable(tensor(v, f64)));
    frozen.requiresGrad = false;
    cell.mul(other).backward();
    const before = [cell.grad, other.grad];
    const J = (): Tensor => cell.mul(frozen).mul(other).sin();
    const wrong = compareGradients(J, { cell, frozen }, { cell: 1, frozen: 2 });
    expect(wrong.rows.map(({ diagnosis }) => diagnosis?.kind)).toEqual(['unknown', 'unknown']);
    expect([cell.grad, other.grad, frozen.grad]).toEqual([...before, null]);
    expect(frozen.requiresGrad).toBe(false);
    J().backward();
    expect(cell.grad?.item()).toBeCloseTo((before[0]?.item() ?? 0) + 6 * Math.cos(6), 12);
  });

  it('rules of the user’s operations as they are, afterwards too', () => {
    const c = variable(tensor([0.3, 0.8], f64));
    const J = (): Tensor => tanh(c.value).sum();
    compareGradients(J, { c }, { c: [1, 1] });
    J().backward();
    expect(c.grad?.data()[0]).toBeCloseTo(1 - Math.tanh(0.3) ** 2, 15);
  });

  it.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      'no parameters',
      () => compareGradients(() => tensor(1), { a: 1 }, {}),
      ArgumentError,
      'parameters are tensors and variables, a model, or nested arrays and objects of them, got none',
    ],
    [
      'a function that returns a number',
      () => compareGradients(() => 1 as unknown as Tensor, { b1 }, { b1 }),
      ArgumentError,
      'the function returns a tensor, got number',
    ],
    [
      'a function that returns more than one number',
      () => compareGradients((p) => p.b1, { b1 }, { b1 }),
      ShapeError,
      'returns a single number, got shape [5]',
    ],
    [
      'a gradient that is no numbers',
      () => compareGradients((p) => p.b1.sum(), { b1 }, { b1: 'one' as unknown as Tensor }),
      ArgumentError,
      'a gradient is a tensor or numbers, got string for b1',
    ],
    [
      'a constant',
      () => compareGradients(() => tensor(1), { b1 }, { b1 }),
      NoPathError,
      'depends on a tensor that requires a gradient, got a constant',
    ],
  ])('but not %s', (_, attempt, kind, message) => {
    expect(attempt).toThrow(kind);
    expect(attempt).toThrow(message);
  });
});
