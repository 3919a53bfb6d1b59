// The rate of matrix products by size: WebAssembly with and without fused multiply-add, its micro-kernel alone, and BLAS.

import { importMemory, Module } from '../../autograd/node_modules/wasmati/build/index.js';
import { blasGemm, systemBlas } from '../../autograd/src/kernels/blas/index.js';
import { backendInfo, setBlasThreads } from '../../autograd/src/kernels/gemm.js';
import type { MatmulProblem } from '../../autograd/src/kernels/kernels.js';
import { scratchBytesOf, TERMS } from '../../autograd/src/kernels/wasm/gemm-blocks.js';
import {
  compileGemm,
  hasFma,
  type RawGemm,
  tilingOf,
} from '../../autograd/src/kernels/wasm/gemm-module.js';
import { sweep, type Tiling, tileColumns } from '../../autograd/src/kernels/wasm/gemm-tile.js';

type Floating = 'float32' | 'float64';

const SIZES = [16, 17, 31, 32, 63, 64, 100, 127, 128, 129, 255, 256, 257, 511, 512, 1000, 1024];
const ROUNDS = 5;
const MILLISECONDS = 30;

const memory = new WebAssembly.Memory({ initial: 512 });
const bytesOf = (dtype: Floating): number => (dtype === 'float32' ? 4 : 8);
const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** Runs `f` for a while; the microseconds of each run, or of each of several where they are short. */
function sample(f: () => void, work: number): number[] {
  const repeat = Math.max(1, Math.round(1e6 / (work + 1e4)));
  const times: number[] = [];
  const end = performance.now() + MILLISECONDS;
  do {
    const start = performance.now();
    for (let i = 0; i < repeat; i++) f();
    times.push(((performance.now() - start) * 1e3) / repeat);
  } while (performance.now() < end);
  return times;
}

function median(times: readonly number[]): number {
  return [...times].sort((x, y) => x - y)[times.length >> 1];
}

/** One way to multiply; GFLOP/s by size, median of all rounds. */
interface Contender {
  readonly name: string;
  run(size: number): () => void;
  readonly times: Map<number, number[]>;
}

function inWebAssembly(tiling: Tiling): Contender {
  const { exports } = new WebAssembly.Instance(compileGemm(tiling, false), { host: { memory } });
  const gemm = exports.gemm as RawGemm;
  const bytes = bytesOf(tiling.dtype);
  return {
    name: `wasm ${tiling.fma ? 'FMA' : 'plain'}`,
    times: new Map(),
    run: (size) => {
      const step = aligned(size * size * bytes);
      return () => gemm(0, step, 2 * step, size, size, size, 0, 0, 3 * step, 0);
    },
  };
}

function byBlas(dtype: Floating): Contender | null {
  const { blas } = systemBlas();
  if (blas === null) return null;
  const List = dtype === 'float32' ? Float32Array : Float64Array;
  return {
    name: 'BLAS',
    times: new Map(),
    run: (size) => {
      const matrix = () => new List(size * size).fill(0.5);
      const sizes = { m: size, n: size, k: size, transposeA: false, transposeB: false };
      const [a, b, out] = [matrix(), matrix(), matrix()];
      const problem: MatmulProblem = { ...sizes, a, b, out, dtype, batch: [[0, 0]] };
      return () => blasGemm(blas, problem);
    },
  };
}

/** GFLOP/s of one tile over panels in the first cache: the most that any packing could reach. */
function microKernel(tiling: Tiling): number {
  const imported = { ...importMemory({ min: 0 }), module: 'host', string: 'memory' };
  const tile = Module({
    exports: { tile: sweep(tiling, tiling.rows, 'columns') },
    memory: imported,
  });
  const module = new WebAssembly.Module(tile.toBytes() as BufferSource);
  const run = new WebAssembly.Instance(module, { host: { memory } }).exports.tile as RawGemm;
  const [stepA, stepB] = [tiling.rows, tileColumns(tiling)].map((n) => n * bytesOf(tiling.dtype));
  const b = aligned(TERMS * stepA);
  const c = b + aligned(TERMS * stepB);
  const flops = 2 * tiling.rows * tileColumns(tiling) * TERMS;
  const times = Array.from({ length: ROUNDS + 1 }, () =>
    sample(() => run(0, stepA, b, stepB, 0, 1, TERMS, c, stepB, 0), flops),
  );
  return flops / median(times.slice(1).flat()) / 1e3;
}

function report(dtype: Floating): void {
  const tiling = tilingOf(dtype);
  const tilings = hasFma() ? [tiling, { ...tiling, fma: false }] : [tiling];
  const largest = scratchBytesOf(tiling, 1024, 1024) + 3 * 1024 * 1024 * bytesOf(dtype);
  if (largest > memory.buffer.byteLength) memory.grow(Math.ceil(largest / 65536));
  new Float32Array(memory.buffer).fill(0.5);
  for (const each of tilings) {
    const rate = microKernel(each).toFixed(1);
    console.log(`${dtype} micro-kernel, ${each.fma ? 'FMA' : 'plain'}: ${rate} GFLOP/s`);
  }
  const blas = byBlas(dtype);
  const contenders = [...tilings.map(inWebAssembly), ...(blas === null ? [] : [blas])];
  // In turn, so that what else the machine does is shared by all.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const size of SIZES) {
      for (const { run, times } of contenders) {
        const measured = sample(run(size), size ** 3);
        if (round > 0) times.set(size, [...(times.get(size) ?? []), ...measured]);
      }
    }
  }
  console.log(['size', ...contenders.map(({ name }) => name)].map((s) => s.padStart(12)).join(''));
  for (const size of SIZES) {
    const rates = contenders.map(({ times }) => {
      const rate = (2 * size ** 3) / median(times.get(size) ?? []) / 1e3;
      return rate.toFixed(1).padStart(12);
    });
    console.log(String(size).padStart(12) + rates.join(''));
  }
}

console.log(backendInfo());
setBlasThreads(1);
console.log('GFLOP/s on one thread, medians');
report('float32');
report('float64');
