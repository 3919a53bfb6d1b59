// σ and σ′ as they are written out, against difference quotients, known values and the tape.
import * as autograd from '@retrograd/autograd';
import { tensor, variable } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';
import {
  apply,
  BY_LAYER,
  compose,
  ELEMENTWISE,
  erf,
  jacobianOf,
  throughActivation,
} from '../../src/closed-form/activations.js';
import { Matrix, transpose } from '../../src/closed-form/matrix.js';
import { relative } from './support.js';

type Name = keyof typeof ELEMENTWISE;

const NAMES = Object.keys(ELEMENTWISE) as Name[];
/** On both sides of the kinks, and far out. */
const POINTS = [-30, -4, -1.5, -0.7, -1e-3, 1e-3, 0.3, 1.1, 2.5, 6, 30];

describe('σ and σ′', () => {
  it.each(NAMES)('%s: σ′ is what the difference quotient tends to', (name) => {
    const { f, df } = ELEMENTWISE[name];
    for (const z of POINTS.filter((point) => Math.abs(point) < 20)) {
      const h = 1e-4;
      const fourth = (8 * (f(z + h / 2) - f(z - h / 2)) - (f(z + h) - f(z - h))) / (6 * h);
      const kinked = Math.abs(z) < 2 * h;
      if (!kinked)
        expect(Math.abs(df(z) - fourth)).toBeLessThan(1e-9 * Math.max(1, Math.abs(df(z))));
    }
  });

  it.each(NAMES.filter((name) => name !== 'identity'))(
    '%s: σ and σ′ are those of the operation on the tape',
    (name) => {
      const op = (autograd as unknown as Record<string, (x: autograd.Tensor) => autograd.Tensor>)[
        name
      ];
      const cell = variable(tensor(Float64Array.from(POINTS)));
      const y = op(cell.value);
      y.sum().backward();
      const { f, df } = ELEMENTWISE[name];
      POINTS.forEach((z, i) => {
        // In ½z(1 + erf) the sum cancels for z < 0: what is left is known to the last bit of 1, times z.
        const size = name === 'gelu' ? Math.max(Math.abs(z) / 2, Math.abs(f(z))) : Math.abs(f(z));
        expect(Math.abs(f(z) - y.data()[i])).toBeLessThanOrEqual(1e-15 * size);
        const derivative = cell.grad!.data()[i];
        expect(Math.abs(df(z) - derivative)).toBeLessThanOrEqual(
          1e-14 * Math.max(1, Math.abs(df(z))),
        );
      });
    },
  );

  it('relu and its relatives have the derivative from the left at 0', () => {
    expect([ELEMENTWISE.relu.df(0), ELEMENTWISE.leakyRelu.df(0), ELEMENTWISE.elu.df(0)]).toEqual([
      0, 0.01, 1,
    ]);
  });

  it('do not overflow far out', () => {
    expect([ELEMENTWISE.sigmoid.f(-1000), ELEMENTWISE.sigmoid.f(1000)]).toEqual([0, 1]);
    expect([ELEMENTWISE.softplus.f(-1000), ELEMENTWISE.softplus.f(1000)]).toEqual([0, 1000]);
    expect(ELEMENTWISE.logSigmoid.f(-1000)).toBe(-1000);
    expect([ELEMENTWISE.silu.df(1000), ELEMENTWISE.silu.df(-1000)]).toEqual([1, 0]);
  });

  it('leave a NaN a NaN', () => {
    for (const name of NAMES) expect(ELEMENTWISE[name].f(Number.NaN)).toBeNaN();
    expect(erf(Number.NaN)).toBeNaN();
  });
});

describe('erf', () => {
  it('has the values of the tables', () => {
    expect(erf(0)).toBe(0);
    // Abramowitz and Stegun, table 7.1, and DLMF 7.2
    expect(Math.abs(erf(0.5) - 0.5204998778130465)).toBeLessThan(2e-16);
    expect(Math.abs(erf(1) - 0.8427007929497149)).toBeLessThan(3e-16);
    expect(Math.abs(erf(2) - 0.9953222650189527)).toBeLessThan(3e-16);
    expect([erf(6), erf(-7), erf(Number.POSITIVE_INFINITY)]).toEqual([1, -1, 1]);
    expect(erf(-0.5)).toBe(-erf(0.5));
  });
});

describe('softmax', () => {
  const z = Float64Array.of(0.2, -1.3, 2.1);
  const a = BY_LAYER.softmax.f(z);

  it('sums to 1, and does not overflow', () => {
    expect(a.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 15);
    expect([...BY_LAYER.softmax.f(Float64Array.of(1000, 0, -1000))]).toEqual([1, 0, 0]);
  });

  it('has diag(a) − aaᵀ for Jacobian, whose columns sum to 0', () => {
    const J = BY_LAYER.softmax.jacobian(z, a);
    expect(J.at(0, 0)).toBeCloseTo(a[0] * (1 - a[0]), 15);
    expect(J.at(0, 2)).toBeCloseTo(-a[0] * a[2], 15);
    for (let j = 0; j < 3; j++) expect(J.at(0, j) + J.at(1, j) + J.at(2, j)).toBeCloseTo(0, 15);
  });

  it.each([
    ['softmax', autograd.softmax],
    ['logSoftmax', autograd.logSoftmax],
  ] as const)('%s has the Jacobian of the tape', (name, op) => {
    const onTape = autograd.jacobian((x: autograd.Tensor) => op(x));
    const values = BY_LAYER[name].f(z);
    const expected = onTape(tensor(z) as autograd.Tensor<number[]>);
    expect(relative(BY_LAYER[name].jacobian(z, values).data, expected)).toBeLessThan(1e-14);
  });

  it('is the same whether samples are rows or columns', () => {
    const Z = Matrix.of([
      [0.2, -1.3, 2.1],
      [1, 1, 1],
    ]);
    const G = Matrix.of([
      [1, 0, 2],
      [-1, 3, 0.5],
    ]);
    const A = apply(BY_LAYER.softmax, Z, 'rows');
    const columns = apply(BY_LAYER.softmax, transpose(Z), 'columns');
    expect(transpose(columns).toArray()).toEqual(A.toArray());
    const inRows = throughActivation(BY_LAYER.softmax, Z, A, G, 'rows');
    const inColumns = throughActivation(
      BY_LAYER.softmax,
      transpose(Z),
      columns,
      transpose(G),
      'columns',
    );
    expect(transpose(inColumns).toArray()).toEqual(inRows.toArray());
  });
});

describe('compose', () => {
  const z = Float64Array.of(0.2, -1.3, 2.1);

  it('follows the chain rule for elementwise activations', () => {
    const both = compose(ELEMENTWISE.sin, ELEMENTWISE.tanh);
    expect(jacobianOf(both, z, z).at(1, 1)).toBeCloseTo(
      (1 - Math.tanh(Math.sin(-1.3)) ** 2) * Math.cos(-1.3),
      15,
    );
  });

  it('multiplies Jacobians where units are mixed', () => {
    const both = compose(ELEMENTWISE.tanh, BY_LAYER.softmax);
    const a = apply(both, Matrix.of([z]), 'rows').row(0);
    const expected = autograd.jacobian((x: autograd.Tensor) => autograd.softmax(autograd.tanh(x)))(
      tensor(z) as autograd.Tensor<number[]>,
    );
    expect(relative(jacobianOf(both, z, a).data, expected)).toBeLessThan(1e-14);
  });
});
