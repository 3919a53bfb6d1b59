// Schedules: made of others, at the same time or one after the other.

import { ArgumentError } from '@retrograd/autograd';
import { checkWhole } from '../checks.js';
import { Schedule } from './schedule.js';

/**
 * The product of several schedules, all counting from the same step 0; PyTorch's ChainedScheduler.
 * @throws ArgumentError if there are none, or something else is among them.
 */
export function chainSchedules(...schedules: readonly Schedule[]): Schedule {
  checkSchedules('chainSchedules', schedules);
  const steps = Math.max(...schedules.map((schedule) => schedule.steps));
  return new Schedule(
    'chainSchedules',
    (t) => schedules.map(({ formula }) => formula(t)).reduce((a, b) => a.mul(b)),
    steps,
  );
}

/**
 * Several schedules one after the other, each counting from where it begins; PyTorch's SequentialLR. The first begins
 * at 0, the others at `boundaries`: left out, each begins where the one before has come to its end.
 *
 * ```ts
 * const schedule = joinSchedules([linearWarmup(100), cosineDecay(900)]);
 * ```
 *
 * @throws ArgumentError if there are none, the boundaries are not one fewer in rising order, or a schedule without an
 *   end is followed by another and no boundaries are given.
 */
export function joinSchedules(
  schedules: readonly Schedule[],
  boundaries: readonly number[] = ends(schedules),
): Schedule {
  checkSchedules('joinSchedules', schedules);
  if (boundaries.length !== schedules.length - 1) {
    throw new ArgumentError(
      `joinSchedules: there is one boundary between two schedules, got ${boundaries.length} for ${schedules.length} schedules. ` +
        'Pass the step in which each but the first begins.',
    );
  }
  boundaries.forEach((boundary, i) => {
    checkWhole('joinSchedules', `boundaries[${i}]`, boundary, i === 0 ? 0 : boundaries[i - 1]);
  });
  const starts = [0, ...boundaries];
  const last = schedules.length - 1;
  return new Schedule(
    'joinSchedules',
    (t) => {
      const parts = schedules.map(({ formula }, i) =>
        i === 0 ? formula(t) : formula(t.sub(starts[i])),
      );
      return parts.reduceRight((later, part, i) => t.less(starts[i + 1]).select(part, later));
    },
    starts[last] + schedules[last].steps,
  );
}

/** Where each schedule but the last has come to its end. */
function ends(schedules: readonly Schedule[]): number[] {
  checkSchedules('joinSchedules', schedules);
  let start = 0;
  return schedules.slice(0, -1).map(({ name, steps }, i) => {
    if (!Number.isFinite(steps)) {
      throw new ArgumentError(
        `joinSchedules: a schedule that another follows has an end, got ${name} at ${i}. ` +
          'Pass the boundaries: joinSchedules(schedules, [100]).',
      );
    }
    start += steps;
    return start;
  });
}

function checkSchedules(op: string, schedules: readonly unknown[]): void {
  if (!Array.isArray(schedules) || schedules.length === 0) {
    throw new ArgumentError(
      `${op}: takes at least one schedule, got ${Array.isArray(schedules) ? 'none' : typeof schedules}. Pass some.`,
    );
  }
  schedules.forEach((schedule: unknown, i) => {
    if (schedule instanceof Schedule) return;
    throw new ArgumentError(
      `${op}: takes schedules, got ${typeof schedule} at ${i}. Make them with cosineDecay(…), or defineSchedule(…).`,
    );
  });
}
