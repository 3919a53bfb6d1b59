import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSettings, textAt } from '../src/settings.js';

const defaults = { epochs: 60, seed: 1, data: '' };
const read = (...words: string[]) => readSettings('cars', defaults, words);

describe('the settings of an example', () => {
  it('are its defaults, and what is typed in their place', () => {
    expect(read()).toEqual(defaults);
    expect(read('--epochs', '20', '--seed=0', '--data', 'a.csv')).toEqual({
      epochs: 20,
      seed: 0,
      data: 'a.csv',
    });
  });

  it('refuse what is no option, and offer those that are', () => {
    expect(() => read('--epoch', '3')).toThrow(
      'cars: --epoch is no option. Did you mean --epochs? It takes --epochs 60, --seed 1, --data path.',
    );
    expect(() => read('20')).toThrow('cars: "20" belongs to no option.');
    expect(() => readSettings('xor', {}, ['--seed', '3'])).toThrow(
      'xor: --seed is no option. xor takes none.',
    );
    expect(() => readSettings('xor', {}, ['-x'])).toThrow('xor: -x is no option.');
    expect(() => read('--toString', '3')).toThrow('--toString is no option');
  });

  it('refuse values that are missing, given twice, or no whole numbers', () => {
    expect(() => read('--epochs')).toThrow('cars: --epochs needs a value after it.');
    expect(() => read('--epochs', '--seed', '3')).toThrow('--epochs needs a value after it.');
    expect(() => read('--data=')).toThrow('--data needs a value after it.');
    expect(() => read('--seed', '3', '--seed', '3')).toThrow('cars: --seed was given twice.');
    for (const value of ['0', '2.5', 'many', '-1', '1e99']) {
      expect(() => read(`--epochs=${value}`)).toThrow(
        `cars: --epochs takes a whole number of at least 1, got ${value}.`,
      );
    }
    expect(() => read('--seed=-1')).toThrow('at least 0');
  });
});

describe('a file that is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'retrograd example-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is read', () => {
    const path = join(folder, 'a.txt');
    writeFileSync(path, 'words');
    expect(textAt('--text', path)).toBe('words');
  });

  it('is missed in one line', () => {
    const path = join(folder, 'missing.txt');
    expect(() => textAt('--text', path)).toThrow(`--text: there is no file ${path}.`);
    expect(() => textAt('--text', folder)).toThrow(`--text: ${folder} is no file.`);
  });
});
