// From the words typed after `npm start --` to options, or to one line that says what is wrong with them.
import { parseArgs } from 'node:util';
import { suggestion, UsageError } from '../usage-error.js';
import { LOSSES_OF } from './choices.js';
import { OPTION_NAMES, OPTION_RULES, type OptionName, type Options } from './option-table.js';
import { listed } from './read-value.js';

/** What a command line asks for: the help, or a run. */
export type Request = { readonly help: true } | { readonly help: false; readonly options: Options };

/**
 * Reads the words of a command line.
 * @throws UsageError for an unknown option, a missing or unfitting value, an option given twice, a word that
 * belongs to no option, and options that contradict each other.
 */
export function readOptions(words: readonly string[]): Request {
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    tokens: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(OPTION_NAMES.map((name) => [name, { type: 'string' as const }])),
    },
  });
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help')) {
    return { help: true };
  }
  const read = new Map<OptionName, unknown>();
  for (const token of tokens) {
    if (token.kind === 'positional') refuseWord(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    if (!isOption(name)) {
      const hint = suggestion(
        rawName,
        [...OPTION_NAMES, 'help'].map((known) => `--${known}`),
      );
      throw new UsageError(`${rawName}: is no option.${hint} All of them: npm start -- --help`);
    }
    if (read.has(name)) throw new UsageError(`${rawName}: was given twice.`);
    const rule = OPTION_RULES[name];
    const swallowed = !inlineValue && value?.startsWith('--');
    if (value === undefined || swallowed) {
      throw new UsageError(`${rawName}: needs a value (${rule.shows}).`);
    }
    read.set(name, rule.read(value, rawName));
  }
  const options = Object.fromEntries(read) as Options;
  refuseContradictions(options);
  return { help: false, options };
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(OPTION_RULES, name);
}

/** A lone word is most often what is left of `npm start --data x`, of which npm keeps `--data` for itself. */
function refuseWord(word: string): never {
  throw new UsageError(
    `"${word}": belongs to no option. npm hands options on only after a bare --, as in npm start -- --data ${word}`,
  );
}

function refuseContradictions(options: Options): void {
  const { task, loss, mode, seeds, seed, report } = options;
  if (task !== undefined && loss !== undefined) {
    const fitting: readonly string[] = LOSSES_OF[task];
    if (!fitting.includes(loss)) {
      throw new UsageError(`--loss: ${loss} is not for ${task}, which takes ${listed(fitting)}.`);
    }
  }
  if (options['batch-size'] !== undefined && mode !== undefined && mode !== 'mini-batch') {
    throw new UsageError(`--batch-size: is for mini-batches, and the mode is ${mode}.`);
  }
  if (seeds !== undefined && (seed !== undefined || report !== undefined)) {
    const other = seed !== undefined ? '--seed' : '--report';
    throw new UsageError(
      `--seeds: runs many seeds and writes no report, so ${other} can't be met.`,
    );
  }
}
