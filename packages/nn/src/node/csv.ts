// Files: tables from CSV.

import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import { DataError } from '../data/errors.js';
import { type Table, tableOf } from '../data/table.js';

export interface CsvOptions {
  /** What stands between two cells. Default: a comma. */
  delimiter?: string;
}

/**
 * Reads a CSV file (RFC 4180: quotes, doubled quotes, line breaks within quotes) in UTF-8, with or without a byte order
 * mark, with any line ends. The first row names the columns; blank lines and blanks around cells are left out.
 * @param path relative to the working directory.
 * @throws DataError if the file can't be read or is no such table.
 */
export function readCsv(path: string, options: CsvOptions = {}): Table {
  return tableFrom(readText(path), options, `readCsv: ${path}`);
}

/** The same from a text. @throws DataError if it is no such table. */
export function parseCsv(text: string, options: CsvOptions = {}): Table {
  return tableFrom(text, options, 'parseCsv');
}

function tableFrom(text: string, { delimiter = ',' }: CsvOptions, op: string): Table {
  return tableOf(recordsOf(text, delimiter, op), op);
}

function recordsOf(text: string, delimiter: string, op: string): string[][] {
  try {
    return parse(text, {
      bom: true,
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      // Lengths are compared with the header's where rows have their numbers.
      relax_column_count: true,
      trim: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new DataError(
      `${op}: CSV with closed quotes, got a fault: ${error.message}. Correct the file at that line.`,
    );
  }
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'a folder',
  EACCES: 'a file without permission to read it',
};

function readText(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new DataError(
      `readCsv: reads a file, got ${READ_ERRORS[code] ?? message} at ${path}. Check the path.`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DataError(
      `readCsv: ${path}: a text in UTF-8, got bytes that are none. Save the file as UTF-8.`,
    );
  }
}
