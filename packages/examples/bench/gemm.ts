// The rate of matrix products by size: WebAssembly with and without fused multiply-add, its micro-kernel alone, and BLAS.

import { backendInfo } from '../../autograd/src/kernels/backend.js';
import { systemBlas } from '../../autograd/src/kernels/blas/index.js';
import type { MatmulProblem } from '../../autograd/src/kernels/kernels.js';
import { setThreads } from '../../autograd/src/kernels/threads/index.js';
import { hasFma } from '../../autograd/src/kernels/wasm/fma.js';
import { tilingOf } from '../../autograd/src/kernels/wasm/gemm-module.js';
import type { Tiling } from '../../autograd/src/kernels/wasm/gemm-tile.js';
import { type Floating, productsOf, tileAlone, tileFlops } from './wasm-products.js';

const SIZES = [16, 17, 31, 32, 63, 64, 100, 127, 128, 129, 255, 256, 257, 511, 512, 1000, 1024];
const ROUNDS = 5;
const MILLISECONDS = 30;

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
  const product = productsOf(tiling);
  return {
    name: `wasm ${tiling.fma ? 'FMA' : 'plain'}`,
    flops: cube,
    times: new Map(),
    run: (size) => product(size, size, size),
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
      return () => blas.gemm(problem);
    },
  };
}

function byTile(tiling: Tiling): Contender {
  const tile = tileAlone(tiling);
  return {
    name: 'its tile',
    flops: () => tileFlops(tiling),
    times: new Map(),
    run: () => tile,
  };
}

function report(dtype: Floating): void {
  const tiling = tilingOf(dtype);
  const tilings = hasFma() ? [tiling, { ...tiling, fma: false }] : [tiling];
  const blas = byBlas(dtype);
  const contenders = [
    ...tilings.flatMap((each) => [inWebAssembly(each), byTile(each)]),
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
setThreads(1);
console.log('GFLOP/s on one thread: median ≤ best');
report('float32');
report('float64');
