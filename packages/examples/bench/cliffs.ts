// Cliffs of WebAssembly's matrix products: odd sizes beside the next multiple of 8, and the share of the tile's rate.

import { tilingOf } from '../../autograd/src/kernels/wasm/gemm-module.js';
import {
  type Floating,
  type ProductOf,
  productsOf,
  tileAlone,
  tileFlops,
} from './wasm-products.js';

const MOST_RATIO = 1.25;
const LEAST_SHARE = 0.6;

const SIZES = [...Array.from({ length: 40 }, (_, i) => i + 1), 127, 129, 257, 1000];
const OTHERS = [8, 64, 256];
const LARGE = [512, 1024];
const VARIED = ['m', 'n', 'k'] as const;

/** How long one sample takes at least, in milliseconds: many times the resolution of the clock. */
const SAMPLE = 0.02;
const SAMPLES = 15;
const LARGE_SAMPLES = 30;
const WARMTH = 100;
/** What misses its bound is measured again, each time with twice the samples, before it is said to. */
const TRIES = 5;

/** The shortest time of one of `repeat` runs in a row, in milliseconds. */
function once(run: () => void, repeat: number): number {
  const start = performance.now();
  for (let i = 0; i < repeat; i++) run();
  return (performance.now() - start) / repeat;
}

/** The least times of several, run in turn and equally long, so that what else the machine does is shared by all. */
function leastOf(runs: readonly (() => void)[], samples: number): number[] {
  const times = runs.map((run) => Math.min(once(run, 3), once(run, 3)));
  const length = Math.max(SAMPLE, ...times);
  const repeats = times.map((time) => Math.ceil(length / time));
  const least = runs.map(() => Number.POSITIVE_INFINITY);
  for (let sample = 0; sample < samples; sample++) {
    runs.forEach((run, i) => {
      least[i] = Math.min(least[i], once(run, repeats[i]));
    });
  }
  return least;
}

/** Runs each often enough for the engine to compile it a second time, to faster code. */
function warm(runs: readonly (() => void)[]): void {
  for (const run of runs) {
    const end = performance.now() + WARMTH;
    while (performance.now() < end) run();
  }
}

interface Step {
  readonly name: string;
  /** The product of the odd size, and that of the next multiple of 8. */
  readonly runs: readonly (() => void)[];
  /** Their shortest times so far, in milliseconds. */
  times: readonly number[];
}

const ratioOf = ({ times: [odd, even] }: Step): number => odd / even;

const roundUp = (size: number): number => Math.ceil(size / 8) * 8;

function stepsOf(product: ProductOf): Step[] {
  const steps: Step[] = [];
  for (const varied of VARIED) {
    for (const size of SIZES.filter((each) => each % 8 !== 0)) {
      for (const other of OTHERS) {
        for (const flags of [0, 1, 2, 3]) {
          const [transposeA, transposeB] = [(flags & 1) !== 0, (flags & 2) !== 0];
          const sizes = (each: number) =>
            VARIED.map((dimension) => (dimension === varied ? each : other)) as [
              number,
              number,
              number,
            ];
          const [a, b] = [transposeA ? 'Aᵀ' : 'A', transposeB ? 'Bᵀ' : 'B'];
          steps.push({
            name: `${sizes(size).join('×')}, ${a} ${b}`,
            runs: [size, roundUp(size)].map((each) =>
              product(...sizes(each), transposeA, transposeB),
            ),
            times: [],
          });
        }
      }
    }
  }
  return steps;
}

function measure(steps: readonly Step[], samples: number): void {
  for (const step of steps) {
    const times = leastOf(step.runs, samples);
    step.times = times.map((time, i) => Math.min(time, step.times[i] ?? time));
  }
}

const above = (steps: readonly Step[]): Step[] =>
  steps.filter((step) => ratioOf(step) > MOST_RATIO);

function reportCliffs(dtype: Floating): void {
  const steps = stepsOf(productsOf(tilingOf(dtype)));
  // Once for the engine, which compiles what runs often a second time.
  measure(steps, 2);
  for (const step of steps) step.times = [];
  measure(steps, SAMPLES);
  const atFirst = above(steps).length;
  for (let again = 1; again < TRIES; again++) measure(above(steps), SAMPLES * 2 ** again);
  const worst = [...steps].sort((x, y) => ratioOf(y) - ratioOf(x));
  const count = `${above(steps).length} of ${steps.length} above ${MOST_RATIO}`;
  console.log(`${dtype}: ${count} (${atFirst} before they were measured again); the worst:`);
  for (const step of worst.slice(0, 10)) {
    console.log(`${ratioOf(step).toFixed(3).padStart(9)}  ${step.name}`);
  }
}

function reportShares(dtype: Floating): void {
  const tiling = tilingOf(dtype);
  const [product, tile] = [productsOf(tiling), tileAlone(tiling)];
  for (const size of LARGE) {
    const runs = [product(size, size, size), tile];
    warm(runs);
    let [rate, most] = [0, 0];
    // The best of all tries, of the tile as well.
    for (let again = 0; again < TRIES && rate <= LEAST_SHARE * most; again++) {
      const [time, timeOfTile] = leastOf(runs, LARGE_SAMPLES);
      rate = Math.max(rate, (2 * size ** 3) / time / 1e6);
      most = Math.max(most, tileFlops(tiling) / timeOfTile / 1e6);
    }
    const share = rate / most;
    const verdict = share >= LEAST_SHARE ? 'within' : 'MISSES';
    const rates = `${rate.toFixed(1)} of ${most.toFixed(1)} GFLOP/s`;
    console.log(`${String(size).padStart(9)}  ${rates}, ${(100 * share).toFixed(0)} %, ${verdict}`);
  }
}

console.log(`Time ÷ that of the next multiple of 8, one thread, at most ${MOST_RATIO}`);
for (const dtype of ['float32', 'float64'] as const) reportCliffs(dtype);
console.log(`Rate beside that of the tile alone, at least ${100 * LEAST_SHARE} %`);
for (const dtype of ['float32', 'float64'] as const) {
  console.log(dtype);
  reportShares(dtype);
}
