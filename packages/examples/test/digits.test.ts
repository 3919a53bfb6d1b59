import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { digitsOf, drawnDigits, readDigits } from '../src/digits.js';

it('reads digits that it never saw', async () => {
  const { accuracies, confusion, misread } = await readDigits({
    digits: drawnDigits(400, 1, 0.5),
    epochs: 12,
  });
  expect(accuracies[0]).toBeGreaterThan(0.93);
  expect(misread).toHaveLength(Math.round((1 - accuracies[0]) * 100));
  expect(misread.every(({ digit, taken }) => digit !== taken)).toBe(true);
  expect(confusion.toString()).toContain('accuracy');
});

it('is tested on another quarter each time', async () => {
  const digits = drawnDigits(60, 1, 0.5);
  expect((await readDigits({ digits, epochs: 1, splits: 2 })).accuracies).toHaveLength(2);
});

describe('a file of digits', () => {
  const folder = mkdtempSync(join(tmpdir(), 'retrograd digits-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const names = Array.from({ length: 64 }, (_, i) => `p${i}`);
  const fileOf = (...lines: string[]) => {
    const path = join(folder, 'some.csv');
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
    return path;
  };
  const row = (grey: string, digit: string) => [...names.map(() => grey), digit].join();

  it('is read from 0 to 1, with its digits', () => {
    const { x, y } = digitsOf(fileOf([...names, 'digit'].join(), row('8', '3'), row('16', '0')));
    expect(x.shape).toEqual([2, 1, 8, 8]);
    expect([x.min().item(), x.max().item()]).toEqual([0.5, 1]);
    expect([...y.data()]).toEqual([3, 0]);
  });

  it('is refused in one line where it is missing, or another table', () => {
    const head = [...names, 'digit'].join();
    expect(() => digitsOf(join(folder, 'none.csv'))).toThrow(
      /^--data: there is no file .*none\.csv\.$/,
    );
    expect(() => digitsOf(fileOf('a,b', '1,2'))).toThrow(/has 2 columns and no "digit"\.$/);
    expect(() => digitsOf(fileOf(head, row('17', '3')))).toThrow('row 1 of');
    expect(() => digitsOf(fileOf(head, row('1', '')))).toThrow(
      'has "" for digit, not a whole number of 0 … 9.',
    );
    expect(() => digitsOf(fileOf(head, row('1', '2.5')))).toThrow('has "2.5" for digit');
    expect(() => digitsOf(fileOf(''))).toThrow(/^--data: /);
  });
});
