// What the tests of matrix products share: problems, the truth, and how far from it a product may be.
import { expect } from 'vitest';
import type { MatmulProblem } from '../../src/kernels/kernels.js';
import { matmul as reference } from '../../src/kernels/reference/matmul.js';

export type Floating = 'float32' | 'float64';
export const FLOATING: readonly Floating[] = ['float32', 'float64'];

/** All four combinations of transposed operands. */
export const TRANSPOSES = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

/** Sizes that are next to, at or far from multiples of a tile's sides. */
export const SIZES = Array.from({ length: 40 }, (_, i) => i + 1);

/** Numbers in −1 … 1 that are the same in every run. */
export function noise(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
}

export interface Options {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly batch?: readonly (readonly [number, number])[];
  readonly next?: () => number;
}

export function problemOf(
  dtype: Floating,
  m: number,
  n: number,
  k: number,
  { transposeA = false, transposeB = false, batch = [[0, 0]], next = noise(7) }: Options = {},
): MatmulProblem {
  const List = dtype === 'float32' ? Float32Array : Float64Array;
  const matrices = (side: 0 | 1) => Math.max(...batch.map((pair) => pair[side]), 0) + 1;
  return {
    a: new List(matrices(0) * m * k).map(next),
    b: new List(matrices(1) * k * n).map(next),
    out: new List(batch.length * m * n),
    dtype,
    m,
    n,
    k,
    transposeA,
    transposeB,
    batch,
  };
}

const unitRoundoff = (dtype: Floating): number => (dtype === 'float32' ? 2 ** -24 : 2 ** -53);

/** The elements of out that are further than 4√K·ε·(|A||B|) from the reference kernel's, with ε = 2u. */
export function violations(problem: MatmulProblem): string[] {
  const { a, b, out, k, m, n, transposeA, transposeB } = problem;
  const exact = { ...problem, out: new Float64Array(out.length), dtype: 'float64' as const };
  const sizes = { ...exact, a: a.map(Math.abs), b: b.map(Math.abs), out: exact.out.slice() };
  reference(exact);
  reference(sizes);
  const unit = 4 * Math.sqrt(k) * 2 * unitRoundoff(problem.dtype as Floating);
  const wrong: string[] = [];
  exact.out.forEach((value, index) => {
    if (!(Math.abs(out[index] - value) <= unit * sizes.out[index])) {
      const place = `${m}x${n}x${k} ${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'}[${index}]`;
      wrong.push(`${place}: ${out[index]} instead of ${value}`);
    }
  });
  return wrong;
}

/** Runs the kernel on many sizes in all transpositions, the sizes drawn from `SIZES` and given ones. */
export function expectProducts(
  dtype: Floating,
  multiply: (problem: MatmulProblem) => void,
  given: readonly (readonly [number, number, number])[],
  drawn: number,
): void {
  const next = noise(drawn + 1);
  const draw = () => SIZES[Math.floor(((next() + 1) / 2) * SIZES.length)];
  const sizes = [...given, ...Array.from({ length: drawn }, () => [draw(), draw(), draw()])];
  const wrong: string[] = [];
  for (const [m, n, k] of sizes) {
    for (const [transposeA, transposeB] of TRANSPOSES) {
      const problem = problemOf(dtype, m, n, k, { transposeA, transposeB, next });
      multiply(problem);
      wrong.push(...violations(problem).slice(0, 1));
    }
  }
  expect(wrong).toEqual([]);
}
