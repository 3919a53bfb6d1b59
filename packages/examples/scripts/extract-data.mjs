// Writes data/penguins.csv and data/cars.csv from the npm package vega-datasets, which is not a dependency (42 MB).
//
//   mkdir /somewhere/else && npm install --prefix /somewhere/else vega-datasets@3.2.1
//   node packages/examples/scripts/extract-data.mjs /somewhere/else
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('extract-data: needs the folder in which vega-datasets was installed.');
  process.exit(1);
}

// The package exports its entry only, so its figures are found by a URL relative to that.
const entry = createRequire(join(resolve(folder), 'package.json')).resolve('vega-datasets');
const readFigures = (name) =>
  JSON.parse(readFileSync(new URL(`../data/${name}`, pathToFileURL(entry)), 'utf8'));

// A missing value becomes an empty cell; the one "." that stands for a sex is kept as it was published.
writeCsv('penguins.csv', readFigures('penguins.json'));

// The source writes a model year as the first of January.
writeCsv(
  'cars.csv',
  readFigures('cars.json').map((car) => ({ ...car, Year: Number(car.Year.slice(0, 4)) })),
);

function writeCsv(name, records) {
  const columns = Object.keys(records[0]);
  const lines = records.map((record) => columns.map((column) => cell(record[column])).join(','));
  const text = [columns.join(','), ...lines, ''].join('\n');
  writeFileSync(new URL(`../data/${name}`, import.meta.url), text);
  console.log(`${name}: ${records.length} rows, ${columns.length} columns`);
}

/** A cell's text; none of these figures needs quotes, and one that did would be noticed here. */
function cell(value) {
  if (value === undefined) throw new Error('extract-data: a record lacks a column.');
  const text = value === null ? '' : String(value);
  if (/[",\r\n]/.test(text)) throw new Error(`extract-data: ${text} would need quotes.`);
  return text;
}
