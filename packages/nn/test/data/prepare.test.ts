// From a table to tensors: gaps, features, targets, parts, new rows, and what is refused.

import { inspect } from 'node:util';
import { type PrepareOptions, prepareData, type Table, tableOf } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

/** 24 animals of two kinds on three islands, with two gaps; `tag` is constant. */
const animals: Table = tableOf([
  ['kind', 'mass', 'island', 'tag', 'remark'],
  ...Array.from({ length: 24 }, (_, i) => [
    i % 2 === 0 ? 'seal' : 'gull',
    i === 5 ? 'NA' : `${i % 2 === 0 ? 200 + i : 1 + i / 100}`,
    i === 7 ? '' : ['North', 'South', 'East'][i % 3],
    '7',
    '',
  ]),
]);

const options: PrepareOptions = { target: 'kind' };

describe('prepareData', () => {
  it('leaves rows with missing values out, and counts them by column', () => {
    const { summary, train, test } = prepareData(animals, options);
    expect([summary.rows, summary.used, summary.train, summary.test]).toEqual([24, 22, 16, 6]);
    expect(summary.columns.map(({ name, role, missing }) => [name, role, missing])).toEqual([
      ['kind', 'target', 0],
      ['mass', 'feature', 1],
      ['island', 'feature', 1],
      ['tag', 'feature', 0],
      ['remark', 'empty', 24],
    ]);
    expect([train.x.shape, train.y.shape, test.x.shape, test.y.shape]).toEqual([
      [16, 5],
      [16],
      [6, 5],
      [6],
    ]);
  });

  it('encodes categories one-hot in sorted order, and standardises numbers by the training part', () => {
    const data = prepareData(animals, { ...options, dtype: 'float64' });
    expect(data.featureNames).toEqual([
      'mass',
      'island=East',
      'island=North',
      'island=South',
      'tag',
    ]);
    const rows = data.train.x.toArray() as number[][];
    const mass = rows.map(([value]) => value);
    const mean = mass.reduce((a, b) => a + b) / mass.length;
    expect(mean).toBeCloseTo(0, 12);
    expect(mass.reduce((sum, x) => sum + (x - mean) ** 2, 0) / mass.length).toBeCloseTo(1, 12);
    for (const [, ...rest] of rows) {
      expect(rest.slice(0, 3).reduce((a, b) => a + b)).toBe(1);
      expect(rest[3]).toBe(0);
    }
  });

  it('sorts the classes, and keeps each in its share in training and test', () => {
    const data = prepareData(animals, options);
    expect([data.task, data.classes, data.inputs, data.outputs]).toEqual([
      'classification',
      ['gull', 'seal'],
      5,
      2,
    ]);
    expect(data.train.y.dtype).toBe('int32');
    const count = (label: number) =>
      Array.from(data.test.y.data()).filter((y) => y === label).length;
    expect([count(0), count(1)]).toEqual([3, 3]);
    // Seals are heavy: targets belong to their rows.
    const rows = data.train.x.toArray() as number[][];
    expect(rows.map(([mass]) => Number(mass > 0))).toEqual(data.train.y.toArray());
  });

  it('is drawn by its seed, and keeps as much for the test as it is told', () => {
    const first = (seed: number) => prepareData(animals, { ...options, seed }).train.x.toArray();
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
    const all = prepareData(animals, { ...options, testFraction: 0 });
    expect([all.train.x.shape, all.test.x.shape, all.test.y.shape]).toEqual([[22, 5], [0, 5], [0]]);
  });

  it('takes numbers with fractions for a regression, standardised unless told otherwise', () => {
    const data = prepareData(animals, { target: 'mass', dtype: 'float64' });
    expect([data.task, data.outputs, data.classes]).toEqual(['regression', 1, []]);
    expect(data.train.y.shape).toEqual([data.train.x.shape[0], 1]);
    expect(data.train.y.mean().item()).toBeCloseTo(0, 12);
    const plain = prepareData(animals, {
      target: 'mass',
      dtype: 'float64',
      standardizeTarget: false,
    });
    const undone = data.train.y.toArray() as number[][];
    (plain.train.y.toArray() as number[][]).forEach(([y], i) => {
      expect(data.targetScale.undo(undone[i][0])).toBeCloseTo(y, 10);
      expect(plain.targetScale.undo(y)).toBe(y);
    });
  });

  it('takes few whole numbers for classes, sorted by value, unless told otherwise', () => {
    const grades = tableOf([
      ['hours', 'grade'],
      ...Array.from({ length: 60 }, (_, i) => [`${i}.5`, `${[10, 9, 2][i % 3]}`]),
    ]);
    const data = prepareData(grades, { target: 'grade' });
    expect(data.classes).toEqual(['2', '9', '10']);
    expect(prepareData(grades, { target: 'grade', task: 'regression' }).task).toBe('regression');
    expect(prepareData(grades, { target: 'hours' }).task).toBe('regression');
    const byHour = prepareData(grades, {
      target: 'hours',
      task: 'classification',
      testFraction: 0,
    });
    expect(byHour.classes).toHaveLength(60);
  });

  it('ignores the columns that it is told to', () => {
    const data = prepareData(animals, { ...options, ignore: ['island', 'tag'] });
    expect(data.featureNames).toEqual(['mass']);
    expect(data.summary.used).toBe(23);
    expect(data.summary.columns[2]).toEqual({ name: 'island', role: 'ignored', missing: 0 });
  });

  it('does not look into ignored columns', () => {
    const table = tableOf([
      ['y', 'x', 'bad'],
      ['a', '1', '1'],
      ['b', '2', 'one'],
    ]);
    expect(refusal(() => prepareData(table, { target: 'y' }))).toBe(
      "DataError: prepareData: column 'bad' holds numbers, got 'one' in row 3. " +
        'Correct the cell, leave it empty if the value is missing, or ignore the column.',
    );
    const data = prepareData(table, { target: 'y', ignore: ['bad'], testFraction: 0 });
    expect(data.train.x.shape).toEqual([2, 1]);
  });

  it('encodes new rows as it encoded those that it was made of, whatever the order of columns', () => {
    const data = prepareData(animals, { ...options, testFraction: 0, dtype: 'float64' });
    const fresh = data.encode(
      tableOf([
        ['tag', 'island', 'mass'],
        ['9', 'South', '3'],
      ]),
    );
    const { mean, std } =
      data.features[0].kind === 'number' ? data.features[0].scale : { mean: 0, std: 1 };
    expect(fresh.toArray()).toEqual([[(3 - mean) / std, 0, 0, 1, 0]]);
  });

  it.each<[string, string[][], string]>([
    [
      'a category that was never seen',
      [['1', 'West', '7']],
      "column 'island' has the categories 'East', 'North', 'South', got 'West' in row 2. " +
        'Correct the cell, or train with rows of that category.',
    ],
    [
      'a missing number',
      [
        ['1', 'East', '7'],
        ['', 'East', '7'],
      ],
      "every row has a value in column 'mass', got none in row 3. Fill the cell, or leave the row out.",
    ],
    [
      'a missing category',
      [
        ['1', 'East', '7'],
        ['1', 'NA', '7'],
      ],
      "every row has a value in column 'island', got none in row 3. Fill the cell, or leave the row out.",
    ],
    [
      'a column without values',
      [['1', 'East', '']],
      "every row has a value in column 'tag', got none in row 2. Fill the cell, or leave the row out.",
    ],
    [
      'categories for numbers',
      [['light', 'East', '7']],
      "column 'mass' holds numbers, got categories. Use the columns that were trained with.",
    ],
    [
      'numbers for categories',
      [['1', '2', '7']],
      "column 'island' holds categories, got numbers. Use the columns that were trained with.",
    ],
  ])('refuses new rows with %s', (_what, rows, complaint) => {
    const data = prepareData(animals, options);
    const table = tableOf([['mass', 'island', 'tag'], ...rows]);
    expect(refusal(() => data.encode(table))).toBe(`DataError: encode: ${complaint}`);
  });

  it('refuses new rows that lack a column', () => {
    const data = prepareData(animals, options);
    expect(refusal(() => data.encode(tableOf([['mass'], ['1']])))).toBe(
      "DataError: encode: the table has the columns 'mass', got 'island'. Check the name.",
    );
  });

  it.each<[string, string[][], Partial<PrepareOptions>, string]>([
    [
      'an unknown target',
      [
        ['a', 'y'],
        ['1', '2'],
      ],
      { target: 'z' },
      "the table has the columns 'a', 'y', got 'z'. Check the name.",
    ],
    [
      'an unknown target in a table that is read with the wrong delimiter',
      [['a;y'], ['1;2']],
      {},
      "the table has the columns 'a;y', got 'y'. Is the delimiter right?",
    ],
    [
      'an unknown column to ignore',
      [
        ['a', 'y'],
        ['1', '2'],
      ],
      { ignore: ['b'] },
      "the table has the columns 'a', 'y', got 'b'. Check the name.",
    ],
    [
      'a target that is ignored',
      [
        ['a', 'y'],
        ['1', '2'],
      ],
      { ignore: ['y'] },
      "the target is a column that is used, got 'y', which is ignored. Choose one of the two.",
    ],
    [
      'a target without values',
      [
        ['a', 'y'],
        ['1', ''],
      ],
      {},
      "the target has values, got none in any row of 'y'. Choose another column.",
    ],
    [
      'nothing to predict from',
      [
        ['a', 'y'],
        ['', '1'],
        ['NA', '2'],
      ],
      {},
      "at least one column beside the target 'y' has values, got none. Bring columns to predict from, or ignore fewer.",
    ],
    [
      'no complete row',
      [
        ['a', 'y'],
        ['1', ''],
        ['', '2'],
      ],
      {},
      "at least one row has a value in every column, got none of 2 rows; missing values by column: 'a' 1, 'y' 1. " +
        'Ignore the columns with the most.',
    ],
    [
      'a single class',
      [
        ['a', 'y'],
        ['1', 'x'],
        ['2', 'x'],
        ['', 'z'],
      ],
      {},
      "a target has at least two values to tell apart, got only the class 'x' in 'y'. " +
        'Choose another target column, or bring rows with other values.',
    ],
    [
      'a single number',
      [
        ['a', 'y'],
        ['1', '0.5'],
        ['2', '0.5'],
      ],
      {},
      "a target has at least two values to tell apart, got only the number 0.5 in 'y'. " +
        'Choose another target column, or bring rows with other values.',
    ],
    [
      'categories to be regressed',
      [
        ['a', 'y'],
        ['1', 'x'],
        ['2', 'z'],
      ],
      { task: 'regression' },
      "regression needs a column of numbers, got categories in 'y'. " +
        "Choose another target, or the task 'classification'.",
    ],
    [
      'a column of names',
      [['name', 'y'], ...Array.from({ length: 300 }, (_, i) => [`n${i}`, `${i % 2}`])],
      {},
      "a column has at most 256 categories, got 300 in 'name', such as 'n0', 'n1', 'n10'. " +
        'Ignore the column if it holds names or keys.',
    ],
  ])('refuses %s', (_what, records, more, complaint) => {
    expect(refusal(() => prepareData(tableOf(records), { target: 'y', ...more }))).toBe(
      `DataError: prepareData: ${complaint}`,
    );
  });

  it('refuses options out of range, and tables made by hand that are none', () => {
    const task = 'clustering' as 'regression';
    expect(refusal(() => prepareData(animals, { ...options, task }))).toBe(
      "ArgumentError: prepareData: task is 'classification' or 'regression', got 'clustering'. Pass one of the two.",
    );
    expect(refusal(() => prepareData(animals, { ...options, testFraction: 1 }))).toContain(
      'ArgumentError: stratifiedSplit: the fraction kept for the test',
    );
    expect(
      refusal(() => prepareData(animals, { ...options, dtype: 'int32' as 'float32' })),
    ).toContain('DTypeError: prepareData:');
    expect(
      refusal(() => prepareData({ columns: ['a', 'y'], rows: [['1']] }, { target: 'y' })),
    ).toContain(
      'DataError: prepareData: every row has 2 cells, as the header has, got 1 in row 2.',
    );
  });

  it('prints its summary', () => {
    const data = prepareData(animals, options);
    expect(inspect(data)).toBe(data.toString());
    expect(data.toString()).toContain('24 rows, 22 of them complete');
  });
});
