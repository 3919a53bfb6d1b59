// A user's formula beside the tape: each mistake that is recognised, made on purpose.
import { type Tensor, tensor, variable } from '@retrograd/autograd';
import { compareGradients, type DiagnosisKind } from '@retrograd/nn/closed-form';
import { describe, expect, it } from 'vitest';
import {
  b1,
  f64,
  formula,
  forward,
  LAMBDA,
  loss,
  type Params,
  params,
  primeOfTanh,
  SAMPLES,
  W1,
  x,
  y,
} from './formula.js';

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
