// The same training from many seeds: one lucky split says little.

import type { Screen } from '../progress.js';
import { fit, test } from './fit.js';
import { prepareSource, type Source } from './load.js';
import type { Options } from './option-table.js';
import { planTraining } from './plan.js';
import { formatSizes, percent } from './summary.js';

export interface SeedResults {
  /** The test's accuracy or R², of each seed 0, 1, … */
  readonly scores: readonly number[];
  readonly mean: number;
  readonly least: number;
}

/** Trains and tests once for each seed 0 … `count` − 1, each with its own split, weights and order of samples. */
export async function scoreSeeds(
  options: Options,
  source: Source,
  count: number,
  tell: (seed: number, score: number) => void = () => {},
): Promise<SeedResults> {
  const scores: number[] = [];
  for (let seed = 0; seed < count; seed++) {
    const data = prepareSource(source, options, seed);
    const plan = planTraining(options, data, seed);
    const { model } = await fit(plan, data);
    const result = test(plan, data, model);
    const score = result.kind === 'classes' ? result.confusion.accuracy : result.r2;
    scores.push(score);
    tell(seed, score);
  }
  const mean = scores.reduce((sum, score) => sum + score, 0) / count;
  return { scores, mean, least: Math.min(...scores) };
}

/** Prints a line a seed, then the mean and the least. */
export async function runSeeds(
  options: Options,
  source: Source,
  count: number,
  screen: Screen,
): Promise<void> {
  const data = prepareSource(source, options, 0);
  const { sizes, task } = planTraining(options, data, 0);
  const shown = task === 'classification' ? percent : (score: number) => score.toFixed(3);
  const measure = task === 'classification' ? 'test accuracy' : 'R² of the test';
  screen.write(`${source.name}, ${source.target}, ${formatSizes(sizes)}: ${measure} by seed\n`);
  const { mean, least } = await scoreSeeds(options, source, count, (seed, score) => {
    screen.write(`  seed ${String(seed).padStart(String(count - 1).length)}  ${shown(score)}\n`);
  });
  screen.write(`mean ${shown(mean)}, least ${shown(least)}\n`);
}
