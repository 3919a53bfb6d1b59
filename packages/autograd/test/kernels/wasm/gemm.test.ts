import { describe, expect, it } from 'vitest';
import type { MatmulProblem } from '../../../src/kernels/kernels.js';
import { matmul as reference } from '../../../src/kernels/reference/matmul.js';
import { gemm } from '../../../src/kernels/wasm/gemm.js';
import {
  expectProducts,
  FLOATING,
  noise,
  problemOf,
  TRANSPOSES,
  violations,
} from '../matmul-problems.js';

const outOf = (problem: MatmulProblem, multiply: (problem: MatmulProblem) => void) => {
  multiply(problem);
  return Array.from(problem.out);
};

describe.each(FLOATING)('matrix products of arrays in WebAssembly, %s', (dtype) => {
  it('agree with the reference at sizes 1 to 40 in every transposition', () => {
    expectProducts(dtype, gemm, [], 250);
  });

  it('agree with the reference at odd sizes beyond a block', () => {
    const sizes = [
      [1, 300, 700],
      [300, 1, 513],
      [30, 600, 1],
      [5, 10, 1000],
    ] as const;
    expectProducts(dtype, gemm, sizes, 0);
  });

  it('agree with the reference where each size is 127, 129 or 257', () => {
    const odd = [127, 129, 257];
    const wrong: string[] = [];
    // Each pair of sizes once, the third one and the transposition changing along.
    for (let i = 0; i < 9; i++) {
      const row = Math.floor(i / 3);
      const [m, n, k] = [odd[row], odd[i % 3], odd[(row + i) % 3]];
      const [transposeA, transposeB] = TRANSPOSES[i % 4];
      const problem = problemOf(dtype, m, n, k, { transposeA, transposeB, next: noise(i) });
      gemm(problem);
      wrong.push(...violations(problem).slice(0, 1));
    }
    expect(wrong).toEqual([]);
  });

  it('multiply the matrices of a batch pair by pair, and share those that repeat', () => {
    for (const [transposeA, transposeB] of TRANSPOSES) {
      const batch = [
        [0, 1],
        [1, 1],
        [1, 0],
        [0, 0],
        [2, 0],
      ] as const;
      const problem = problemOf(dtype, 5, 7, 9, { transposeA, transposeB, batch });
      gemm(problem);
      expect(violations(problem)).toEqual([]);
    }
  });

  it('are zero where nothing is summed, and empty where nothing is asked for', () => {
    const problem = problemOf(dtype, 3, 4, 0);
    problem.out.fill(7);
    expect(outOf(problem, gemm)).toEqual(new Array(12).fill(0));
    expect(outOf(problemOf(dtype, 0, 4, 3), gemm)).toEqual([]);
    expect(outOf(problemOf(dtype, 4, 0, 3), gemm)).toEqual([]);
    expect(outOf(problemOf(dtype, 4, 3, 2, { batch: [] }), gemm)).toEqual([]);
  });

  it('pass on NaN and infinities to their own rows and columns alone', () => {
    for (const [m, n, k] of [
      [5, 9, 6],
      [33, 19, 300],
    ] as const) {
      for (const [transposeA, transposeB] of TRANSPOSES) {
        const problem = problemOf(dtype, m, n, k, { transposeA, transposeB });
        const truth = problemOf(dtype, m, n, k, { transposeA, transposeB });
        for (const { a, b } of [problem, truth]) {
          a[transposeA ? m - 1 : (m - 1) * k] = Number.NaN;
          a[transposeA ? 1 : k] = Number.POSITIVE_INFINITY;
          b[transposeB ? (n - 1) * k : n - 1] = Number.NEGATIVE_INFINITY;
        }
        const got = outOf(problem, gemm);
        outOf(truth, reference).forEach((value, index) => {
          if (!Number.isFinite(value)) expect(got[index]).toBe(value);
          else expect(got[index]).toBeCloseTo(value, 3);
        });
      }
    }
  });

  it('have the same bits in blocks as at once', () => {
    for (const [transposeA, transposeB] of TRANSPOSES) {
      const options = {
        transposeA,
        transposeB,
        batch: [
          [0, 0],
          [1, 0],
        ] as const,
      };
      const whole = problemOf(dtype, 270, 520, 530, { ...options, next: noise(3) });
      const blocks = problemOf(dtype, 270, 520, 530, { ...options, next: noise(3) });
      gemm(whole);
      gemm(blocks, 2 ** 18);
      expect(blocks.out.findIndex((x, i) => !Object.is(x, whole.out[i]))).toBe(-1);
    }
  });

  it('give a row the same bits however many rows there are', () => {
    const many = problemOf(dtype, 40, 21, 270);
    gemm(many);
    for (const m of [1, 2, 3, 5, 23]) {
      const few = { ...many, m, out: many.out.slice(0, m * 21).fill(0) };
      gemm(few);
      expect(few.out).toEqual(many.out.slice(0, m * 21));
    }
  });

  it('read operands that are parts of larger arrays', () => {
    const problem = problemOf(dtype, 6, 5, 4);
    const inLarger = (x: MatmulProblem['a']) => {
      const larger = x.slice(0, 0).constructor as Float64ArrayConstructor;
      const room = new larger(x.length + 7).fill(9);
      room.set(x as Float64Array, 3);
      return room.subarray(3, 3 + x.length);
    };
    const part = { ...problem, a: inLarger(problem.a), b: inLarger(problem.b) };
    part.out = inLarger(problem.out);
    expect(outOf(part, gemm)).toEqual(outOf(problem, gemm));
    expect(new (part.out.constructor as Float64ArrayConstructor)(part.out.buffer)[2]).toBe(9);
  });
});

it('integers are multiplied as integers, wrapping at 32 bits', () => {
  const problem: MatmulProblem = {
    a: Int32Array.of(2 ** 30, 3),
    b: Int32Array.of(4, 5),
    out: new Int32Array(1),
    dtype: 'int32',
    m: 1,
    n: 1,
    k: 2,
    transposeA: false,
    transposeB: false,
    batch: [[0, 0]],
  };
  expect(outOf(problem, gemm)).toEqual([15]);
});
