// Data: a table of texts, as a file holds it, and its columns as numbers or categories.

import { DataError } from './errors.js';

/** Rows of texts under named columns. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Where each row stands in its file, the header being row 1. Default: 2, 3, 4, … */
  readonly rowNumbers?: readonly number[];
}

/** What a cell without a value holds, unless told otherwise. */
export const MISSING: readonly string[] = ['', 'NA', 'NaN', 'null', '.'];

/** A column of numbers; NaN where the value is missing. */
export interface NumberColumn {
  readonly kind: 'number';
  readonly name: string;
  readonly values: Float64Array;
}

/** A column of categories; null where the value is missing. */
export interface CategoryColumn {
  readonly kind: 'category';
  readonly name: string;
  readonly values: readonly (string | null)[];
}

/** A column in which every value is missing. */
export interface EmptyColumn {
  readonly kind: 'empty';
  readonly name: string;
}

export type Column = NumberColumn | CategoryColumn | EmptyColumn;

/** The number of a row as a file counts them. */
export function rowNumberOf({ rowNumbers }: Table, index: number): number {
  return rowNumbers?.[index] ?? index + 2;
}

/**
 * A table from records, the first of which names the columns. A record that is one empty text is a blank line and
 * left out; rows keep the numbers that they have in the file.
 * @param op what messages begin with.
 * @throws DataError for no header, no rows, columns without a name or with the same one, and rows of another length.
 */
export function tableOf(records: readonly (readonly string[])[], op = 'tableOf'): Table {
  const isBlank = (record: readonly string[]) => record.length === 1 && record[0].trim() === '';
  const numbered = records
    .map((cells, i) => ({ cells, number: i + 1 }))
    .filter(({ cells }) => cells.length > 0 && !isBlank(cells));
  const [header, ...body] = numbered;
  if (header === undefined) {
    throw new DataError(
      `${op}: a table begins with a row of column names, got no rows at all. Is this the right file?`,
    );
  }
  const table = {
    columns: header.cells.map((name) => name.trim()),
    rows: body.map(({ cells }) => cells),
    rowNumbers: body.map(({ number }) => number),
  };
  checkTable(op, table);
  return table;
}

/** Refuses a table without rows, columns without a name or with the same one, and rows of another length. */
export function checkTable(op: string, table: Table): void {
  const { columns, rows } = table;
  checkColumns(op, columns);
  if (rows.length === 0) {
    throw new DataError(
      `${op}: a table has rows below its header, got the columns ${listed(columns)} and nothing else. ` +
        'Is this the right file?',
    );
  }
  rows.forEach((cells, i) => {
    if (cells.length === columns.length) return;
    throw new DataError(
      `${op}: every row has ${columns.length} cells, as the header has, got ${cells.length} ` +
        `in row ${rowNumberOf(table, i)}. Quote cells that contain the delimiter, and fill those left out.`,
    );
  });
}

function checkColumns(op: string, columns: readonly string[]): void {
  columns.forEach((name, i) => {
    if (name === '') {
      throw new DataError(
        `${op}: every column has a name, got none for column ${i + 1}. Name it in the header.`,
      );
    }
    const first = columns.indexOf(name);
    if (first === i) return;
    throw new DataError(
      `${op}: column names differ, got '${name}' for columns ${first + 1} and ${i + 1}. Rename one of them.`,
    );
  });
}

/** Names in quotes, the first twenty of them. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => `'${name}'`);
  return names.length > shown.length
    ? `${shown.join(', ')} and ${names.length - shown.length} more`
    : shown.join(', ');
}

/**
 * One column, typed by its first value: if that is a number all of them must be, otherwise it holds categories.
 * @param missing what a cell without a value holds.
 * @param op what messages begin with.
 * @throws DataError for a cell of a column of numbers that is none, with its row, column and text.
 */
export function columnOf(
  table: Table,
  name: string,
  missing: readonly string[] = MISSING,
  op = 'columnOf',
): Column {
  const at = table.columns.indexOf(name);
  if (at < 0) {
    throw new DataError(
      `${op}: the table has the columns ${listed(table.columns)}, got '${name}'. Check the name.`,
    );
  }
  const cells = table.rows.map((row) => {
    const text = row[at].trim();
    return missing.includes(text) ? null : text;
  });
  const first = cells.find((cell) => cell !== null);
  if (first === undefined || first === null) return { kind: 'empty', name };
  if (numberOf(first) === null) return { kind: 'category', name, values: cells };
  const values = new Float64Array(cells.length);
  cells.forEach((cell, i) => {
    const value = cell === null ? Number.NaN : numberOf(cell);
    if (value === null) {
      throw new DataError(
        `${op}: column '${name}' holds numbers, got '${cell}' in row ${rowNumberOf(table, i)}. ` +
          'Correct the cell, leave it empty if the value is missing, or ignore the column.',
      );
    }
    values[i] = value;
  });
  return { kind: 'number', name, values };
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A text as a finite decimal number; null if it isn't one. */
function numberOf(text: string): number | null {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : null;
}
