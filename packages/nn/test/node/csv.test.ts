// CSV files: what is read, and how each kind of bad file is refused in one line.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { columnOf } from '@retrograd/nn';
import { parseCsv, readCsv } from '@retrograd/nn/node';
import { afterAll, describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const folder = mkdtempSync(join(tmpdir(), 'retrograd-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string | Uint8Array): string {
  const path = join(folder, 'table.csv');
  writeFileSync(path, content);
  return path;
}

describe('readCsv', () => {
  it('reads a table, with the row numbers of the file', () => {
    expect(readCsv(file('a,b\n1,x\n\n2,y\n'))).toEqual({
      columns: ['a', 'b'],
      rows: [
        ['1', 'x'],
        ['2', 'y'],
      ],
      rowNumbers: [2, 4],
    });
  });

  it('does not mind a byte order mark, any line ends, blanks around cells, or no last line end', () => {
    const plain = readCsv(file('a,b\n1,x\n2,ü'));
    expect(readCsv(file('\ufeffa,b\r\n1,x\r\n2,ü\r\n'))).toEqual(plain);
    expect(readCsv(file('a , b\r1 ,x\r2, ü \r'))).toEqual(plain);
    expect(readCsv(file('a,b\r\n1,x\n2,ü\n'))).toEqual(plain);
  });

  it('reads quotes: delimiters, quotes and line breaks within cells', () => {
    expect(readCsv(file('"a,1",b\n"say ""hi""","two\nlines"\n'))).toMatchObject({
      columns: ['a,1', 'b'],
      rows: [['say "hi"', 'two\nlines']],
    });
  });

  it('takes another delimiter', () => {
    expect(readCsv(file('a;b\n1,5;2\n'), { delimiter: ';' }).rows).toEqual([['1,5', '2']]);
    expect(parseCsv('a\tb\n1\t2', { delimiter: '\t' }).columns).toEqual(['a', 'b']);
  });

  it('refuses a file that is missing, a folder, or no UTF-8', () => {
    const missing = join(folder, 'none.csv');
    expect(refusal(() => readCsv(missing))).toBe(
      `DataError: readCsv: reads a file, got no such file at ${missing}. Check the path.`,
    );
    expect(refusal(() => readCsv(folder))).toBe(
      `DataError: readCsv: reads a file, got a folder at ${folder}. Check the path.`,
    );
    const latin = file(Uint8Array.of(0x61, 0x0a, 0xfc, 0x0a));
    expect(refusal(() => readCsv(latin))).toBe(
      `DataError: readCsv: ${latin}: a text in UTF-8, got bytes that are none. Save the file as UTF-8.`,
    );
  });

  it.each<[string, string, string]>([
    [
      'an empty file',
      '',
      'a table begins with a row of column names, got no rows at all. Is this the right file?',
    ],
    [
      'a file of blank lines',
      '\n \r\n',
      'a table begins with a row of column names, got no rows at all. Is this the right file?',
    ],
    [
      'a header alone',
      'a,b\n',
      "a table has rows below its header, got the columns 'a', 'b' and nothing else. Is this the right file?",
    ],
    [
      'two columns of one name',
      'a,b,a\n1,2,3\n',
      "column names differ, got 'a' for columns 1 and 3. Rename one of them.",
    ],
    [
      'a ragged row',
      'a,b\n1,2\n\n1,2,3\n',
      'every row has 2 cells, as the header has, got 3 in row 4. ' +
        'Quote cells that contain the delimiter, and fill those left out.',
    ],
  ])('refuses %s', (_what, content, complaint) => {
    const path = file(content);
    expect(refusal(() => readCsv(path))).toBe(`DataError: readCsv: ${path}: ${complaint}`);
    expect(refusal(() => parseCsv(content))).toBe(`DataError: parseCsv: ${complaint}`);
  });

  it('refuses quotes that are not closed, or not well placed', () => {
    expect(refusal(() => parseCsv('a,b\n"1,2\n'))).toMatch(
      /^DataError: parseCsv: CSV with closed quotes, got a fault: .+\. Correct the file at that line\.$/,
    );
    expect(refusal(() => parseCsv('a,b\n1"2,3\n'))).toMatch(/^DataError: parseCsv: CSV with/);
  });

  it('lets a bad cell be named by its row in the file', () => {
    expect(refusal(() => columnOf(parseCsv('a,b\n\n1,x\n"o,ne",y\n'), 'a'))).toContain(
      "column 'a' holds numbers, got 'o,ne' in row 4.",
    );
  });
});
