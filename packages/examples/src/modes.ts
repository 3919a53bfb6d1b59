// All samples a step, thirty-two, or one: what is won, and what is lost?
//
// A step on all samples goes down the gradient of J itself. A step on some of them goes down an
// estimate of it: cheaper, as it looks at fewer samples, and noisier, by the square root of how
// many. It is said that single-sample descent is "more accurate". What it is, is quick at first;
// and then, with a step that never shrinks, it can't come to rest at the bottom. The problem is
// linear, so that there is one bottom, and it is known how far above it a model is.

import { rng, type Tensor, tensor } from '@retrograd/autograd';
import {
  batches,
  dense,
  halfSquaredError,
  type Samples,
  sequential,
  sgd,
  train,
  trainer,
} from '@retrograd/nn';
import { curve, exponential, table, whenRun } from './show.js';

const dtype = 'float64';
const MODES = ['batch', 'mini-batch', 'stochastic'] as const;

/** y = 2x₁ − x₂ + 1 + noise, each x uniform with variance 1. */
function measure(count: number, seed: number): { x: Tensor; y: Tensor } {
  const random = rng(seed);
  const x = random.uniform([count, 2], { low: -Math.sqrt(3), high: Math.sqrt(3), dtype });
  const noise = random.normal([count, 1], { std: 0.5, dtype });
  return {
    x,
    y: x
      .matmul(tensor([[2], [-1]], { dtype }))
      .add(1)
      .add(noise),
  };
}

const model = () => sequential(dense(2, 1, { rng: rng(5), dtype }));

/**
 * ‖g − ∇J‖ / ‖∇J‖, root mean square over the batches of one pass, all from the same start: how far
 * a step's direction is from the one that all samples together give.
 */
function noiseOf(samples: Samples, batchSize: number): number {
  const net = model();
  const gradientOn = ({ x, y }: Samples): Tensor[] => {
    halfSquaredError(net.forward(x.read()), y.read()).backward();
    return net.parameters().map((cell) => {
      const g = cell.grad as Tensor;
      cell.clearGrad();
      return g;
    });
  };
  const square = (all: Tensor[]) => all.reduce((sum, g) => sum + g.square().sum().item(), 0);
  const truth = gradientOn(samples);
  const squares = [...batches(samples, { batchSize, shuffle: true, seed: 1 })].map((batch) =>
    square(gradientOn(batch).map((g, i) => g.sub(truth[i]))),
  );
  const mean = squares.reduce((sum, s) => sum + s, 0) / squares.length;
  return Math.sqrt(mean / square(truth));
}

/** Microseconds of a step on the first `batchSize` samples: the median of 30. */
function timeOf({ x, y }: Samples, batchSize: number): number {
  const net = model();
  const optimizer = sgd(net.parameters(), { lr: 0.01 });
  const learner = trainer(net, { loss: halfSquaredError, optimizer });
  const some = x.slice([0, batchSize]);
  const wanted = y.slice([0, batchSize]);
  const times = Array.from({ length: 30 }, () => {
    const start = performance.now();
    learner.step(some, wanted);
    return 1000 * (performance.now() - start);
  });
  return times.sort((a, b) => a - b)[15];
}

export interface Mode {
  readonly mode: (typeof MODES)[number];
  readonly samplesPerStep: number;
  /** Steps of one pass over all samples. */
  readonly stepsPerPass: number;
  readonly microsecondsPerStep: number;
  readonly noise: number;
  /** J above its lowest value, after each pass. */
  readonly excess: readonly number[];
}

export interface Options {
  readonly samples?: number;
  readonly passes?: number;
  readonly seed?: number;
}

/** The three modes from one start, with one step size, over the same samples. */
export async function compareModes(options: Options = {}): Promise<Mode[]> {
  const { samples: count = 128, passes = 60, seed = 2 } = options;
  const samples = measure(count, seed);
  const descend = (net: ReturnType<typeof model>, lr: number) => ({
    loss: halfSquaredError,
    optimizer: sgd(net.parameters(), { lr }),
  });

  // The bottom: descent on all samples until nothing changes by more than ε.
  const rest = model();
  const ended = await train(rest, samples, {
    ...descend(rest, 0.5),
    mode: 'batch',
    maxIterations: 1000,
    threshold: 1e-13,
  });
  const lowest = ended.history.loss.at(-1) as number;

  const results: Mode[] = [];
  for (const mode of MODES) {
    const net = model();
    const report = await train(net, samples, {
      ...descend(net, 0.2),
      mode,
      batchSize: 32,
      epochs: passes,
      metrics: { J: halfSquaredError },
    });
    const samplesPerStep = { batch: count, 'mini-batch': 32, stochastic: 1 }[mode];
    results.push({
      mode,
      samplesPerStep,
      stepsPerPass: report.iterations / report.epochs,
      microsecondsPerStep: timeOf(samples, samplesPerStep),
      noise: noiseOf(samples, samplesPerStep),
      excess: report.history.metrics.J.map((J) => J - lowest),
    });
  }
  return results;
}

/** What J's excess comes to in the last quarter of the passes: its mean. */
export function floorOf({ excess }: Mode): number {
  const tail = excess.slice(Math.floor(excess.length * 0.75));
  return tail.reduce((sum, e) => sum + e, 0) / tail.length;
}

export async function main(): Promise<void> {
  const modes = await compareModes();
  const rows = modes.map((mode) => [
    mode.mode,
    String(mode.samplesPerStep),
    `${mode.microsecondsPerStep.toFixed(0)} µs`,
    mode.noise.toFixed(2),
    exponential(mode.excess[0]),
    exponential(floorOf(mode)),
  ]);
  const head = [
    'mode',
    'samples a step',
    'a step takes',
    'noise',
    'J − min after one pass',
    'at the end',
  ];
  console.log(table(head, rows));
  console.log('\nlog₁₀(J − min), from 10¹ down to 10⁻⁸, pass by pass:\n');
  for (const { mode, excess } of modes) {
    const logs = excess.map((e) => Math.log10(Math.max(e, 1e-8)));
    console.log(`${mode.padEnd(10)}  ${curve(logs, { width: 64, low: -8, high: 1 })}`);
  }
}

whenRun(import.meta.url, main);
