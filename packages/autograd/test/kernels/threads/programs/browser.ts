// Large steps in a browser, before and after its worker has come up, with what the threads did.
import {
  arange,
  backendInfo,
  compile,
  relu,
  setThreads,
  softmax,
  type Tensor,
  variable,
} from '../../../../src/index.js';
import {
  inParallel,
  placed,
  startedWorkers,
  threadCount,
} from '../../../../src/kernels/threads/index.js';
import { report } from '../../../browser/report.js';
import { sharedMemory, signing } from '../support.js';
import { digest } from './digest.js';

export interface Report {
  readonly isolated: boolean;
  /** Whether `setThreads` has a say, and what `backendInfo` tells then. */
  readonly settable: boolean;
  readonly threads: number;
  /** What the compiled step and the training step run on. */
  readonly engines: readonly string[];
  /** Workers that were up when the event loop had had its turn. */
  readonly workers: number;
  /** Workers that the policy forbade. */
  readonly forbidden: readonly string[];
  /** Errors that nobody caught. */
  readonly stray: readonly string[];
  /** Which threads took blocks of jobs; 1 is the calling one. */
  readonly takers: readonly number[];
  /** What the steps gave before the event loop had its turn; then, if there can be threads, on one and on two. */
  readonly results: readonly (readonly number[])[];
}

const forbidden: string[] = [];
const stray: string[] = [];

globalThis.addEventListener('error', ({ message }) => stray.push(message));
globalThis.addEventListener('unhandledrejection', ({ reason }) => stray.push(String(reason)));
globalThis.addEventListener('securitypolicyviolation', (event) => {
  const { effectiveDirective, blockedURI } = event as SecurityPolicyViolationEvent;
  if (effectiveDirective === 'worker-src') forbidden.push(blockedURI);
});

const engines = new Set<string>();

/** Figures that are the same in every run. */
function figures(rows: number, columns: number, dtype?: 'float64'): Tensor {
  const angles = arange(0, rows * columns, 1, { dtype: dtype ?? 'float32' }).mul(0.7);
  return angles.sin().reshape([rows, columns]);
}

const factors = [figures(512, 512), figures(512, 512, 'float64')];
const table = figures(500, 300);
const batch = figures(256, 300);

function loops(): Tensor[] {
  const step = compile((t: Tensor) => {
    const y = softmax(t.mul(2).tanh().add(t.square()));
    return { y, columns: y.sum(0), total: y.square().sum() };
  });
  const { y, columns, total } = step(table);
  for (const { engine } of step.explain(table).kernels) engines.add(engine);
  return [y, columns, total];
}

function training(): Tensor[] {
  const w = variable(figures(300, 128).mul(0.1));
  const v = variable(figures(128, 300).mul(0.1));
  const step = compile((x: Tensor) => {
    const loss = relu(x.matmul(w)).matmul(v).sub(x).square().mean();
    loss.backward();
    for (const parameter of [w, v]) {
      parameter.assign(parameter.value.sub((parameter.grad as Tensor).mul(0.1)));
      parameter.clearGrad();
    }
    return loss;
  });
  const losses = Array.from({ length: 4 }, () => step(batch));
  for (const { engine } of step.explain(batch).kernels) engines.add(engine);
  return [...losses, w.value, v.value];
}

const allSteps = (): number[] =>
  [...factors.map((x) => x.matmul(x)), ...loops(), ...training()].map(digest);

const turn = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

/** Until the worker is up, or it is known that it will not be. */
async function settled(): Promise<void> {
  const until = performance.now() + 10_000;
  const over = () => startedWorkers() > 0 || forbidden.length > 0 || threadCount() === 1;
  while (!over() && performance.now() < until) await turn();
  await turn();
}

/** Which threads take blocks, as each of them writes down who it is. */
function takers(): number[] {
  const memory = sharedMemory(1);
  const target = signing(memory);
  const seen = new Set<number>();
  const until = performance.now() + 2_000;
  do {
    const parameters = [
      { base: 0, down: 16 },
      { base: 0 },
      { base: 0 },
      { base: 1, perThread: 1 },
      { base: 16 },
    ];
    inParallel(placed({ target, down: 2000, across: 1, parameters }, Number), 2);
    const words = new Int32Array(memory.buffer, 0, 4 * 2000);
    for (let block = 0; block < 2000; block++) seen.add(words[4 * block + 2]);
  } while (seen.size < 1 + startedWorkers() && performance.now() < until);
  return [...seen].sort();
}

await report(async (): Promise<Report> => {
  const settable = setThreads(2);
  const { threads } = backendInfo();
  const results = [allSteps()];
  await settled();
  for (const count of settable ? [1, 2] : []) {
    setThreads(count);
    results.push(allSteps());
  }
  return {
    isolated: crossOriginIsolated,
    settable,
    threads,
    engines: [...engines].sort(),
    workers: startedWorkers(),
    forbidden,
    stray,
    takers: settable ? takers() : [],
    results,
  };
});
