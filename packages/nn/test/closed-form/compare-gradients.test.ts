// A user's formula beside the tape: each mistake that is recognised, made on purpose.
import {
  ArgumentError,
  matmul,
  NoPathError,
  ShapeError,
  type Tensor,
  tanh,
  tensor,
  type Variable,
  variable,
} from '@retrograd/autograd';
import { crossEntropy, dense, l2, mse, sequential } from '@retrograd/nn';
import {
  ComparisonError,
  closedForm,
  compareGradients,
  type DiagnosisKind,
} from '@retrograd/nn/closed-form';
import { describe, expect, it } from 'vitest';
import { inputs, labels, network, targets } from './support.js';

const SAMPLES = 7;
const x = inputs(SAMPLES);
const y: Tensor = targets(SAMPLES);
const f64 = { dtype: 'float64' } as const;

const model = network(3, 'tanh');
const cells = model.parameters();
const [W1, b1, W2, b2, W3, b3] = cells.map(({ value }): Tensor => value.detach());
const params = { W1, b1, W2, b2, W3, b3 };
type Params = typeof params;

const forward = (p: Params) => {
  const layer = (a: Tensor, W: Tensor, b: Tensor): Tensor =>
    matmul(a, W, { transposeB: true }).add(b);
  const z1 = layer(x, p.W1, p.b1);
  const z2 = layer(z1.tanh(), p.W2, p.b2);
  const z3 = layer(z2.tanh(), p.W3, p.b3);
  return { z1, z2, z3 };
};

/** J = (1/m) Σ ½‖a − y‖² + (λ/2m) Σθ² */
const LAMBDA = 0.35;
const loss = (p: Params): Tensor => {
  const { z3 } = forward(p);
  const weights = [p.W1, p.W2, p.W3].map((W): Tensor => W.square().sum());
  const squares: Tensor = z3
    .sub(y)
    .square()
    .sum()
    .div(2 * SAMPLES);
  return weights.reduce((J, own): Tensor => J.add(own.mul(LAMBDA / (2 * SAMPLES))), squares);
};

interface Slips {
  readonly slope?: (a: Tensor, layer: number) => Tensor;
  readonly samples?: (delta: Tensor) => Tensor;
  readonly lambda?: number;
  readonly m?: number;
}

const primeOfTanh = (a: Tensor): Tensor => a.square().neg().add(1);

/** The closed form in tensors, with the slips that one makes. */
function formula(p: Params, slips: Slips = {}) {
  const { slope = primeOfTanh, samples = (d) => d, lambda = LAMBDA, m = SAMPLES } = slips;
  const { z1, z2, z3 } = forward(p);
  const [a1, a2]: Tensor[] = [z1.tanh(), z2.tanh()];
  const d3: Tensor = samples(z3.sub(y));
  const d2: Tensor = d3.matmul(p.W3).mul(slope(a2, 2));
  const d1: Tensor = d2.matmul(p.W2).mul(slope(a1, 1));
  const dW = (d: Tensor, a: Tensor, W: Tensor): Tensor =>
    matmul(d, a, { transposeA: true })
      .div(m)
      .add(W.mul(lambda / SAMPLES));
  const db = (d: Tensor): Tensor => d.sum(0).div(m);
  return {
    W1: dW(d1, x, p.W1),
    b1: db(d1),
    W2: dW(d2, a1, p.W2),
    b2: db(d2),
    W3: dW(d3, a2, p.W3),
    b3: db(d3),
  };
}

/** What is said of each parameter; null where it is right. */
function diagnoses(gradients: Parameters<typeof compareGradients<Params>>[2]) {
  const { rows } = compareGradients(loss, params, gradients);
  return Object.fromEntries(rows.map(({ parameter, diagnosis }) => [parameter, diagnosis]));
}

function kinds(gradients: Parameters<typeof compareGradients<Params>>[2]) {
  return Object.fromEntries(
    Object.entries(diagnoses(gradients)).map(([key, found]) => [key, found?.kind ?? null]),
  ) as Record<keyof Params, DiagnosisKind | null>;
}

const right = formula(params);
const NONE = { W1: null, b1: null, W2: null, b2: null, W3: null, b3: null };

describe('compareGradients', () => {
  it('finds nothing wrong with the right formula', () => {
    const report = compareGradients(loss, params, (p: Params) => formula(p));
    expect(report.assertClose(1e-12)).toBe(report);
    expect(report.largest.relative).toBeLessThan(1e-14);
    expect(report.rows.map(({ diagnosis }) => diagnosis)).toEqual(new Array(6).fill(null));
  });

  it.each<[string, (g: Tensor) => Tensor, DiagnosisKind, number, string]>([
    ['the other sign', (g) => g.neg(), 'sign', -1, 'the sign is swapped'],
    ['a 2 too much', (g) => g.mul(2), 'factor', 2, 'is the tape’s times 2'],
    ['a ½ too much', (g) => g.div(2), 'factor', 0.5, 'is the tape’s times ½'],
    ['a −2', (g) => g.mul(-2), 'factor', -2, 'is the tape’s times −2'],
    ['no 1/m', (g) => g.mul(7), 'factor', 7, 'is the tape’s times m, m = 7, the rows of [7, 5]'],
    ['1/m twice', (g) => g.div(7), 'factor', 1 / 7, 'times 1/m, m = 7, the rows of [7, 5]'],
    ['no 1/n', (g) => g.mul(21), 'factor', 21, 'times n, n = 21, the elements of [7, 3]'],
    ['any factor', (g) => g.mul(1.234), 'factor', 1.234, 'is the tape’s times 1.234'],
    ['nothing at all', (g) => g.mul(0), 'zero', Number.NaN, 'is 0, and the tape’s is not'],
  ])('recognises %s', (_, slip, kind, factor, text) => {
    const found = diagnoses({ ...right, W2: slip(right.W2), b3: slip(right.b3) });
    expect(found).toMatchObject({ W1: null, b1: null, b2: null, W3: null });
    for (const diagnosis of [found.W2, found.b3]) {
      expect(diagnosis?.kind).toBe(kind);
      expect(diagnosis?.text).toContain(text);
      if (!Number.isNaN(factor)) expect(diagnosis?.factor).toBeCloseTo(factor, 12);
    }
  });

  it('recognises a transposition, by the shape or, of a square, by the numbers', () => {
    const found = diagnoses({ ...right, W2: right.W2.transpose(), W1: right.W1.neg().transpose() });
    expect(found.W2).toMatchObject({
      kind: 'transposed',
      text: 'transposed: its rows are the columns',
    });
    expect(found.W1?.text).toBe('transposed: its rows are the columns, and there is a factor −1');
    const S = variable(
      tensor(
        [
          [1, 2],
          [3, 4],
        ],
        f64,
      ),
    );
    const report = compareGradients(
      ({ S }) =>
        S.mul(
          tensor(
            [
              [1, 5],
              [-2, 3],
            ],
            f64,
          ),
        ).sum(),
      { S },
      {
        S: [
          [1, -2],
          [5, 3],
        ],
      },
    );
    expect(report.rows[0].diagnosis?.kind).toBe('transposed');
  });

  it('recognises a shape that doesn’t fit', () => {
    const found = diagnoses({ ...right, W3: right.b3, b1: right.W1 });
    expect(found.W3).toMatchObject({ kind: 'shape', text: 'has shape [3], the parameter [3, 3]' });
    expect(found.b1?.kind).toBe('shape');
  });

  it('takes a bias that stands for one that lies', () => {
    expect(kinds({ ...right, b1: right.b1.reshape([5, 1]), b2: right.b2.reshape([1, 3]) })).toEqual(
      NONE,
    );
  });

  it('recognises a missing σ′, and says at which of the layers', () => {
    const slope = (a: Tensor, layer: number) => (layer === 1 ? a.mul(0).add(1) : primeOfTanh(a));
    const found = diagnoses((p: Params) => formula(p, { slope }));
    expect(found).toMatchObject({ W2: null, b2: null, W3: null, b3: null });
    for (const { kind, text } of [found.W1!, found.b1!]) {
      expect(kind).toBe('missing-derivative');
      expect(text).toBe('the derivative of tanh number 1 of 2 ([7, 5]) is missing, σ′(z)');
    }
  });

  it('recognises a σ′ that is missing everywhere', () => {
    const found = diagnoses((p: Params) => formula(p, { slope: (a) => a.mul(0).add(1) }));
    expect(found.b1?.text).toBe('the derivative of all 2 tanh is missing, σ′(z)');
    expect(found.b2?.text).toBe('the derivative of tanh number 2 of 2 ([7, 3]) is missing, σ′(z)');
  });

  it('recognises a σ′ that is multiplied in twice', () => {
    const slope = (a: Tensor, layer: number) =>
      layer === 2 ? primeOfTanh(a).square() : primeOfTanh(a);
    const found = diagnoses((p: Params) => formula(p, { slope }));
    for (const key of ['W1', 'b1', 'W2', 'b2']) {
      expect(found[key]?.kind).toBe('repeated-derivative');
      expect(found[key]?.text).toContain('tanh number 2 of 2 ([7, 3]) is multiplied in twice');
    }
    expect(found).toMatchObject({ W3: null, b3: null });
  });

  it('recognises a missing σ′ together with a factor', () => {
    const slips = { slope: (a: Tensor) => a.mul(0).add(1), lambda: 0 };
    const bare = (p: Params): Tensor =>
      forward(p)
        .z3.sub(y)
        .square()
        .sum()
        .div(2 * SAMPLES);
    const { rows } = compareGradients(bare, params, (p: Params) => formula(p, { ...slips, m: 1 }));
    expect(rows[2].diagnosis).toMatchObject({ kind: 'missing-derivative' });
    expect(rows[2].diagnosis?.factor).toBeCloseTo(SAMPLES, 10);
    expect(rows[2].diagnosis?.text).toMatch(/is missing, σ′\(z\), and there is a factor m, m = 7/);
  });

  it.each([0, 3, 6])('recognises that only sample %i is counted', (k) => {
    const samples = (d: Tensor) =>
      d.mul(tensor(Float64Array.from({ length: 7 }, (_, i) => (i === k ? 1 : 0))).reshape([7, 1]));
    const found = diagnoses((p: Params) => formula(p, { samples }));
    for (const diagnosis of Object.values(found)) {
      expect(diagnosis).toMatchObject({
        kind: 'one-sample',
        text: `only sample ${k} of 7 is counted`,
      });
    }
  });

  it('recognises one sample where samples are columns', () => {
    const W = variable(W1.detach());
    const columns = x.transpose();
    const J = (): Tensor => W.matmul(columns).tanh().sum();
    const z: Tensor = W1.matmul(columns);
    const last = primeOfTanh(z.tanh()).slice(null, [6, 7]);
    const { rows } = compareGradients(
      J,
      { W },
      { W: last.matmul(columns.slice(null, [6, 7]).transpose()) },
    );
    expect(rows[0].diagnosis?.text).toBe('only sample 6 of 7 is counted, samples being columns');
  });

  it('recognises a penalty that is missing from the gradient, and one that is too much', () => {
    const found = diagnoses({ ...formula(params, { lambda: 0 }), b1: right.b1.add(b1.mul(0.05)) });
    for (const key of ['W1', 'W2', 'W3']) {
      expect(found[key]?.kind).toBe('penalty');
      expect(found[key]?.factor).toBeCloseTo(LAMBDA / SAMPLES, 12);
      expect(found[key]?.text).toContain('lacks 0.05 θ');
    }
    expect(found.b1?.text).toContain('has 0.05 θ too much');
    expect(found.b1?.factor).toBeCloseTo(-0.05, 12);
    expect(found).toMatchObject({ b2: null, b3: null });
  });

  it('recognises the gradient of another parameter, alone and added', () => {
    const found = diagnoses({ ...right, b2: right.b3, b3: right.b3.add(right.b2) });
    expect(found.b2).toMatchObject({ kind: 'other-parameter', text: 'is the gradient of b3' });
    expect(found.b3?.text).toBe('has the gradient of b2 added');
  });

  it('recognises what is missing, and what the value does not depend on', () => {
    const { W1: _, ...rest } = right;
    expect(kinds({ ...rest, b1: null })).toMatchObject({ W1: 'missing', b1: 'missing', W2: null });
    const free = { ...params, c: variable(tensor([1, 2], f64)) };
    const report = compareGradients(({ W3, b3 }) => b3.sum().add(W3.sum()), free, {
      W3: 1,
      b3: [1, 1, 1],
      c: [3, 4],
    });
    expect(report.rows[6].diagnosis?.kind).toBe('independent');
    expect(report.rows[0].diagnosis?.kind).toBe('missing');
  });

  it('says so when nothing is recognised', () => {
    const found = diagnoses({ ...right, W2: right.W2.square() });
    expect(found.W2?.kind).toBe('unknown');
    expect(found.W2?.text).toMatch(
      /^no known pattern: the ratios run from -?[\d.e-]+ to -?[\d.e-]+$/,
    );
  });

  it('tells nothing from the ratio of a single number that has no name', () => {
    const c = variable(tensor(2, f64));
    const of = (gradient: number) =>
      compareGradients(({ c }) => c.square(), { c }, { c: gradient }).rows[0].diagnosis?.kind;
    expect(of(5.2)).toBe('unknown');
    expect(of(-4)).toBe('sign');
    expect(of(8)).toBe('factor');
  });
});

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
