// Problems 21–35 of Moré, Garbow and Hillstrom, with any number of unknowns.
import { concat, stack, type Tensor } from '@retrograd/autograd';
import {
  type Problem,
  powellSingular,
  range,
  repeated,
  rosenbrock,
  table,
} from './more-garbow-hillstrom-parts.js';

/** x(t − 1) at the ends is 0. */
const neighbours = (x: Tensor): [Tensor, Tensor] => {
  const padded = x.pad([[1, 1]]);
  return [padded.slice([0, -2]), padded.slice([2])];
};

const grid = (n: number): Tensor => range(n, (i) => i / (n + 1));
const parabola = (n: number): number[] => Array.from(grid(n).data(), (t) => t * (t - 1));

export const variable: readonly Problem[] = [
  {
    number: 21,
    name: 'extended Rosenbrock',
    residuals: rosenbrock,
    start: repeated(5, -1.2, 1),
    minimum: 0,
  },
  {
    number: 22,
    name: 'extended Powell singular',
    residuals: powellSingular,
    start: repeated(3, 3, -1, 0, 1),
    minimum: 0,
  },
  {
    number: 23,
    name: 'penalty I',
    residuals: (x) =>
      concat([x.sub(1).mul(Math.sqrt(1e-5)), x.square().sum().sub(0.25).reshape([1])]),
    start: [1, 2, 3, 4],
    minimum: 2.24997e-5,
  },
  {
    number: 24,
    name: 'penalty II',
    residuals: (x) => {
      const n = x.size;
      const e = x.div(10).exp();
      const y = range(n - 1, (i) => Math.exp((i + 1) / 10) + Math.exp(i / 10));
      const root = Math.sqrt(1e-5);
      return concat([
        x.slice([0, 1]).sub(0.2),
        e
          .slice([1])
          .add(e.slice([0, -1]))
          .sub(y)
          .mul(root),
        e
          .slice([1])
          .sub(Math.exp(-1 / 10))
          .mul(root),
        x
          .square()
          .mul(range(n, (j) => n - j + 1))
          .sum()
          .sub(1)
          .reshape([1]),
      ]);
    },
    start: repeated(4, 0.5),
    minimum: 9.37629e-6,
  },
  {
    number: 25,
    name: 'variably dimensioned',
    residuals: (x) => {
      const from = x.sub(1);
      const sum = from
        .mul(range(x.size, (j) => j))
        .sum()
        .reshape([1]);
      return concat([from, sum, sum.square()]);
    },
    start: Array.from({ length: 10 }, (_, j) => 1 - (j + 1) / 10),
    minimum: 0,
  },
  {
    number: 26,
    name: 'trigonometric',
    residuals: (x) => {
      const n = x.size;
      const [cos, i] = [x.cos(), range(n, (k) => k)];
      return i.mul(cos.neg().add(1)).sub(x.sin()).sub(cos.sum()).add(n);
    },
    // With 10 unknowns, as in the paper's table, all methods are led to its local minimum 2.79506e-5.
    start: repeated(9, 1 / 9),
    minimum: 0,
  },
  {
    number: 27,
    name: 'Brown almost-linear',
    residuals: (x) => {
      const n = x.size;
      return concat([
        x
          .slice([0, -1])
          .add(x.sum())
          .sub(n + 1),
        x.prod().sub(1).reshape([1]),
      ]);
    },
    start: repeated(10, 0.5),
    minimum: 0,
  },
  {
    number: 28,
    name: 'discrete boundary value',
    residuals: (x) => {
      const [before, after] = neighbours(x);
      const cube = x.add(grid(x.size)).add(1).pow(3);
      return x
        .mul(2)
        .sub(before)
        .sub(after)
        .add(cube.mul((x.size + 1) ** -2 / 2));
    },
    start: parabola(10),
    minimum: 0,
  },
  {
    number: 29,
    name: 'discrete integral equation',
    residuals: (x) => {
      const n = x.size;
      const t = (i: number) => i / (n + 1);
      // Green's function of the two sums.
      const green = table(n, n, (i, j) => (j <= i ? (1 - t(i)) * t(j) : t(i) * (1 - t(j))));
      return x.add(green.matmul(x.add(grid(n)).add(1).pow(3)).div(2 * (n + 1)));
    },
    start: parabola(10),
    minimum: 0,
  },
  {
    number: 30,
    name: 'Broyden tridiagonal',
    residuals: (x) => {
      const [before, after] = neighbours(x);
      return x.mul(-2).add(3).mul(x).sub(before).sub(after.mul(2)).add(1);
    },
    start: repeated(10, -1),
    minimum: 0,
  },
  {
    number: 31,
    name: 'Broyden banded',
    residuals: (x) => {
      const n = x.size;
      const band = table(n, n, (i, j) => (j !== i && j >= i - 5 && j <= i + 1 ? 1 : 0));
      const own = x.square().mul(5).add(2).mul(x).add(1);
      return own.sub(band.matmul(x.add(1).mul(x)));
    },
    start: repeated(10, -1),
    minimum: 0,
  },
  {
    number: 32,
    name: 'linear, full rank',
    residuals: (x) =>
      x
        .pad([[0, 10]])
        .sub(x.sum().mul(2 / 20))
        .sub(1),
    start: repeated(10, 1),
    minimum: 10,
  },
  {
    number: 33,
    name: 'linear, rank 1',
    residuals: (x) =>
      range(20, (i) => i)
        .mul(x.mul(range(10, (j) => j)).sum())
        .sub(1),
    start: repeated(10, 1),
    minimum: (20 * 19) / (2 * 41),
  },
  {
    number: 34,
    name: 'linear, rank 1 with zero columns and rows',
    residuals: (x) =>
      range(20, (i) => (i === 20 ? 0 : i - 1))
        .mul(x.mul(range(10, (j) => (j === 1 || j === 10 ? 0 : j))).sum())
        .sub(1),
    start: repeated(10, 1),
    minimum: (20 ** 2 + 3 * 20 - 6) / (2 * (2 * 20 - 3)),
  },
  {
    number: 35,
    name: 'Chebyquad',
    residuals: (x) => {
      const n = x.size;
      const z = x.mul(2).sub(1);
      const chebyshev = [z.mul(0).add(1), z];
      while (chebyshev.length <= n) {
        const [b, a] = chebyshev.slice(-2);
        chebyshev.push(z.mul(2).mul(a).sub(b));
      }
      const integrals = range(n, (i) => (i % 2 === 0 ? -1 / (i * i - 1) : 0));
      return stack(chebyshev.slice(1).map((values) => values.mean())).sub(integrals);
    },
    start: Array.from({ length: 8 }, (_, j) => (j + 1) / 9),
    minimum: 3.51687e-3,
  },
];
