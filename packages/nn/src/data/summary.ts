// Data: what was found in a table, counted and told.

import type { Column } from './table.js';

/** What became of a column. */
export type Role = 'target' | 'feature' | 'ignored' | 'empty';

export interface ColumnSummary {
  readonly name: string;
  readonly role: Role;
  /** How many rows have no value here. 0 for columns that are ignored. */
  readonly missing: number;
  /** How often each category or class occurs, by its name, in the rows that are used. */
  readonly counts?: readonly (readonly [name: string, count: number])[];
  /** Of a column of numbers, in the rows that are used. */
  readonly range?: { readonly min: number; readonly max: number; readonly mean: number };
}

export interface DataSummary {
  /** How many rows the table has. */
  readonly rows: number;
  /** How many of them have a value in every column that is used. */
  readonly used: number;
  readonly train: number;
  readonly test: number;
  readonly columns: readonly ColumnSummary[];
}

/** Counts one column. `used` are the rows that are used. */
export function summarizeColumn(
  column: Column,
  role: Role,
  used: Int32Array,
  rows: number,
  classes: readonly string[] = [],
): ColumnSummary {
  const { name } = column;
  if (role === 'ignored') return { name, role, missing: 0 };
  if (column.kind === 'empty') return { name, role: 'empty', missing: rows };
  const missing = missingIn(column);
  if (column.kind === 'category' || classes.length > 0) {
    const counts = new Map<string, number>(classes.map((value) => [value, 0]));
    for (const row of used) {
      const value = String(column.values[row]);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const sorted = classes.length > 0 ? [...counts] : [...counts].sort(byName);
    return { name, role, missing, counts: sorted };
  }
  const values = Array.from(used, (row) => column.values[row] as number);
  const range = {
    min: values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    max: values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    mean: values.reduce((sum, x) => sum + x / values.length, 0),
  };
  return { name, role, missing, range };
}

function byName([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a < b ? -1 : 1;
}

/** How many of a column's values are missing. */
export function missingIn(column: Column): number {
  if (column.kind === 'number') return column.values.filter(Number.isNaN).length;
  if (column.kind === 'category') return column.values.filter((value) => value === null).length;
  return 0;
}

/**
 * The summary as lines for a terminal:
 *
 *     344 rows, 333 of them complete. Left out for missing values: 11 (sex 10, mass 2)
 *       species  target    3 classes     Adelie 146, Chinstrap 68, Gentoo 119
 *       island   category  3 categories  Biscoe 163, Dream 123, Torgersen 47
 *       mass     number    2700 … 6300   mean 4207
 *     250 rows to train on, 83 to test with
 */
export function formatSummary(summary: DataSummary): string {
  const { rows, used, train, test, columns } = summary;
  const shown = shownOf(columns);
  const cells = shown.map(cellsOf);
  const widths = [0, 1, 2].map((i) => Math.max(...cells.map((line) => line[i].length)));
  const lines = cells.map(([name, kind, extent, values]) =>
    `  ${name.padEnd(widths[0])}  ${kind.padEnd(widths[1])}  ${extent.padEnd(widths[2])}  ${values}`.trimEnd(),
  );
  const left = columns.length - shown.length;
  if (left > 0) lines.splice(SHOWN_COLUMNS, 0, `  … and ${left} columns more`);
  return [
    `${rows} rows, ${used === rows ? 'all' : used} of them complete${dropped(summary)}`,
    ...lines,
    `${train} rows to train on, ${test} to test with`,
  ].join('\n');
}

/** The most columns that have a line each. */
const SHOWN_COLUMNS = 12;

/** The first columns, and the target wherever it stands. */
function shownOf(columns: readonly ColumnSummary[]): readonly ColumnSummary[] {
  if (columns.length <= 2 * SHOWN_COLUMNS) return columns;
  return columns.filter(({ role }, i) => i < SHOWN_COLUMNS || role === 'target');
}

function dropped({ rows, used, columns }: DataSummary): string {
  if (used === rows) return '';
  const counts = columns
    .filter(({ role, missing }) => missing > 0 && role !== 'empty')
    .sort((a, b) => b.missing - a.missing)
    .map(({ name, missing }) => `${name} ${missing}`);
  return `. Left out for missing values: ${rows - used} (${counts.join(', ')})`;
}

/** The most categories that are listed with their counts. */
const SHOWN_COUNTS = 10;

function cellsOf({ name, role, counts, range }: ColumnSummary): [string, string, string, string] {
  if (role === 'ignored') return [name, 'ignored', '', ''];
  if (role === 'empty') return [name, 'empty', '', 'no row has a value: left out'];
  if (counts !== undefined) {
    const shown = counts.slice(0, SHOWN_COUNTS).map(([value, count]) => `${value} ${count}`);
    const rest = counts.length > shown.length ? `, and ${counts.length - shown.length} more` : '';
    const [kind, unit] = role === 'target' ? ['target', 'classes'] : ['category', 'categories'];
    return [name, kind, `${counts.length} ${unit}`, shown.join(', ') + rest];
  }
  const { min, max, mean } = range ?? { min: Number.NaN, max: Number.NaN, mean: Number.NaN };
  const kind = role === 'target' ? 'target' : 'number';
  return [name, kind, `${short(min)} … ${short(max)}`, `mean ${short(mean)}`];
}

function short(x: number): string {
  return String(Number(x.toPrecision(4)));
}
