// How a driver is spoken to: a line of JSON in, a line of JSON out; the same in Python beside it.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What a task says about a net. */
export interface NetSettings {
  readonly sizes: readonly number[];
  readonly batch: number;
  readonly activation: 'relu' | 'tanh';
  readonly optimizer: 'sgd' | 'adam';
  readonly lr: number;
}

export interface TransformerSettings {
  readonly depth: number;
  readonly dim: number;
  readonly heads: number;
  readonly context: number;
  readonly batch: number;
  readonly vocabulary: number;
  readonly lr: number;
  readonly weightDecay: number;
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Of a file's numbers, so many of those that come next. */
export type Take = (count: number) => Float32Array;

export interface Job {
  /** One step on the k-th batch: its loss before the update, or any number of its result. It is on the host then. */
  readonly step: (k: number) => number;
  /** All elements of what a step computes, where it is an array that must be the same for everybody. */
  readonly result?: () => ArrayLike<number>;
}

type Maker<Settings> = (settings: Settings, take: Take, batches: number) => Job;

/** What a driver can do. */
export interface Makers {
  readonly net?: Maker<NetSettings>;
  readonly products?: Maker<Pick<NetSettings, 'sizes' | 'batch'>>;
  readonly matmul?: Maker<{ readonly size: number }>;
  readonly pointwise?: Maker<{ readonly count: number }>;
  readonly softmax?: Maker<{ readonly rows: number; readonly columns: number }>;
  readonly tape?: Maker<{ readonly operations: number }>;
  readonly transformer?: Maker<TransformerSettings>;
}

interface Problem {
  readonly kind: keyof Makers;
  readonly settings: object;
  readonly file: string;
  readonly batches: number;
  readonly steps: number;
}

type Request =
  | { readonly op: 'check'; readonly task: string; readonly problem: Problem }
  | { readonly op: 'time'; readonly task: string; readonly seconds: number };

/** Peers read results of up to this many elements whole, of larger ones the last element: each is cheaper there. */
export const WHOLE = 2 ** 14;

function reader(file: string): Take {
  const bytes = readFileSync(file);
  const numbers = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
  let offset = 0;
  return (count) => {
    offset += count;
    return numbers.slice(offset - count, offset);
  };
}

/** The layers of a net, w [in, out] row by row, and its batches. */
export function netNumbers({ sizes, batch }: NetSettings, take: Take, batches: number) {
  const layers = sizes.slice(1).map((out, i) => ({ w: take(sizes[i] * out), b: take(out) }));
  const data = Array.from({ length: batches }, () => ({
    x: take(batch * sizes[0]),
    labels: Int32Array.from(take(batch)),
  }));
  return { layers, data };
}

/** Depends on all elements and on their order. */
function checksum(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * ((i % 7) - 3);
  return sum;
}

/** Microseconds of a step: the median of all that fit into the time. */
function time({ step }: Job, batches: number, seconds: number): number {
  let k = 0;
  const next = (): number => {
    const start = performance.now();
    step(k++ % batches);
    return performance.now() - start;
  };
  const warm = performance.now() + seconds * 200;
  do next();
  while (performance.now() < warm);
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  do times.push(next());
  while (performance.now() < end);
  times.sort((a, b) => a - b);
  return times[times.length >> 1] * 1000;
}

const say = (answer: object): void => {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
};

/** Answers until the input ends. `version` goes out first: whoever can't start never says it. */
export function serve(version: string, makers: Makers): void {
  const running = new Map<string, { job: Job; batches: number }>();
  const check = ({ kind, settings, file, batches, steps }: Problem, task: string): number => {
    const make = makers[kind] as Maker<object> | undefined;
    if (make === undefined) throw new Error(`nobody here does ${kind}`);
    const job = make(settings, reader(file), batches);
    running.set(task, { job, batches });
    const numbers = Array.from({ length: steps }, (_, k) => job.step(k % batches));
    return job.result === undefined ? numbers[steps - 1] : checksum(job.result());
  };
  const answer = (request: Request): object => {
    if (request.op === 'check') return { loss: check(request.problem, request.task) };
    const entry = running.get(request.task);
    if (entry === undefined) throw new Error(`nobody has set up ${request.task}`);
    return { microseconds: time(entry.job, entry.batches, request.seconds) };
  };
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    try {
      say(answer(JSON.parse(line)));
    } catch (error) {
      say({ error: error instanceof Error ? error.message.split('\n')[0] : String(error) });
    }
  });
  lines.on('close', () => process.exit(0));
  say({ version, kinds: Object.keys(makers) });
}
