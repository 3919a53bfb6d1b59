// Problems 1–20 of Moré, Garbow and Hillstrom, most of them with a number of unknowns of their own.
import { concat, stack, type Tensor, where } from '@retrograd/autograd';
import {
  type Problem,
  parts,
  powellSingular,
  range,
  repeated,
  rosenbrock,
  sums,
  table,
  vector,
} from './more-garbow-hillstrom-parts.js';
import { nist } from './nist-models.js';

const bard = vector([
  0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39,
]);
const gaussian = [0.0009, 0.0044, 0.0175, 0.054, 0.1295, 0.242, 0.3521, 0.3989];
const osborne2 = vector([
  1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608, 0.655,
  0.616, 0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661, 0.612, 0.558,
  0.533, 0.495, 0.5, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428, 0.429, 0.523, 0.562,
  0.607, 0.653, 0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559, 0.597, 0.625, 0.739, 0.71,
  0.729, 0.72, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054,
]);

const bump = (t: Tensor, amplitude: Tensor, rate: Tensor, centre: Tensor | number): Tensor =>
  t.sub(centre).square().mul(rate).neg().exp().mul(amplitude);

export const fixed: readonly Problem[] = [
  {
    number: 1,
    name: 'Rosenbrock',
    residuals: rosenbrock,
    start: [-1.2, 1],
    minimum: 0,
  },
  {
    number: 2,
    name: 'Freudenstein and Roth',
    residuals: (x) => {
      const [a, b] = parts(x);
      return stack([
        b.neg().add(5).mul(b).sub(2).mul(b).add(a).sub(13),
        b.add(1).mul(b).sub(14).mul(b).add(a).sub(29),
      ]);
    },
    start: [0.5, -2],
    // The paper lists 0 beside this; from its start, all methods are led here.
    minimum: 48.9842,
  },
  {
    number: 3,
    name: 'Powell badly scaled',
    residuals: (x) => {
      const [a, b] = parts(x);
      return stack([a.mul(b).mul(1e4).sub(1), a.neg().exp().add(b.neg().exp()).sub(1.0001)]);
    },
    start: [0, 1],
    minimum: 0,
  },
  {
    number: 4,
    name: 'Brown badly scaled',
    residuals: (x) => {
      const [a, b] = parts(x);
      return stack([a.sub(1e6), b.sub(2e-6), a.mul(b).sub(2)]);
    },
    start: [1, 1],
    minimum: 0,
  },
  {
    number: 5,
    name: 'Beale',
    residuals: (x) => {
      const [a, b] = parts(x);
      return stack(
        [1.5, 2.25, 2.625].map((y, i) =>
          b
            .pow(i + 1)
            .sub(1)
            .mul(a)
            .add(y),
        ),
      );
    },
    start: [1, 1],
    minimum: 0,
  },
  {
    number: 6,
    name: 'Jennrich and Sampson',
    residuals: (x) => {
      const [a, b] = parts(x);
      const i = range(10, (k) => k);
      return i.mul(2).add(2).sub(i.mul(a).exp()).sub(i.mul(b).exp());
    },
    start: [0.3, 0.4],
    minimum: 124.362,
  },
  {
    number: 7,
    name: 'helical valley',
    residuals: (x) => {
      const [a, b, c] = parts(x);
      const angle = b
        .div(a)
        .atan()
        .div(2 * Math.PI);
      const turn = where(a.less(0), angle.add(0.5), angle);
      return stack([
        c.sub(turn.mul(10)).mul(10),
        a.square().add(b.square()).sqrt().sub(1).mul(10),
        c,
      ]);
    },
    start: [-1, 0, 0],
    minimum: 0,
  },
  {
    number: 8,
    name: 'Bard',
    residuals: (x) => {
      const [a, b, c] = parts(x);
      const [u, v] = [range(15, (i) => i), range(15, (i) => 16 - i)];
      return bard.sub(a).sub(u.div(v.mul(b).add(u.minimum(v).mul(c))));
    },
    start: [1, 1, 1],
    minimum: 8.21487e-3,
  },
  {
    number: 9,
    name: 'Gaussian',
    residuals: (x) => {
      const [a, b, c] = parts(x);
      const y = vector([...gaussian, ...gaussian.slice(0, -1).reverse()]);
      return bump(
        range(15, (i) => (8 - i) / 2),
        a,
        b.div(2),
        c,
      ).sub(y);
    },
    start: [0.4, 1, 0],
    minimum: 1.12793e-8,
  },
  {
    number: 10,
    name: 'Meyer',
    residuals: (x) => {
      const [a, b, c] = parts(x);
      const t = range(16, (i) => 45 + 5 * i);
      return b.div(t.add(c)).exp().mul(a).sub(vector(nist.MGH10.y));
    },
    start: [0.02, 4000, 250],
    minimum: nist.MGH10.residualSumOfSquares,
  },
  {
    number: 11,
    name: 'Gulf research and development',
    residuals: (x) => {
      const [a, b, c] = parts(x);
      const t = range(99, (i) => i / 100);
      const y = t
        .log()
        .mul(-50)
        .pow(2 / 3)
        .add(25);
      return y.sub(b).abs().pow(c).div(a).neg().exp().sub(t);
    },
    start: [5, 2.5, 0.15],
    minimum: 0,
  },
  {
    number: 12,
    name: 'Box three-dimensional',
    residuals: (x) => {
      const [a, b, c] = parts(x);
      const t = range(10, (i) => i / 10);
      const e = (rate: Tensor | number) => t.mul(rate).neg().exp();
      return e(a)
        .sub(e(b))
        .sub(e(1).sub(e(10)).mul(c));
    },
    start: [0, 10, 20],
    minimum: 0,
  },
  {
    number: 13,
    name: 'Powell singular',
    residuals: powellSingular,
    start: [3, -1, 0, 1],
    minimum: 0,
  },
  {
    number: 14,
    name: 'Wood',
    residuals: (x) => {
      const [a, b, c, d] = parts(x);
      return stack([
        b.sub(a.square()).mul(10),
        a.neg().add(1),
        d.sub(c.square()).mul(Math.sqrt(90)),
        c.neg().add(1),
        b.add(d).sub(2).mul(Math.sqrt(10)),
        b.sub(d).div(Math.sqrt(10)),
      ]);
    },
    start: [-3, -1, -3, -1],
    minimum: 0,
  },
  {
    number: 15,
    name: 'Kowalik and Osborne',
    residuals: (x) => {
      const [a, b, c, d] = parts(x);
      const u = vector(nist.MGH09.x[0]);
      const square = u.square();
      const fitted = square
        .add(u.mul(b))
        .mul(a)
        .div(square.add(u.mul(c)).add(d));
      return vector(nist.MGH09.y).sub(fitted);
    },
    start: [0.25, 0.39, 0.415, 0.39],
    minimum: nist.MGH09.residualSumOfSquares,
  },
  {
    number: 16,
    name: 'Brown and Dennis',
    residuals: (x) => {
      const [a, b, c, d] = parts(x);
      const t = range(20, (i) => i / 5);
      return t.mul(b).add(a).sub(t.exp()).square().add(t.sin().mul(d).add(c).sub(t.cos()).square());
    },
    start: [25, 5, -5, -1],
    minimum: 85822.2,
  },
  {
    number: 17,
    name: 'Osborne 1',
    residuals: (x) => {
      const [a, b, c, d, e] = parts(x);
      const t = range(33, (i) => 10 * (i - 1));
      const fitted = sums(t.mul(d).neg().exp().mul(b), t.mul(e).neg().exp().mul(c), a);
      return vector(nist.MGH17.y).sub(fitted);
    },
    start: [0.5, 1.5, -1, 0.01, 0.02],
    minimum: nist.MGH17.residualSumOfSquares,
  },
  {
    number: 18,
    name: 'Biggs EXP6',
    residuals: (x) => {
      const [a, b, c, d, e, f] = parts(x);
      const t = range(13, (i) => i / 10);
      const decay = (rate: Tensor | number) => t.mul(rate).neg().exp();
      const y = decay(1).sub(decay(10).mul(5)).add(decay(4).mul(3));
      return decay(a).mul(c).sub(decay(b).mul(d)).add(decay(e).mul(f)).sub(y);
    },
    start: [1, 2, 1, 1, 1, 1],
    minimum: 0,
  },
  {
    number: 19,
    name: 'Osborne 2',
    residuals: (x) => {
      const p = parts(x);
      const t = range(65, (i) => (i - 1) / 10);
      const fitted = sums(
        t.mul(p[4]).neg().exp().mul(p[0]),
        bump(t, p[1], p[5], p[8]),
        bump(t, p[2], p[6], p[9]),
        bump(t, p[3], p[7], p[10]),
      );
      return osborne2.sub(fitted);
    },
    start: [1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5],
    minimum: 4.01377e-2,
  },
  {
    number: 20,
    name: 'Watson',
    residuals: (x) => {
      const n = x.size;
      const powers = table(29, n, (i, j) => (i / 29) ** (j - 1));
      const slopes = table(29, n, (i, j) => (j === 1 ? 0 : (j - 1) * (i / 29) ** (j - 2)));
      const [a, b] = parts(x);
      return concat([
        slopes.matmul(x).sub(powers.matmul(x).square()).sub(1),
        stack([a, b.sub(a.square()).sub(1)]),
      ]);
    },
    start: repeated(6, 0),
    minimum: 2.28767e-3,
  },
];
