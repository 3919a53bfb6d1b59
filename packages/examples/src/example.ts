// The table of examples: which questions are answered here, and the way to each by its name.
//
// npm run example -- xor
// npm run example -- cars --epochs 20

import { readFileSync } from 'node:fs';
import { RetrogradError } from '@retrograd/autograd';
import { readSettings, type Settings } from './settings.js';
import { table, whenRun } from './show.js';
import { suggestion, UsageError } from './usage-error.js';

interface Example {
  /** What can be set on the command line; nothing, where it is missing. */
  readonly SETTINGS?: Settings;
  main(settings?: Settings): void | Promise<void>;
}

const EXAMPLES: Readonly<Record<string, () => Promise<Example>>> = {
  'custom-loss': () => import('./custom-loss.js'),
  'new-op': () => import('./new-op.js'),
  'autograd-vs-closed-form': () => import('./autograd-vs-closed-form.js'),
  derivations: () => import('./derivations/index.js'),
  xor: () => import('./xor.js'),
  modes: () => import('./modes.js'),
  'physics-informed': () => import('./physics-informed.js'),
  'vanishing-gradients': () => import('./vanishing-gradients.js'),
  cars: () => import('./cars.js'),
  vae: () => import('./vae.js'),
  pole: () => import('./pole.js'),
  'curve-fit': () => import('./curve-fit.js'),
  digits: () => import('./digits.js'),
  'char-gru': () => import('./char-gru.js'),
  gpt: () => import('./gpt.js'),
};

/** The first line of an example is the question that it answers. */
function questionOf(name: string): string {
  const file = name === 'derivations' ? 'derivations/index.ts' : `${name}.ts`;
  const [line] = readFileSync(new URL(file, import.meta.url), 'utf8').split('\n', 1);
  return line.replace('// ', '');
}

/** All examples, and what they ask. */
export function listExamples(): string {
  return table(
    ['npm run example --', 'question'],
    Object.keys(EXAMPLES).map((name) => [name, questionOf(name)]),
  );
}

/**
 * Runs the example of that name.
 * @param words what was typed after it.
 * @returns the exit code.
 */
export async function runExample(
  name: string | undefined,
  words: readonly string[] = [],
): Promise<number> {
  if (name === undefined) {
    console.log(listExamples());
    return 0;
  }
  if (!Object.hasOwn(EXAMPLES, name)) {
    const known = Object.keys(EXAMPLES);
    const hint = suggestion(name, known);
    console.error(`There is no example ${name}.${hint} There are ${known.join(', ')}.`);
    return 1;
  }
  const { main, SETTINGS = {} } = await EXAMPLES[name]();
  try {
    await main(readSettings(name, SETTINGS, words));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof RetrogradError)) throw error;
    console.error(error.message.replaceAll(/\s*\n\s*/g, ' '));
    return 1;
  }
}

whenRun(import.meta.url, async () => {
  const [name, ...words] = process.argv.slice(2);
  process.exitCode = await runExample(name, words);
});
