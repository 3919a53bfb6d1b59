// Tables of texts: what is one, how columns are typed, and which row and column a complaint names.

import { columnOf, type Table, tableOf } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const table: Table = tableOf([
  ['mass', 'island', 'sex', 'note'],
  ['3750', 'Torgersen', 'male', ''],
  ['.', ' Biscoe ', 'NA', 'NA'],
  [' 3.25e3 ', 'null', 'female', 'NaN'],
  ['-4', 'Biscoe', '.', 'null'],
]);

describe('tableOf', () => {
  it('takes the first record for the names of the columns', () => {
    expect(table.columns).toEqual(['mass', 'island', 'sex', 'note']);
    expect(table.rows).toHaveLength(4);
  });

  it('leaves out blank lines, and counts rows as the file does', () => {
    const { rows, rowNumbers } = tableOf([[''], ['a', 'b'], ['1', '2'], [' '], ['3', '4']]);
    expect(rows).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(rowNumbers).toEqual([3, 5]);
  });

  it('takes an empty cell of a single column for a blank line', () => {
    expect(tableOf([['a'], [''], ['1']]).rows).toEqual([['1']]);
  });

  it.each<[string[][], string]>([
    [[], 'a table begins with a row of column names, got no rows at all. Is this the right file?'],
    [
      [[''], [' ']],
      'a table begins with a row of column names, got no rows at all. Is this the right file?',
    ],
    [
      [['a', 'b']],
      "a table has rows below its header, got the columns 'a', 'b' and nothing else. Is this the right file?",
    ],
    [
      [
        ['a', 'b', 'a '],
        ['1', '2', '3'],
      ],
      "column names differ, got 'a' for columns 1 and 3. Rename one of them.",
    ],
    [
      [
        ['a', ' '],
        ['1', '2'],
      ],
      'every column has a name, got none for column 2. Name it in the header.',
    ],
    [
      [['a', 'b'], ['1', '2'], [''], ['1']],
      'every row has 2 cells, as the header has, got 1 in row 4. ' +
        'Quote cells that contain the delimiter, and fill those left out.',
    ],
    [
      [
        ['a', 'b'],
        ['1', '2', '3'],
      ],
      'every row has 2 cells, as the header has, got 3 in row 2. ' +
        'Quote cells that contain the delimiter, and fill those left out.',
    ],
  ])('refuses %j', (records, complaint) => {
    expect(refusal(() => tableOf(records))).toBe(`DataError: tableOf: ${complaint}`);
  });
});

describe('columnOf', () => {
  it('types a column by its first value: numbers, or categories', () => {
    expect(columnOf(table, 'mass')).toEqual({
      kind: 'number',
      name: 'mass',
      values: Float64Array.of(3750, Number.NaN, 3250, -4),
    });
    expect(columnOf(table, 'island')).toEqual({
      kind: 'category',
      name: 'island',
      values: ['Torgersen', 'Biscoe', null, 'Biscoe'],
    });
  });

  it('takes "", NA, NaN, null and a dot for missing values, or what it is told', () => {
    expect(columnOf(table, 'note')).toEqual({ kind: 'empty', name: 'note' });
    expect(columnOf(table, 'sex')).toMatchObject({ values: ['male', null, 'female', null] });
    expect(columnOf(table, 'sex', ['male'])).toMatchObject({ values: [null, 'NA', 'female', '.'] });
  });

  it.each(['1', '-1.5', '+2', '.5', '5.', '1e3', '1E-3'])('reads %s as a number', (text) => {
    expect(columnOf(tableOf([['a'], [text]]), 'a')).toMatchObject({
      values: Float64Array.of(Number(text)),
    });
  });

  it.each(['1,5', '0x1f', '1_000', 'Infinity', '1e999', '12 kg', '-', '1e'])(
    'refuses %s among numbers, naming row and column',
    (text) => {
      expect(refusal(() => columnOf(tableOf([['a'], ['1'], [text]]), 'a'))).toBe(
        `DataError: columnOf: column 'a' holds numbers, got '${text}' in row 3. ` +
          'Correct the cell, leave it empty if the value is missing, or ignore the column.',
      );
    },
  );

  it('keeps numbers among categories as texts', () => {
    const values = columnOf(tableOf([['a'], ['x'], ['1']]), 'a');
    expect(values).toMatchObject({ kind: 'category', values: ['x', '1'] });
  });

  it('counts rows from 2 where a table says nothing of its file', () => {
    const own: Table = { columns: ['a'], rows: [['1'], ['one']] };
    expect(refusal(() => columnOf(own, 'a'))).toContain("got 'one' in row 3.");
  });

  it('names the columns there are when asked for another, the first twenty of many', () => {
    expect(refusal(() => columnOf(table, 'weight'))).toBe(
      "DataError: columnOf: the table has the columns 'mass', 'island', 'sex', 'note', got 'weight'. Check the name.",
    );
    const columns = Array.from({ length: 23 }, (_, i) => `c${i}`);
    expect(refusal(() => columnOf({ columns, rows: [] }, 'x'))).toContain(
      "'c19' and 3 more, got 'x'.",
    );
  });
});
