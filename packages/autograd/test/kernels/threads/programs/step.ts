// A small and a large step, compiled and eager, with what the threads did: run by a test in a process of its own.
import { compile, relu, rng, setThreads, softmax, type Tensor } from '../../../../src/index.js';
import { newMemory, startedWorkers, threadCount } from '../../../../src/kernels/threads/index.js';
import { isShared } from '../../../../src/kernels/wasm/threading.js';
import { digest } from './digest.js';

export interface Report {
  readonly threads: number;
  /** Whether `setThreads` has a say, and memories are shared. */
  readonly settable: boolean;
  readonly shared: boolean;
  readonly workersAfterSmall: number;
  readonly workersAfterLarge: number;
  /** Bytes of arrays before and after many steps. */
  readonly arraysBefore: number;
  readonly arraysAfter: number;
  /** What steps gave, as a number for all bits of each. */
  readonly results: readonly number[];
}

const random = rng(5);
const layer = (x: Tensor, w: Tensor): Tensor => softmax(relu(x.matmul(w)));
const step = compile(layer);
const total = compile((x: Tensor, w: Tensor): Tensor => layer(x, w).square().sum());
const [smallX, smallW] = [random.normal([8, 16]), random.normal([16, 16])];
const [x, w] = [random.normal([301, 512]), random.normal([512, 516])];

const small = step(smallX, smallW);
small.matmul(smallW);
const workersAfterSmall = startedWorkers();

let large = step(x, w);
const up = performance.now() + 10_000;
while (startedWorkers() < threadCount() - 1 && performance.now() < up);
large = step(x, w);
const workersAfterLarge = startedWorkers();

let sum = total(x, w);
const arraysBefore = process.memoryUsage().arrayBuffers;
for (let k = 0; k < 60; k++) sum = total(x, w);
const arraysAfter = process.memoryUsage().arrayBuffers;

const report: Report = {
  threads: threadCount(),
  settable: setThreads(threadCount()),
  shared: isShared(newMemory(1)),
  workersAfterSmall,
  workersAfterLarge,
  arraysBefore,
  arraysAfter,
  results: [digest(small), digest(large), digest(layer(x, w)), sum.item()],
};
process.stdout.write(JSON.stringify(report));
