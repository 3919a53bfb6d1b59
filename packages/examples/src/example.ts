// The table of examples: which questions are answered here, and the way to each by its name.
//
// npm run example -- xor

import { readFileSync } from 'node:fs';
import { table, whenRun } from './show.js';

interface Example {
  main(): void | Promise<void>;
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

/** Runs the example of that name. @returns the exit code. */
export async function runExample(name: string | undefined): Promise<number> {
  if (name === undefined) {
    console.log(listExamples());
    return 0;
  }
  if (!Object.hasOwn(EXAMPLES, name)) {
    console.error(`There is no example ${name}. There are ${Object.keys(EXAMPLES).join(', ')}.`);
    return 1;
  }
  const { main } = await EXAMPLES[name]();
  await main();
  return 0;
}

whenRun(import.meta.url, async () => {
  process.exitCode = await runExample(process.argv[2]);
});
