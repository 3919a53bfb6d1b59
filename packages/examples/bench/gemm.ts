// The rate of matrix products by size: WebAssembly with and without fused multiply-add, its micro-kernel alone, and BLAS.

import { backendInfo } from '../../autograd/src/kernels/backend.js';
import { blasGemm, systemBlas } from '../../autograd/src/kernels/blas/index.js';
import { setBlasThreads } from '../../autograd/src/kernels/gemm.js';
import type { MatmulProblem } from '../../autograd/src/kernels/kernels.js';
import { importMemory, Module } from '../../autograd/src/kernels/wasm/assembler/index.js';
import { hasFma } from '../../autograd/src/kernels/wasm/fma.js';
import { scratchBytesOf, TERMS } from '../../autograd/src/kernels/wasm/gemm-blocks.js';
import {
  compileGemm,
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

/** The time at a fraction of the way from the best to the worst. */
function quantile(times: readonly number[], fraction: number): number {
  const sorted = [...times].sort((x, y) => x - y);
  return sorted[Math.floor(fraction * (sorted.length - 1))];
}

/** One way to multiply, and how long it took by size, in microseconds. */
interface Contender {
  readonly name: string;
  flops(size: number): number;
  run(size: number): () => void;
  readonly times: Map<number, number[]>;
}

const cube = (size: number): number => 2 * size ** 3;

function inWebAssembly(tiling: Tiling): Contender {
  const { exports } = new WebAssembly.Instance(compileGemm(tiling, false), { host: { memory } });
  const gemm = exports.gemm as RawGemm;
  const bytes = bytesOf(tiling.dtype);
  return {
    name: `wasm ${tiling.fma ? 'FMA' : 'plain'}`,
    flops: cube,
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
    flops: cube,
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

/** One tile over panels in the first cache, whatever the size: the most that any packing could reach. */
function tileAlone(tiling: Tiling): Contender {
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
  return {
    name: `its tile`,
    flops: () => 2 * tiling.rows * tileColumns(tiling) * TERMS,
    times: new Map(),
    run: () => () => run(0, stepA, b, stepB, 0, 1, TERMS, c, stepB, 0),
  };
}

function report(dtype: Floating): void {
  const tiling = tilingOf(dtype);
  const tilings = hasFma() ? [tiling, { ...tiling, fma: false }] : [tiling];
  const largest = scratchBytesOf(tiling, 1024, 1024) + 3 * 1024 * 1024 * bytesOf(dtype);
  if (largest > memory.buffer.byteLength) memory.grow(Math.ceil(largest / 65536));
  new Float32Array(memory.buffer).fill(0.5);
  const blas = byBlas(dtype);
  const contenders = [
    ...tilings.flatMap((each) => [inWebAssembly(each), tileAlone(each)]),
    ...(blas === null ? [] : [blas]),
  ];
  // In turn, so that what else the machine does is shared by all.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const size of SIZES) {
      for (const { run, times, flops } of contenders) {
        const measured = sample(run(size), flops(size));
        if (round > 0) times.set(size, [...(times.get(size) ?? []), ...measured]);
      }
    }
  }
  const columns = ['size', ...contenders.map(({ name }) => name)];
  console.log(`${dtype}\n${columns.map((name) => name.padStart(14)).join('')}`);
  for (const size of SIZES) {
    const rates = contenders.map(({ times, flops }) => {
      const measured = times.get(size) ?? [];
      const rate = (fraction: number) => flops(size) / quantile(measured, fraction) / 1e3;
      return `${rate(0.5).toFixed(1)} ≤ ${rate(0).toFixed(1)}`.padStart(14);
    });
    console.log(String(size).padStart(14) + rates.join(''));
  }
}

console.log(backendInfo());
setBlasThreads(1);
console.log('GFLOP/s on one thread: median ≤ best');
report('float32');
report('float64');
