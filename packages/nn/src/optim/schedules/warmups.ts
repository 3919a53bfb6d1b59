// Schedules: those that stand still, and those that begin by rising.

import { ArgumentError, constant, type Expr } from '@retrograd/autograd';
import { checkNumber, checkWhole } from '../checks.js';
import { alongCosine, progress } from './decays.js';
import { Schedule } from './schedule.js';

export interface WarmupOptions {
  /** The factor in step 0. Default: 1/(steps + 1), so that the first step is as far from 0 as from the second. */
  start?: number;
}

export interface OneCycleOptions {
  /** The part of the steps that rises, in (0, 1). Default: 0.3. */
  pctStart?: number;
  /** Along half a cosine or a straight line. Default: 'cosine'. */
  anneal?: 'cosine' | 'linear';
  /** It begins at 1/divFactor. Default: 25. */
  divFactor?: number;
  /** It ends at 1/(divFactor · finalDivFactor). Default: 10⁴. */
  finalDivFactor?: number;
  /** Falls back to its beginning in as many steps as it rose, and to its end from there. Default: false. */
  threePhase?: boolean;
}

/**
 * The same factor in all steps. With `steps`, another can follow it in `joinSchedules`.
 * @throws ArgumentError unless `factor` ≥ 0, and `steps` is a whole number ≥ 1 or ∞.
 */
export function constantSchedule(factor = 1, steps: number = Number.POSITIVE_INFINITY): Schedule {
  checkNumber('constantSchedule', 'factor', factor, 0);
  if (steps !== Number.POSITIVE_INFINITY) checkWhole('constantSchedule', 'steps', steps, 1);
  // A formula of t, as all are: |t| · 0 is 0 for every count.
  return new Schedule('constantSchedule', (t) => t.mul(0).add(factor), steps);
}

/**
 * Rises in a straight line from `start` in step 0 to 1 in step `steps`, and stays there; PyTorch's LinearLR.
 * @throws ArgumentError unless `steps` is a whole number ≥ 1 and `start` ≥ 0.
 */
export function linearWarmup(steps: number, options: WarmupOptions = {}): Schedule {
  checkWhole('linearWarmup', 'steps', steps, 1);
  const { start = 1 / (steps + 1) } = options;
  checkNumber('linearWarmup', 'start', start, 0);
  const formula = (t: Expr) =>
    progress(t, steps)
      .mul(1 - start)
      .add(start);
  return new Schedule('linearWarmup', formula, steps);
}

/**
 * One cycle over `steps` steps (Smith and Topin 2019): up from 1/divFactor to 1, which is the optimizer's `lr`, and
 * down to 1/(divFactor · finalDivFactor); PyTorch's OneCycleLR, which cycles the momentum besides.
 * @throws ArgumentError for options out of range, and if no whole step is left to a phase.
 */
export function oneCycle(steps: number, options: OneCycleOptions = {}): Schedule {
  const { pctStart = 0.3, anneal = 'cosine', divFactor = 25, finalDivFactor = 1e4 } = options;
  const op = 'oneCycle';
  checkWhole(op, 'steps', steps, 1);
  checkNumber(op, 'pctStart', pctStart, 0, 1);
  checkNumber(op, 'divFactor', divFactor, Number.MIN_VALUE);
  checkNumber(op, 'finalDivFactor', finalDivFactor, Number.MIN_VALUE);
  if (anneal !== 'cosine' && anneal !== 'linear') {
    throw new ArgumentError(
      `${op}: anneal is 'cosine' or 'linear', got ${String(anneal)}. Check the option.`,
    );
  }
  const low = 1 / divFactor;
  const [up, end] = [pctStart * steps - 1, steps - 1];
  const points: [at: number, factor: number][] = [
    [0, low],
    [up, 1],
    ...(options.threePhase === true ? [[2 * up, low] as [number, number]] : []),
    [end, low / finalDivFactor],
  ];
  points.slice(1).forEach(([at], i) => {
    if (at > points[i][0]) return;
    throw new ArgumentError(
      `${op}: every phase takes time, got ${steps} steps of which ${pctStart} rise. ` +
        'Take more steps, or another pctStart.',
    );
  });
  const formula = (t: Expr) => {
    const phases = points.slice(1).map(([at, factor], i): [number, Expr] => {
      const [from, before] = points[i];
      const u = progress(t.sub(from), at - from);
      const curve =
        anneal === 'cosine' ? alongCosine(before, factor, u) : u.mul(factor - before).add(before);
      return [at, curve];
    });
    return phases.reduceRight<Expr>(
      (later, [at, curve]) => t.lessEqual(at).select(curve, later),
      constant(points[points.length - 1][1]),
    );
  };
  return new Schedule(op, formula, end);
}
