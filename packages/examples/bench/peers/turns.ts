// Everybody who takes part does every task, in turn, round for round.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Contender, type Entry } from './contender.js';
import type { Starter } from './entries.js';
import { median, type Row } from './figures.js';
import type { Absence } from './page.js';
import { startOnce, startRow } from './start.js';
import type { Task } from './task.js';

/** One contender at one task. */
interface Entrant {
  readonly contender: Contender;
  readonly task: Task;
  readonly loss: number;
  readonly times: number[];
}

/** What was measured, and who couldn't be. */
export interface Measured {
  readonly rows: Row[];
  readonly absent: Absence[];
}

export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

export const nameOf = ({ lib, variant }: { lib: string; variant: string }): string =>
  `${lib} ${variant.trim()}`.trim();

const rounded = (times: readonly number[]): number => Number(median(times).toPrecision(5));

/** Starts all who can; the others are absent. */
export async function gather(
  entries: readonly Entry[],
): Promise<{ contenders: Contender[]; absent: Absence[] }> {
  const contenders: Contender[] = [];
  const absent: Absence[] = [];
  for (const entry of entries) {
    try {
      contenders.push(await Contender.start(entry));
    } catch (error) {
      const name = nameOf({ lib: entry.lib, variant: entry.variant('') });
      absent.push({ name, reason: reasonOf(error) });
    }
  }
  return { contenders, absent };
}

/** Each does each task some times, after a first time that must give the same for all; whoever breaks down has no row. */
export async function takeTurns(
  contenders: readonly Contender[],
  tasks: readonly Task[],
  options: { scratch: string; rounds: number; seconds: number; say: (text: string) => void },
): Promise<Measured> {
  const { scratch, rounds, seconds, say } = options;
  const absent: Absence[] = [];
  const missing = (contender: Contender, task: Task, error: unknown): void => {
    absent.push({ name: `${nameOf(contender)} at ${task.name}`, reason: reasonOf(error) });
  };

  const file = join(scratch, 'numbers.f32');
  const entrants = new Set<Entrant>();
  for (const task of tasks) {
    writeFileSync(file, task.numbers());
    for (const contender of contenders) {
      if (!contender.takes(task)) continue;
      try {
        const loss = await contender.check(task, file);
        entrants.add({ contender, task, loss, times: [] });
      } catch (error) {
        missing(contender, task, error);
      }
    }
  }

  for (let round = 1; round <= rounds; round++) {
    say(`Round ${round} of ${rounds}.`);
    for (const entrant of entrants) {
      const { contender, task, times } = entrant;
      try {
        times.push(await contender.time(task, seconds));
      } catch (error) {
        entrants.delete(entrant);
        missing(contender, task, error);
      }
    }
  }

  const rows = [...entrants].map(({ contender: { lib, variant }, task, loss, times }) => ({
    config: task.name,
    lib,
    variant,
    medianMicroseconds: rounded(times),
    loss,
  }));
  return { rows, absent };
}

/** Each is started some times, in turn; the first time doesn't count, since files aren't in the system's cache yet. */
export async function startInTurn(starters: readonly Starter[], rounds: number): Promise<Measured> {
  const absent: Absence[] = [];
  const times = new Map<Starter, number[]>(starters.map((starter) => [starter, []]));
  const gradients = new Map<Starter, readonly number[]>();
  for (let round = 0; round <= rounds; round++) {
    for (const [starter, list] of times) {
      try {
        if (starter.missing !== null) throw new Error(starter.missing);
        const { microseconds, gradient } = await startOnce(starter);
        gradients.set(starter, gradient);
        if (round > 0) list.push(microseconds);
      } catch (error) {
        times.delete(starter);
        absent.push({ name: `${nameOf(starter)} from its start`, reason: reasonOf(error) });
      }
    }
  }
  const rows = [...times].map(([starter, list]) =>
    startRow(starter, rounded(list), gradients.get(starter) ?? []),
  );
  return { rows, absent };
}
