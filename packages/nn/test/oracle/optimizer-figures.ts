// What make_optimizer_figures.py wrote, with types, and the numbers that both sides compute by one formula.
import { readFileSync } from 'node:fs';
import { type Tensor, tensor } from '@retrograd/autograd';
import type { Schedule } from '@retrograd/nn';
import * as library from '@retrograd/nn';
import type { Figure } from '../../../autograd/test/oracle/agreement.js';
import type { Options } from './figures.js';

interface OptimizerFigures {
  readonly made: string;
  readonly stream: readonly {
    readonly optimizer: string;
    readonly options: Options;
    /** One for each cell, where there are groups. */
    readonly groups?: readonly Options[];
    /** Where the cells stand after so many steps. */
    readonly after: Readonly<Record<string, readonly (readonly number[])[]>>;
  }[];
  readonly training: readonly {
    readonly optimizer: string;
    readonly options: Options;
    /** The loss before so many steps' last. */
    readonly losses: Readonly<Record<string, number>>;
    readonly trained: Readonly<Record<string, Figure>>;
  }[];
  readonly schedules: readonly {
    readonly schedule: string;
    readonly arguments: readonly unknown[];
    /** In steps 0 … 200. */
    readonly factors: readonly number[];
  }[];
  readonly plateaus: readonly {
    readonly options: Options;
    readonly rates: readonly number[];
  }[];
  readonly clipping: readonly { readonly norm: number | string; readonly total: number }[];
}

export const figures = JSON.parse(
  readFileSync(new URL('./fixtures/optimizers.json', import.meta.url), 'utf8'),
) as OptimizerFigures;

/** How many steps the figures go. */
export const STEPS = 1000;

/** The shapes of the cells under the stream. */
export const SHAPES = [[3, 2], [2, 2, 2], [2]] as const;

/** −1.001 … 1.001 in thousandths. */
export function numberAt(t: number, i: number): number {
  return (((7919 * t + 1049 * i + 31 * t * i + t * t) % 2003) - 1001) / 1000;
}

/** A tensor of such numbers, i counting on from `first`. */
export function tensorAt(shape: readonly number[], t: number, first = 0): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const numbers = Float64Array.from({ length: count }, (_, i) => numberAt(t, first + i));
  return tensor(numbers, { dtype: 'float64' }).reshape([...shape]);
}

/** Start (t = 0) and gradients (t = 1, 2, …) of all cells. */
export function cellsAt(t: number): Tensor[] {
  let first = 0;
  return SHAPES.map((shape) => {
    const numbers = tensorAt(shape, t, first);
    first += numbers.size;
    return numbers;
  });
}

type ScheduleFactory = (...args: unknown[]) => Schedule;

/** A schedule from its name and arguments; lists that begin with a name are schedules too. */
export function scheduleOf(name: string, args: readonly unknown[]): Schedule {
  return (library as unknown as Record<string, ScheduleFactory>)[name](...args.map(made));
}

function made(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return typeof value[0] === 'string' ? scheduleOf(value[0], value.slice(1)) : value.map(made);
}
