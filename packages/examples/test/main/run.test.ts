import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { clusters, line, refusal, runMain, temporaryFolder, writeTable } from './screen.js';

const folder = temporaryFolder();
const CLUSTERS = writeTable(folder, 'clusters.csv', clusters());
const LINE = writeTable(folder, 'line.csv', line());
const ON_CLUSTERS = ['--data', CLUSTERS, '--target', 'kind'];
const ON_LINE = ['--data', LINE, '--target', 'y'];

describe('run', () => {
  test('learns classes, says what it did, and writes a report of it', async () => {
    const words = [...ON_CLUSTERS, '--hidden', '8', '--epochs', '80', '--lr', '0.02'];
    const printed = await runMain(folder, [...words, '--report', 'out/clusters.html']);
    expect(printed).toContain('63 rows, of which 3 with missing values are left out');
    expect(printed).toContain('(x 1, colour 1, kind 1)');
    expect(printed).toMatch(/kind +target \(classification\) +a 20, b 20, c 20/);
    expect(printed).toContain('4–8–3, tanh; crossEntropy');
    expect(printed).toContain('accuracy 100.0 % of 15');
    expect(printed).not.toContain('\u001b');
    const path = join(folder, 'out/clusters.html');
    expect(printed).toContain(`Report: ${path}`);
    const page = readFileSync(path, 'utf8');
    expect(page).toContain('clusters.csv: 100.0 % of the test samples classified right');
    expect(page).toContain('npm start -- --data clusters.csv --target kind');
  });

  test('shows gradients of the tape that differ from the closed form by rounding alone', async () => {
    const printed = await runMain(folder, [...ON_CLUSTERS, '--epochs', '1']);
    const [, difference] = /largest relative difference (\S+):/.exec(printed) ?? [];
    expect(Number(difference)).toBeLessThanOrEqual(1e-12);
    for (const quantity of ['z', 'a', 'δ', '∂J/∂W', '∂J/∂b', 'J'])
      expect(printed).toContain(quantity);
  });

  test('learns numbers in their own unit, and leaves out a column of names', async () => {
    const words = [...ON_LINE, '--epochs', '60', '--lr', '0.02', '--report', 'line.html'];
    const printed = await runMain(folder, words);
    expect(printed).toMatch(/name +left out: 80 different texts/);
    expect(printed).toMatch(/y +target \(regression\)/);
    const [, score] = /R² (\S+),/.exec(printed) ?? [];
    expect(Number(score)).toBeGreaterThan(0.95);
    expect(readFileSync(join(folder, 'line.html'), 'utf8')).toContain('predicted against actual');
  });

  test('puts the report beside where it was asked from, unless told otherwise', async () => {
    await runMain(folder, [...ON_LINE, '--epochs', '1']);
    expect(existsSync(join(folder, 'reports', 'line.html'))).toBe(true);
  });

  test('prints the same for the same seed, and something else for another', async () => {
    const printed = async (seed: string) => {
      const text = await runMain(folder, [...ON_CLUSTERS, '--epochs', '3', '--seed', seed]);
      return text.replaceAll(/ (left|in) ?[\d.]* ?m?s?|[\d.]+ s left|done in [\d.]+ s/g, '');
    };
    const first = await printed('5');
    expect(await printed('5')).toBe(first);
    expect(await printed('6')).not.toBe(first);
  });

  test.each([
    ['--mode batch --optimizer sgd --activation sigmoid', 'sigmoid; crossEntropy; sgd'],
    ['--mode stochastic --optimizer momentum --loss mse', 'mse; momentum'],
    ['--optimizer nesterov --loss halfSquaredError --hidden none', '4–3, no hidden layer'],
    ['--optimizer adam --loss binaryCrossEntropy --activation gelu', 'gelu; binaryCrossEntropy'],
    ['--activation identity --validation 0 --batch-size 7', 'mini-batches of 7, 2 epochs'],
  ])('takes %s', async (words, described) => {
    const printed = await runMain(folder, [...ON_CLUSTERS, '--epochs', '2', ...words.split(' ')]);
    expect(printed).toContain(described);
    expect(printed).toContain('accuracy');
  });

  test.each(['mse', 'halfSquaredError', 'mae', 'huber'])('learns numbers by %s', async (loss) => {
    const printed = await runMain(folder, [...ON_LINE, '--epochs', '1', '--loss', loss]);
    expect(printed).toContain(`tanh; ${loss}; adamW`);
    expect(printed).toContain('1 epoch in');
  });

  test('says so when the learning rate was too large', async () => {
    const words = ['--epochs', '3', '--optimizer', 'sgd', '--lr', '1e30'];
    const printed = await runMain(folder, [...ON_LINE, ...words]);
    expect(printed).toContain('  train: a loss is a number, got NaN in step');
    expect(printed).toContain('try a smaller --lr');
  });

  test('draws a bar on a terminal', async () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 120 });
    const printed = await runMain(folder, [...ON_CLUSTERS, '--epochs', '2'], terminal);
    expect(printed).toContain(`${'█'.repeat(28)}  epoch 2/2  loss `);
    expect(printed).not.toContain('\u001b[?25l');
  });
});

describe('run --seeds', () => {
  test('prints a line a seed, the mean and the least, and writes no report', async () => {
    const words = ['--seeds', '3', '--epochs', '40', '--lr', '0.02'];
    const own = temporaryFolder();
    writeTable(own, 'clusters.csv', clusters());
    const printed = await runMain(own, [...ON_CLUSTERS, ...words]);
    expect(printed.match(/seed \d {2}\d+\.\d %/g)).toHaveLength(3);
    expect(printed).toMatch(/mean \d+\.\d %, least \d+\.\d %/);
    expect(existsSync(join(own, 'reports'))).toBe(false);
  });

  test('prints R² for numbers', async () => {
    const printed = await runMain(folder, [...ON_LINE, '--seeds', '2', '--epochs', '1']);
    expect(printed).toContain('R² of the test by seed');
  });
});

describe('run refuses in one line', () => {
  const tables: Record<string, readonly string[]> = {
    'empty.csv': [],
    'header.csv': ['a,b,y'],
    'cell.csv': ['a,b,y', '1,2,x', '2,oops,y', '3,4,x', '5,6,y'],
    'single.csv': ['a,b,y', '1,2,x', '2,3,x'],
    'constant.csv': ['a,y', '1,5', '2,5'],
    'ragged.csv': ['a,b', '1'],
    'twice.csv': ['a,a', '1,2'],
    'gaps.csv': ['a,b,y', '1,,x', ',2,y'],
    'lone.csv': ['y', 'x', 'z'],
    'tiny.csv': ['a,y', '1,x', '2,z'],
  };
  for (const [name, lines] of Object.entries(tables)) writeTable(folder, name, lines);

  test.each([
    ['--data none.csv --target y', '--data: there is no file '],
    ['--data . --target y', 'is a folder, not a file.'],
    ['--data empty.csv --target y', 'empty.csv: a table begins with a row of column names'],
    ['--data header.csv --target y', 'header.csv: a table has rows below its header'],
    ['--data cell.csv --target y', "column 'b' holds numbers, got 'oops' in row 3."],
    ['--data cell.csv --target z', 'no column "z". The columns are: a, b, y.'],
    [
      '--data cell.csv',
      '--target: which column of cell.csv is to be predicted? The columns are: a, b, y.',
    ],
    ['--data cell.csv --target y --features a,c', '--features: there is no column "c".'],
    ['--data cell.csv --target y --features a,y', '--features: "y" is the target'],
    ['--data single.csv --target y', "got only the class 'x' in 'y'."],
    ['--data constant.csv --target y', "got only the number 5 in 'y'."],
    ['--data ragged.csv --target a', 'got 1 in row 2'],
    ['--data twice.csv --target a', "got 'a' for columns 1 and 2"],
    ['--data gaps.csv --target y', "missing values by column: 'a' 1, 'b' 1"],
    ['--data lone.csv --target y', "beside the target 'y'"],
    ['--data tiny.csv --target y', 'tiny.csv: 2 rows are too few to keep a quarter for the test.'],
    ['--target specis', 'Did you mean Species?'],
    ['--task regression', "got categories in 'Species'"],
    [
      '--target Sex --loss huber',
      '--loss: huber is not for classification, which the target "Sex"',
    ],
    ['--report .', 'is a folder, not a file.'],
    ['--report cell.csv/report.html', "can't be written"],
  ])('%s', async (words, sentence) => {
    const message = await refusal(folder, words.split(' '));
    expect(message).toContain(sentence);
    expect(message).not.toContain('\n');
  });
});
