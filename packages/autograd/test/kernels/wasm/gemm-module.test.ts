import { describe, expect, it } from 'vitest';
import type { MatmulProblem } from '../../../src/kernels/kernels.js';
import { hasFma } from '../../../src/kernels/wasm/fma.js';
import { scratchBytesOf } from '../../../src/kernels/wasm/gemm-blocks.js';
import {
  compileGemm,
  instantiateGemm,
  type RawGemm,
  tilingOf,
} from '../../../src/kernels/wasm/gemm-module.js';
import {
  expectProducts,
  FLOATING,
  type Floating,
  problemOf,
  violations,
} from '../matmul-problems.js';

const BYTES = { float32: 4, float64: 8 } as const;
const UNTOUCHED = 42;

/** Multiplies at odd addresses of a memory, and checks that nothing around the result and the scratch is written to. */
function within(memory: WebAssembly.Memory, raw: RawGemm, problem: MatmulProblem, scratch: number) {
  const { m, n, k, transposeA, transposeB } = problem;
  const bytes = BYTES[problem.dtype as Floating];
  const view = bytes === 4 ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);
  const a = 3;
  const b = a + m * k + 1;
  const c = b + k * n + 1;
  const atScratch = c + m * n + 1;
  const end = atScratch + scratch / bytes;
  view.set(problem.a, a);
  view.set(problem.b, b);
  for (const guard of [c - 1, c + m * n, end]) view[guard] = UNTOUCHED;
  view.fill(Number.NaN, atScratch, end);
  raw(
    ...[a * bytes, b * bytes, c * bytes, m, n, k],
    Number(transposeA),
    Number(transposeB),
    atScratch * bytes,
    0,
  );
  for (const guard of [c - 1, c + m * n, end]) expect(view[guard]).toBe(UNTOUCHED);
  problem.out.set(view.subarray(c, c + m * n));
}

const GIVEN = [
  [65, 67, 300],
  [4, 16, 2],
  [30, 270, 257],
] as const;

describe.each(FLOATING)('matrix products on addresses, %s', (dtype) => {
  it('write the result and their scratch, and nothing else', () => {
    const memory = new WebAssembly.Memory({ initial: 40 });
    const gemm = instantiateGemm(memory);
    const multiply = (problem: MatmulProblem) => {
      const { n, k } = problem;
      within(memory, gemm.raw(dtype), problem, scratchBytesOf(tilingOf(dtype), n, k));
    };
    expectProducts(dtype, multiply, GIVEN, 40);
  });

  it.each([
    [false, 4, 2],
    [true, 4, 2],
    [true, 3, 3],
    [false, 2, 4],
  ])(
    'hold with fused multiply-add %s and tiles of %i rows and %i vectors',
    (fma, rows, vectors) => {
      if (fma && !hasFma()) return;
      const memory = new WebAssembly.Memory({ initial: 40 });
      const tiling = { dtype, fma, rows, vectors };
      const { exports } = new WebAssembly.Instance(compileGemm(tiling, false), {
        host: { memory },
      });
      const multiply = (problem: MatmulProblem) =>
        within(
          memory,
          exports.gemm as RawGemm,
          problem,
          scratchBytesOf(tiling, problem.n, problem.k),
        );
      expectProducts(dtype, multiply, GIVEN, 25);
    },
  );

  it('run on shared memory', () => {
    const memory = new WebAssembly.Memory({ initial: 40, maximum: 50, shared: true });
    const gemm = instantiateGemm(memory);
    const multiply = (problem: MatmulProblem) => {
      const { n, k } = problem;
      within(memory, gemm.raw(dtype), problem, scratchBytesOf(tilingOf(dtype), n, k));
    };
    expectProducts(dtype, multiply, [[9, 17, 5]], 0);
  });

  it('have the same bits whatever lies behind B, or nothing where the memory ends', () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const raw = instantiateGemm(memory).raw(dtype);
    const bytes = BYTES[dtype];
    const view = bytes === 4 ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);
    const denormal = bytes === 4 ? 2 ** -140 : 2 ** -1060;
    for (const n of [1, 3, 7]) {
      const { a, b, m, k } = problemOf(dtype, 6, n, 5);
      const [c, scratch] = [a.length, 200];
      const multiplied = (atB: number, behind: number) => {
        view.fill(behind);
        view.set(a, 0);
        view.set(b, atB);
        raw(...[0, atB, c].map((at) => at * bytes), m, n, k, 0, 0, scratch * bytes, 0);
        return view.slice(c, c + m * n);
      };
      const truth = multiplied(100, 0);
      for (const behind of [1, Number.NaN, denormal]) {
        expect(multiplied(100, behind)).toEqual(truth);
      }
      expect(multiplied(view.length - b.length, 1)).toEqual(truth);
      expect(violations({ ...problemOf(dtype, 6, n, 5), out: truth })).toEqual([]);
    }
  });

  it('are added to what is there if asked to', () => {
    const memory = new WebAssembly.Memory({ initial: 10 });
    const multiply = instantiateGemm(memory).raw(dtype);
    const view =
      dtype === 'float32' ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);
    const [m, n, k] = [5, 11, 3];
    view.fill(2, 0, 1000);
    const at = 1000 * BYTES[dtype];
    const end = 2000 * BYTES[dtype];
    multiply(0, 0, at, m, n, k, 0, 0, end, 0);
    expect(Array.from(view.subarray(1000, 1000 + m * n))).toEqual(new Array(m * n).fill(12));
    multiply(0, 0, at, m, n, k, 1, 1, end, 1);
    expect(Array.from(view.subarray(1000, 1000 + m * n))).toEqual(new Array(m * n).fill(24));
    multiply(0, 0, at, m, n, 0, 0, 0, end, 1);
    expect(view[1000]).toBe(24);
    multiply(0, 0, at, m, n, 0, 0, 0, end, 0);
    expect(Array.from(view.subarray(1000, 1000 + m * n))).toEqual(new Array(m * n).fill(0));
  });

  it('are refused a memory that ends before the operands', () => {
    const gemm = instantiateGemm(new WebAssembly.Memory({ initial: 1 }));
    const { m, n, k } = problemOf(dtype, 200, 200, 200);
    expect(() => gemm.raw(dtype)(0, 0, 0, m, n, k, 0, 0, 0, 0)).toThrow(WebAssembly.RuntimeError);
  });
});

it('the tile is chosen for what the engine can do', () => {
  expect(tilingOf('float32')).toEqual({ dtype: 'float32', fma: hasFma(), rows: 4, vectors: 2 });
});
