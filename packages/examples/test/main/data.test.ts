import { fileURLToPath } from 'node:url';
import { columnOf, prepareData } from '@retrograd/nn';
import { readCsv } from '@retrograd/nn/node';
import { describe, expect, test } from 'vitest';

const read = (name: string) =>
  readCsv(fileURLToPath(new URL(`../../data/${name}`, import.meta.url)));

const different = (name: string, column: string) => {
  const found = columnOf(read(name), column);
  return found.kind === 'category' ? [...new Set(found.values)] : found.kind;
};

describe('the tables that come along', () => {
  test('penguins.csv has 344 rows of three species, 333 of them without a gap', () => {
    expect(different('penguins.csv', 'Species')).toEqual(['Adelie', 'Chinstrap', 'Gentoo']);
    expect(different('penguins.csv', 'Sex')).toEqual(['MALE', 'FEMALE', null]);
    const { summary } = prepareData(read('penguins.csv'), { target: 'Species' });
    expect([summary.rows, summary.used]).toEqual([344, 333]);
    const missing = summary.columns.map((column) => [column.name, column.missing]);
    expect(Object.fromEntries(missing)).toEqual({
      Species: 0,
      Island: 0,
      'Beak Length (mm)': 2,
      'Beak Depth (mm)': 2,
      'Flipper Length (mm)': 2,
      'Body Mass (g)': 2,
      Sex: 11,
    });
  });

  test('cars.csv has 406 rows, years as numbers, and gaps in two columns', () => {
    const { rows, columns } = read('cars.csv');
    expect([rows.length, columns.length]).toEqual([406, 9]);
    expect(rows.every((row) => /^19(7\d|8[0-2])$/.test(row[columns.indexOf('Year')]))).toBe(true);
    const gaps = (name: string) => rows.filter((row) => row[columns.indexOf(name)] === '').length;
    expect([gaps('Miles_per_Gallon'), gaps('Horsepower')]).toEqual([8, 6]);
  });
});
