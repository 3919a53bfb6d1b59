// How a driver is spoken to: a line of JSON in, a line of JSON out; the same in Python beside it.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A net and the file of its numbers. */
export interface Problem {
  readonly sizes: readonly number[];
  readonly batch: number;
  readonly activation: 'relu' | 'tanh';
  readonly optimizer: 'sgd' | 'adam';
  readonly lr: number;
  readonly file: string;
  readonly batches: number;
}

export interface LoadedProblem extends Problem {
  /** w [in, out], row by row. */
  readonly layers: readonly { readonly w: Float32Array; readonly b: Float32Array }[];
  readonly data: readonly { readonly x: Float32Array; readonly labels: Int32Array }[];
}

/** One step on the k-th batch; its loss, before the update. */
export type Step = (k: number) => number;

type Request =
  | {
      readonly op: 'check';
      readonly net: string;
      readonly problem: Problem;
      readonly steps: number;
    }
  | { readonly op: 'time'; readonly net: string; readonly seconds: number };

function load(problem: Problem): LoadedProblem {
  const bytes = readFileSync(problem.file);
  const numbers = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
  const { sizes, batch } = problem;
  let offset = 0;
  const take = (count: number): Float32Array => {
    offset += count;
    return numbers.slice(offset - count, offset);
  };
  const layers = sizes.slice(1).map((out, i) => ({ w: take(sizes[i] * out), b: take(out) }));
  const data = Array.from({ length: problem.batches }, () => ({
    x: take(batch * sizes[0]),
    labels: Int32Array.from(take(batch)),
  }));
  return { ...problem, layers, data };
}

/** Microseconds of a step: the median of all that fit into the time. */
function time(step: Step, batches: number, seconds: number): number {
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
export function serve(version: string, make: (problem: LoadedProblem) => Step): void {
  const running = new Map<string, { step: Step; batches: number }>();
  const answer = (request: Request): object => {
    if (request.op === 'check') {
      const problem = load(request.problem);
      const step = make(problem);
      running.set(request.net, { step, batches: problem.batches });
      const losses = Array.from({ length: request.steps }, (_, k) => step(k % problem.batches));
      return { loss: losses[losses.length - 1] };
    }
    const entry = running.get(request.net);
    if (entry === undefined) throw new Error(`nobody has set up ${request.net}`);
    return { microseconds: time(entry.step, entry.batches, request.seconds) };
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
  say({ version });
}
