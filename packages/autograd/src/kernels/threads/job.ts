// Calls of one function in blocks, and their parameters as threads read them.

import { HEAD, HEAD_NUMBERS, PARAMETER_NUMBERS } from './control.js';
import type { Native, Portable } from './portable.js';

/**
 * A parameter of a call: base + i · down + j · across + thread · perThread for block (i, j), at most `most` if that is given.
 * WebAssembly takes addresses modulo 2³².
 */
export interface JobParameter<Base = number> {
  readonly base: Base;
  readonly down?: number;
  readonly across?: number;
  readonly perThread?: number;
  readonly most?: number;
}

/** A function that other threads can call too. */
export interface Shared {
  readonly portable: Portable | Native;
  /** What the module or the library exports it as. */
  readonly name: string;
  /** The same function on this thread. */
  readonly run: (...parameters: number[]) => void;
}

interface Calls {
  readonly target: Shared;
  /** Rows of blocks, and blocks in a row. */
  readonly down: number;
  readonly across: number;
}

/** Calls of one function that may happen in any order, and at the same time. */
export interface Job<Base = number> extends Calls {
  readonly parameters: readonly JobParameter<Base>[];
  /** How many sets of as many parameters there are, one behind another, each for all rows and columns of blocks. Default: 1. */
  readonly sets?: number;
}

/** Two jobs of one function as one; null if they have not the same rows and columns of blocks. */
export function joined<Base>(first: Job<Base>, second: Job<Base>): Job<Base> | null {
  if (first.target !== second.target) return null;
  if (first.down !== second.down || first.across !== second.across) return null;
  return { ...first, parameters: [...first.parameters, ...second.parameters], sets: 2 };
}

/**
 * A job whose addresses are known, as the numbers that threads read: its head, then for each parameter its base, its steps and
 * its limit.
 */
export interface PlacedJob extends Calls {
  readonly numbers: Float64Array;
  /** The parameters of the first blocks, where this thread has done them: it may do them again. */
  readonly calls: (number[] | undefined)[];
}

const targets = new WeakMap<Shared, number>();
let targetCount = 0;

/** The number of a function, the same for all jobs that call it. */
function numberOf(target: Shared): number {
  let number = targets.get(target);
  if (number === undefined) {
    number = targetCount++;
    targets.set(target, number);
  }
  return number;
}

/** The job with every base as the number that it is; it has `MOST_PARAMETERS` at most. */
export function placed<Base>(
  { target, down, across, parameters, sets = 1 }: Job<Base>,
  toNumber: (base: Base) => number,
): PlacedJob {
  const each = down * across;
  const head = [numberOf(target), 0, sets * each, across, parameters.length / sets, each];
  const rows = parameters.map((one) => [
    toNumber(one.base),
    one.down ?? 0,
    one.across ?? 0,
    one.perThread ?? 0,
    one.most ?? Number.POSITIVE_INFINITY,
  ]);
  const numbers = Float64Array.from([...head, ...rows.flat()]);
  return { target, down, across, numbers, calls: [] };
}

/** Of so many blocks at most: loops have no more, and batches of small products may have any number. */
const MOST_REMEMBERED = 256;

/** The parameters of a block on this thread, which is number 0. */
function parametersOf({ across, numbers, calls }: PlacedJob, block: number): number[] {
  const own = block % numbers[HEAD.each];
  const j = own % across;
  const i = (own - j) / across;
  const count = numbers[HEAD.parameters] * PARAMETER_NUMBERS;
  const start = HEAD_NUMBERS + ((block - own) / numbers[HEAD.each]) * count;
  const parameters: number[] = [];
  for (let at = start; at < start + count; at += PARAMETER_NUMBERS) {
    const value = numbers[at] + i * numbers[at + 1] + j * numbers[at + 2];
    parameters.push(Math.min(value, numbers[at + 4]));
  }
  if (block < MOST_REMEMBERED) calls[block] = parameters;
  return parameters;
}

/** A parameter of one of several jobs that has another base in each run. */
export interface Varying {
  readonly job: number;
  readonly parameter: number;
  /** Its base now. */
  readonly base: () => number;
}

/** Where such a parameter lies: in the numbers of its job, and in the calls that are remembered. */
export interface Handle {
  readonly numbers: Float64Array;
  readonly at: number;
  readonly calls: readonly { readonly parameters: number[]; readonly behind: number }[];
  readonly own: number;
  readonly base: () => number;
}

/** The handle of a parameter, the calls of whose job are remembered from now on. */
export function handleOf(
  jobs: readonly PlacedJob[],
  { job: of, parameter, base }: Varying,
): Handle {
  const job = jobs[of];
  const { numbers } = job;
  const at = HEAD_NUMBERS + parameter * PARAMETER_NUMBERS;
  const own = parameter % numbers[HEAD.parameters];
  const each = numbers[HEAD.each];
  const first = ((parameter - own) / numbers[HEAD.parameters]) * each;
  const count = Math.min(each, Math.max(0, MOST_REMEMBERED - first));
  const calls = Array.from({ length: count }, (_, k) => {
    const parameters = job.calls[first + k] ?? parametersOf(job, first + k);
    return { parameters, behind: parameters[own] - numbers[at] };
  });
  return { numbers, at, calls, own, base };
}

/** Gives a parameter its base. */
export function rebase({ numbers, at, calls, own, base }: Handle): void {
  const now = base();
  numbers[at] = now;
  for (let k = 0; k < calls.length; k++) calls[k].parameters[own] = now + calls[k].behind;
}

/** Calls the function for a block on this thread. */
export function runBlock(job: PlacedJob, block: number): void {
  job.target.run(...(job.calls[block] ?? parametersOf(job, block)));
}

/** All blocks of a job on this thread, one after the other. */
export function runAlone(job: PlacedJob): void {
  const blocks = job.numbers[HEAD.blocks];
  for (let block = 0; block < blocks; block++) runBlock(job, block);
}

/** A job of many blocks, of one set of parameters, as two of about half as many. */
export function halves(job: PlacedJob): PlacedJob[] {
  const [along, step] = job.down > 1 ? (['down', 1] as const) : (['across', 2] as const);
  const first = Math.ceil(job[along] / 2);
  const half = (count: number, skipped: number): PlacedJob => {
    const own = { ...job, [along]: count, numbers: job.numbers.slice(), calls: [] };
    for (let at = HEAD_NUMBERS; at < own.numbers.length; at += PARAMETER_NUMBERS) {
      own.numbers[at] += skipped * own.numbers[at + step];
    }
    own.numbers[HEAD.blocks] = own.down * own.across;
    own.numbers[HEAD.each] = own.numbers[HEAD.blocks];
    own.numbers[HEAD.across] = own.across;
    return own;
  };
  return [half(first, 0), half(job[along] - first, first)];
}
