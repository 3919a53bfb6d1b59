// The main job: data, comparison, training, test, report.
import { constants } from 'node:fs';
import { access, mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { type Screen, showProgress } from '../progress.js';
import { UsageError } from '../usage-error.js';
import { compareGradients, fit, samplesCompared, test } from './fit.js';
import { prepareSource, readSource } from './load.js';
import type { Options } from './option-table.js';
import { planTraining } from './plan.js';
import { collect } from './report/collect.js';
import { runSeeds } from './seeds.js';
import { dataLines, endLine, heading, planLine, testLines } from './summary.js';

/** What a run needs to know of the world. */
export interface Surroundings {
  readonly screen: Screen;
  /** What paths are relative to. */
  readonly directory: string;
  /** The command as it was typed, for the report. */
  readonly command: string;
}

/**
 * Runs what the options ask for.
 * @throws UsageError for what the user can put right.
 */
export async function run(options: Options, surroundings: Surroundings): Promise<void> {
  const { screen, directory, command } = surroundings;
  const print = (...lines: string[]) => screen.write(`${lines.join('\n')}\n`);
  const source = readSource(options, directory);
  if (options.seeds !== undefined) return runSeeds(options, source, options.seeds, screen);

  const path = resolve(directory, options.report ?? standardPath(source.name));
  await checkPlace(path);
  const seed = options.seed ?? 0;
  const data = prepareSource(source, options, seed);
  const plan = planTraining(options, data, seed);
  print(
    `The data: ${source.name}\n${'─'.repeat(10 + source.name.length)}`,
    ...dataLines(source, data),
  );

  const comparison = compareGradients(plan, data);
  const compared = samplesCompared(plan, data);
  print(
    heading(`The tape beside the closed form: ${compared} samples, float64, before training`),
    indented(comparison.toString()),
  );

  print(heading('Training'), planLine(plan));
  // The report's charts are loaded while the network trains.
  const page = import('./report/page.js');
  const progress = showProgress(screen, plan.epochs);
  const warnings: string[] = [];
  const { model, report: training } = await fit(plan, data, {
    observe: true,
    onWarning: (message) => warnings.push(message),
    onProgress: ({ epoch, epochEnd }) => {
      if (epochEnd !== null) progress.update(epoch, epochEnd.loss);
    },
  }).finally(() => progress.stop());
  print(endLine(training), ...warnings.map((warning) => `  ${warning}`));
  if (!Number.isFinite(training.history.loss[training.epochs - 1])) {
    print('  The loss grew beyond all numbers: try a smaller --lr.');
  }

  const result = test(plan, data, model);
  print(heading('The test: samples that training never saw'), ...testLines(result));

  const { reportPage } = await page;
  const results = {
    source,
    data,
    plan,
    comparison,
    samplesCompared: compared,
    training,
    test: result,
    command,
  };
  await writeReport(path, await reportPage(collect(results)));
  print(`\nReport: ${path}`);
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

function standardPath(name: string): string {
  return `reports/${basename(name, extname(name))}.html`;
}

/** A path that can't be written to is better known before the training than after it. */
async function checkPlace(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw unwritable(path, error);
  }
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new UsageError(`--report: ${path} is a folder, not a file.`);
}

async function writeReport(path: string, page: string): Promise<void> {
  try {
    await writeFile(path, page);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, cause: unknown): UsageError {
  const { message } = cause as Error;
  return new UsageError(`--report: ${path} can't be written (${message}).`, { cause });
}
