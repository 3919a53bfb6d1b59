// The settings of an example: its defaults, and what was typed after its name in their place.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { suggestion, UsageError } from './usage-error.js';

/** Defaults by name: a number stands for a whole number, a text for a path ('' for none). */
export type Settings = Readonly<Record<string, number | string>>;

/**
 * The defaults with the words of a command line in their place: `['--epochs', '20']`.
 * @throws UsageError for an unknown option, one without a value or given twice, and a number that is none.
 */
export function readSettings<S extends Settings>(
  example: string,
  defaults: S,
  words: readonly string[],
): S {
  const names = Object.keys(defaults);
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    tokens: true,
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  });
  const read: Record<string, number | string> = {};
  for (const token of tokens) {
    if (token.kind === 'positional') {
      throw new UsageError(
        `${example}: "${token.value}" belongs to no option. ${offered(example, defaults)}`,
      );
    }
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (!Object.hasOwn(defaults, name)) {
      const hint = suggestion(
        rawName,
        names.map((known) => `--${known}`),
      );
      throw new UsageError(
        `${example}: ${rawName} is no option.${hint} ${offered(example, defaults)}`,
      );
    }
    if (Object.hasOwn(read, name)) throw new UsageError(`${example}: ${rawName} was given twice.`);
    if (value === undefined || value === '' || value.startsWith('--')) {
      throw new UsageError(`${example}: ${rawName} needs a value after it.`);
    }
    read[name] = typeof defaults[name] === 'number' ? wholeNumber(example, rawName, value) : value;
  }
  return { ...defaults, ...read };
}

function wholeNumber(example: string, option: string, value: string): number {
  const number = Number(value);
  // A seed can be 0; of anything else there must be one.
  const least = option === '--seed' ? 0 : 1;
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new UsageError(
    `${example}: ${option} takes a whole number of at least ${least}, got ${value}.`,
  );
}

function offered(example: string, defaults: Settings): string {
  const shown = Object.entries(defaults).map(([name, value]) =>
    typeof value === 'number' ? `--${name} ${value}` : `--${name} path`,
  );
  return shown.length === 0 ? `${example} takes none.` : `It takes ${shown.join(', ')}.`;
}

/** The path of a file that was named on the command line. @throws UsageError if there is none. */
export function fileAt(option: string, path: string): string {
  const full = resolve(process.env.INIT_CWD ?? process.cwd(), path);
  if (!existsSync(full)) throw new UsageError(`${option}: there is no file ${full}.`);
  if (!statSync(full).isFile()) throw new UsageError(`${option}: ${full} is no file.`);
  return full;
}

/** Its text. @throws UsageError if there is none. */
export function textAt(option: string, path: string): string {
  return readFileSync(fileAt(option, path), 'utf8');
}
