// Calls of one function in blocks, and their parameters as threads read them.

import { PARAMETER_NUMBERS } from './control.js';
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
}

/** A job whose addresses are known: for each parameter its base, its steps and its limit (0 for none), ready to be copied. */
export interface PlacedJob extends Calls {
  readonly numbers: Float64Array;
  /** Room for the parameters of one call on this thread. */
  readonly room: number[];
}

/** The job with every base as the number that it is. */
export function placed<Base>(
  { target, down, across, parameters }: Job<Base>,
  numberOf: (base: Base) => number,
): PlacedJob {
  const rows = parameters.map((one) => [
    numberOf(one.base),
    one.down ?? 0,
    one.across ?? 0,
    one.perThread ?? 0,
    one.most ?? 0,
  ]);
  const numbers = Float64Array.from(rows.flat());
  return { target, down, across, numbers, room: rows.map(() => 0) };
}

/** Gives a parameter another base. */
export function rebase({ numbers }: PlacedJob, parameter: number, base: number): void {
  numbers[parameter * PARAMETER_NUMBERS] = base;
}

/** Calls the function for block (i, j) on this thread, which is number 0. */
export function runBlock({ target, numbers, room }: PlacedJob, i: number, j: number): void {
  for (let p = 0, at = 0; p < room.length; p++, at += PARAMETER_NUMBERS) {
    const value = numbers[at] + i * numbers[at + 1] + j * numbers[at + 2];
    const most = numbers[at + 4];
    room[p] = most > 0 && most < value ? most : value;
  }
  target.run(...room);
}

/** All blocks of a job on this thread, one after the other. */
export function runAlone(job: PlacedJob): void {
  for (let i = 0; i < job.down; i++) {
    for (let j = 0; j < job.across; j++) runBlock(job, i, j);
  }
}

/** A job of many blocks as two of about half as many. */
export function halves(job: PlacedJob): PlacedJob[] {
  const [along, step] = job.down > 1 ? (['down', 1] as const) : (['across', 2] as const);
  const first = Math.ceil(job[along] / 2);
  const numbers = job.numbers.slice();
  for (let at = 0; at < numbers.length; at += PARAMETER_NUMBERS) {
    numbers[at] += first * numbers[at + step];
  }
  return [
    { ...job, [along]: first },
    { ...job, [along]: job[along] - first, numbers },
  ];
}
