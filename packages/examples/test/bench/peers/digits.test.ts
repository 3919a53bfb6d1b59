// What is made of whole trainings on digits.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digitsSection, fallingShort, readDigitsFile } from '../../../bench/peers/digits.js';

const trained = (lib: string, seconds: number[], accuracies: number[]) => ({
  lib,
  variant: lib === 'retrograd' ? 'compiled wasm' : '1.2.1',
  seconds,
  accuracies,
});

const ours = trained('retrograd', [0.9, 0.3, 0.2], [0.97, 0.96, 0.98]);
const theirs = trained('scikit-learn', [0.6, 0.6, 0.9], [0.97, 0.97, 0.97]);

describe('accuracies', () => {
  it('fall short where the mean is more than 0.3 points below the best of the peers', () => {
    const near = trained('retrograd', [1], [0.9671]);
    const low = trained('retrograd', [1], [0.9669]);
    const worse = trained('scikit-learn', [1], [0.5]);
    expect(fallingShort([ours, near, low, theirs, worse])).toEqual([low]);
  });

  it('fall short of nobody where there is no peer, and always where they are no numbers', () => {
    expect(fallingShort([ours])).toEqual([]);
    const odd = trained('retrograd', [1], [Number.NaN]);
    expect(fallingShort([odd, theirs])).toEqual([odd]);
  });
});

describe('the section', () => {
  it('gives median and slowest times, how many of ours that is, and accuracies', () => {
    const rows = digitsSection([ours, theirs]).filter((part) => part.startsWith('|'))[0];
    const cells = rows.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells[2].slice(2, -1)).toEqual(['300', '900', '1.00', '97.00', '96.00']);
    expect(cells[3].slice(2, -1)).toEqual(['600', '900', '2.00', '97.00', '97.00']);
  });

  it('ends with who falls short, if anybody does', () => {
    expect(digitsSection([ours, theirs]).at(-1)).toMatch(/^No mean accuracy of ours is more than/);
    const low = trained('retrograd', [1], [0.5]);
    expect(digitsSection([low, theirs]).at(-1)).toBe(
      'ACCURACY IS LOWER by more than 0.30 points: retrograd, compiled wasm.',
    );
  });

  it('judges nothing where ours are alone, and is none where nobody trained', () => {
    expect(digitsSection([ours]).at(-1)).toContain('| retrograd, compiled wasm |');
    expect(digitsSection([])).toEqual([]);
  });
});

describe('a file of digits', () => {
  it('holds the pixels of all rows, then all labels', () => {
    const folder = mkdtempSync(join(tmpdir(), 'retrograd-digits-'));
    try {
      const file = join(folder, 'digits.f32');
      const numbers = Float32Array.of(0, 0.25, 0.5, 0.75, 1, 0, 7, 8, 9);
      writeFileSync(file, new Uint8Array(numbers.buffer));
      expect(readDigitsFile(file, 2)).toEqual({
        pixels: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 0),
        labels: Int32Array.of(7, 8, 9),
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
