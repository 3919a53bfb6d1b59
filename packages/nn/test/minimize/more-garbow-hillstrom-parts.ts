// What the problems of Moré, Garbow and Hillstrom are written with.
import { concat, type Tensor, tensor } from '@retrograd/autograd';

export interface Problem {
  readonly number: number;
  readonly name: string;
  readonly residuals: (x: Tensor) => Tensor;
  readonly start: readonly number[];
  /** The minimum of Σ fᵢ², where known exactly or certified by NIST; else as the paper prints it, in six digits. */
  readonly minimum: number;
}

export const vector = (values: readonly number[]): Tensor =>
  tensor([...values], { dtype: 'float64' });
export const range = (count: number, of: (i: number) => number): Tensor =>
  vector(Array.from({ length: count }, (_, i) => of(i + 1)));
/** x₁, x₂, …, without axes. */
export const parts = (x: Tensor): Tensor[] => Array.from({ length: x.size }, (_, i) => x.slice(i));
export const sums = (...terms: Tensor[]): Tensor => terms.reduce((sum, term) => sum.add(term));
export const repeated = (times: number, ...values: number[]): number[] =>
  Array.from({ length: times }, () => values).flat();

export const rosenbrock = (x: Tensor): Tensor => {
  const [odd, even] = [x.slice([0, null, 2]), x.slice([1, null, 2])];
  return concat([even.sub(odd.square()).mul(10), odd.neg().add(1)]);
};

export const powellSingular = (x: Tensor): Tensor => {
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => x.slice([i, null, 4]));
  return concat([
    a.add(b.mul(10)),
    c.sub(d).mul(Math.sqrt(5)),
    b.sub(c.mul(2)).square(),
    a.sub(d).square().mul(Math.sqrt(10)),
  ]);
};

/** Aᵢⱼ = of(i, j), both from 1. */
export const table = (
  rows: number,
  columns: number,
  of: (i: number, j: number) => number,
): Tensor =>
  tensor(
    Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_, j) => of(i + 1, j + 1)),
    ),
    { dtype: 'float64' },
  );
