// From a file to samples: which columns are used, which are left out and why.

import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { columnOf, DataError, type PreparedData, prepareData, type Table } from '@retrograd/nn';
import { readCsv } from '@retrograd/nn/node';
import { suggestion, UsageError } from '../usage-error.js';
import type { Options } from './option-table.js';

/** What is learnt where no file is named. */
const PENGUINS = {
  path: fileURLToPath(new URL('../../data/penguins.csv', import.meta.url)),
  target: 'Species',
  features: ['Beak Length (mm)', 'Beak Depth (mm)', 'Flipper Length (mm)', 'Body Mass (g)'],
};

/** More different texts than this, or than half of the rows, are names, which say nothing about another row. */
const MOST_CATEGORIES = 50;

/** A table, and what of it is learnt from. */
export interface Source {
  /** The file's name. */
  readonly name: string;
  readonly table: Table;
  readonly target: string;
  /** Columns that aren't used, each with the reason. */
  readonly leftOut: ReadonlyMap<string, string>;
}

/**
 * Reads the table that the options ask for, and chooses its columns.
 * @param directory what a path is relative to.
 * @throws UsageError for a file that can't be read or is no table, and for columns that it doesn't have.
 */
export function readSource(options: Options, directory: string): Source {
  const path = options.data === undefined ? PENGUINS.path : resolve(directory, options.data);
  const name = basename(path);
  checkFile(path);
  const table = explained(name, () => readCsv(path));
  const target = options.target ?? (options.data === undefined ? PENGUINS.target : undefined);
  if (target === undefined) {
    throw new UsageError(`--target: which column of ${name} is to be predicted? ${has(table)}`);
  }
  checkColumns('--target', [target], table);
  const standard = options.data === undefined && target === PENGUINS.target;
  const wanted = options.features ?? (standard ? PENGUINS.features : undefined);
  if (wanted !== undefined) checkColumns('--features', wanted, table);
  if (wanted?.includes(target)) {
    throw new UsageError(`--features: "${target}" is the target, which can't predict itself.`);
  }
  return { name, table, target, leftOut: explained(name, () => unused(table, target, wanted)) };
}

/**
 * Splits, encodes and standardises.
 * @throws UsageError for a table that nothing can be learnt from.
 */
export function prepareSource(
  { name, table, target, leftOut }: Source,
  options: Options,
  seed: number,
): PreparedData {
  const { task } = options;
  const data = explained(name, () =>
    prepareData(table, { target, task, seed, ignore: [...leftOut.keys()] }),
  );
  if (data.summary.test > 0) return data;
  throw new UsageError(
    `${name}: ${data.summary.used} rows are too few to keep a quarter for the test. Bring more rows.`,
  );
}

function checkFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`--data: there is no file ${path}.`);
  if (found.isDirectory()) throw new UsageError(`--data: ${path} is a folder, not a file.`);
}

/** What can be wrong with a table becomes what is wrong with the file. */
function explained<T>(name: string, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    // The library names its function, and perhaps the path; here the file's name says where to look.
    const message = error.message.replace(/^\w+: (?:\S*[/\\].*?: )?/, '');
    throw new UsageError(`${name}: ${message}`, { cause: error });
  }
}

function checkColumns(flag: string, names: readonly string[], table: Table): void {
  for (const name of names) {
    if (table.columns.includes(name)) continue;
    const hint = suggestion(name, table.columns);
    throw new UsageError(`${flag}: there is no column "${name}".${hint} ${has(table)}`);
  }
}

const SHOWN_COLUMNS = 40;

function has({ columns }: Table): string {
  const more = columns.length - SHOWN_COLUMNS;
  const shown = columns.slice(0, SHOWN_COLUMNS).join(', ');
  return `The columns are: ${shown}${more > 0 ? `, and ${more} more` : ''}.`;
}

function unused(
  table: Table,
  target: string,
  wanted: readonly string[] | undefined,
): Map<string, string> {
  const leftOut = new Map<string, string>();
  for (const name of table.columns) {
    if (name === target) continue;
    if (wanted !== undefined) {
      if (!wanted.includes(name)) leftOut.set(name, 'not used');
      continue;
    }
    const column = columnOf(table, name);
    if (column.kind !== 'category') continue;
    const different = new Set(column.values).size;
    if (different > MOST_CATEGORIES || different > table.rows.length / 2) {
      leftOut.set(name, `left out: ${different} different texts`);
    }
  }
  return leftOut;
}
