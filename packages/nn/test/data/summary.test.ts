// The summary of a table, as a terminal shows it.

import { formatSummary, prepareData, tableOf } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

describe('formatSummary', () => {
  it('tells what was found in each column, and what became of the rows', () => {
    const table = tableOf([
      ['species', 'mass', 'island', 'note', 'id'],
      ['Gentoo', '5000', 'Biscoe', '', '1'],
      ['Adelie', '3500.5', 'Dream', '', '2'],
      ['Adelie', '', 'Dream', '', '3'],
      ['Gentoo', '4800', 'Biscoe', '', '4'],
      ['Adelie', '3000', '', '', '5'],
      ['Adelie', '', 'Biscoe', '', '6'],
    ]);
    const { summary } = prepareData(table, { target: 'species', ignore: ['id'], testFraction: 0 });
    expect(formatSummary(summary).split('\n')).toEqual([
      '6 rows, 3 of them complete. Left out for missing values: 3 (mass 2, island 1)',
      '  species  target    2 classes     Adelie 1, Gentoo 2',
      '  mass     number    3501 … 5000   mean 4434',
      '  island   category  2 categories  Biscoe 2, Dream 1',
      '  note     empty                   no row has a value: left out',
      '  id       ignored',
      '3 rows to train on, 0 to test with',
    ]);
  });

  it('names the first ten categories of many, and shows a target of numbers', () => {
    const rows = Array.from({ length: 24 }, (_, i) => [`c${i % 12}`, `${i / 8}`]);
    const table = tableOf([['place', 'price'], ...rows]);
    const { summary } = prepareData(table, { target: 'price', testFraction: 0.25 });
    const lines = formatSummary(summary).split('\n');
    expect(lines[0]).toBe('24 rows, all of them complete');
    expect(lines[1]).toMatch(/12 categories {2}c0 2, c1 2, c10 2, .*c7 2, and 2 more$/);
    expect(lines[2]).toMatch(/price {2}target {4}0 … 2\.875 +mean 1\.438$/);
    expect(lines[3]).toBe('18 rows to train on, 6 to test with');
  });

  it('shows the first of many columns, and the target always', () => {
    const names = [...Array.from({ length: 40 }, (_, i) => `p${i}`), 'y'];
    const rows = [0, 1].map((v) => names.map(() => `${v}.5`));
    const { summary } = prepareData(tableOf([names, ...rows]), { target: 'y', testFraction: 0 });
    const lines = formatSummary(summary).split('\n');
    expect(lines).toHaveLength(1 + 12 + 1 + 1 + 1);
    expect(lines[13]).toBe('  … and 28 columns more');
    expect(lines[14]).toMatch(/^ {2}y +target/);
  });
});
