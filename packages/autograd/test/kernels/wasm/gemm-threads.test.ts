// Tests of products cut over threads: the bits of the whole product, nothing else written, cuts that cover the result.
import { afterAll, describe, expect, it } from 'vitest';
import { setThreads, startedWorkers, threadCount } from '../../../src/kernels/threads/index.js';
import { gemm as eager } from '../../../src/kernels/wasm/gemm.js';
import { instantiateGemm } from '../../../src/kernels/wasm/gemm-module.js';
import {
  cutOf,
  multiplyInThreads,
  scratchPerThread,
  worthThreads,
} from '../../../src/kernels/wasm/gemm-threads.js';
import { FLOATING, noise, problemOf, TRANSPOSES } from '../matmul-problems.js';
import { sharedMemory, until } from '../threads/support.js';

const before = threadCount();
afterAll(() => void setThreads(before));

const SIZES = [
  [1, 1, 1],
  [3, 300, 5],
  [65, 67, 270],
  [129, 260, 31],
  [1, 700, 40],
  [100, 4, 33],
] as const;

const THREADS = [1, 2, 3, 4];
const UNTOUCHED = 42;

describe.each(FLOATING)('a product cut over threads, %s', (dtype) => {
  const bytes = dtype === 'float32' ? 4 : 8;

  it('has the same bits at any number of them, and writes nothing but its result', () => {
    setThreads(4);
    const memory = sharedMemory(120);
    const gemm = instantiateGemm(memory);
    const next = noise(3);
    const view = bytes === 4 ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);
    for (const [m, n, k] of SIZES) {
      const perThread = scratchPerThread(dtype, n, k);
      for (const [transposeA, transposeB] of TRANSPOSES) {
        const { a, b } = problemOf(dtype, m, n, k, { transposeA, transposeB, next });
        const [atA, atB] = [3, 3 + m * k + 1];
        const atC = atB + k * n + 1;
        const scratch = Math.ceil((atC + m * n + 1) / 16) * 16;
        view.set(a, atA);
        view.set(b, atB);
        const add = transposeA;
        {
          const results = THREADS.map((threads) => {
            view.fill(0.5, atC, atC + m * n);
            for (const guard of [atC - 1, atC + m * n]) view[guard] = UNTOUCHED;
            const product = {
              ...{ a: atA * bytes, b: atB * bytes, c: atC * bytes },
              ...{ m, n, k, transposeA, transposeB, add },
            };
            multiplyInThreads(gemm, dtype, product, scratch * bytes, perThread, threads);
            expect([view[atC - 1], view[atC + m * n]]).toEqual([UNTOUCHED, UNTOUCHED]);
            return view.slice(atC, atC + m * n);
          });
          for (const result of results) expect(result).toEqual(results[0]);
        }
      }
    }
  });

  it('has the same bits eagerly, batched and in blocks, with workers that are up', () => {
    const batch = [
      [0, 1],
      [1, 0],
    ] as const;
    const large = problemOf(dtype, 150, 260, 270, { transposeB: true, batch });
    expect(worthThreads(dtype, 150, 260, 270)).toBe(true);
    const results = THREADS.map((threads) => {
      setThreads(threads);
      const problem = { ...large, out: large.out.slice() };
      eager(problem);
      until(() => startedWorkers() >= threads - 1);
      eager(problem);
      const pieces = { ...large, out: large.out.slice() };
      eager(pieces, 2 ** 20);
      return [problem.out, pieces.out];
    });
    for (const [whole, pieces] of results) {
      expect(whole).toEqual(results[0][0]);
      expect(pieces).toEqual(results[0][0]);
    }
  });
});

describe('cuts', () => {
  it.each([
    [512, 1024, 2],
    [64, 784, 2],
    [1, 5000, 8],
    [5000, 10, 4],
    [40, 300, 16],
    [1, 1, 4],
  ])('cover a result of %i × %i for %i threads with blocks of whole tiles', (m, n, threads) => {
    const { rows, columns } = cutOf('float32', m, n, threads);
    expect(rows % 4).toBe(0);
    expect(columns === n || columns % 8 === 0).toBe(true);
    expect(Math.ceil(m / rows) * rows).toBeGreaterThanOrEqual(m);
    expect(columns).toBeLessThanOrEqual(Math.max(n, 256));
  });

  it('make several blocks of large results for each thread', () => {
    for (const [m, n] of [
      [512, 1024],
      [64, 784],
      [1, 5000],
      [5000, 10],
    ]) {
      const { rows, columns } = cutOf('float32', m, n, 4);
      expect(Math.ceil(m / rows) * Math.ceil(n / columns)).toBeGreaterThanOrEqual(8);
    }
  });
});
