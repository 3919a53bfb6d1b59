// The rows of programs that are started over and over.
import { describe, expect, it } from 'vitest';
import { lastWords } from '../../../bench/peers/contender.js';
import { BARE, disagreements } from '../../../bench/peers/figures.js';
import { startOnce, startRow } from '../../../bench/peers/start.js';

const starter = (code: string) => ({
  lib: 'Node',
  variant: 'test',
  command: process.execPath,
  args: ['--eval', code],
  missing: null,
});

describe('a start', () => {
  it('is timed until the first line, which gives the gradient', async () => {
    const program = starter("console.log('[2,4,6]'); setTimeout(() => {}, 400)");
    const begin = performance.now();
    const { microseconds, gradient } = await startOnce(program);
    expect(gradient).toEqual([2, 4, 6]);
    expect(microseconds).toBeGreaterThan(0);
    // The wait behind the line doesn't count, though the next one begins after it.
    expect((performance.now() - begin) * 1e3 - microseconds).toBeGreaterThan(300_000);
  });

  it('that says no gradient is refused with the words that it ended with', async () => {
    await expect(startOnce(starter("throw new TypeError('no such op')"))).rejects.toThrow(
      'TypeError: no such op',
    );
    await expect(startOnce(starter(''))).rejects.toThrow('it said nothing');
  });

  it('is a row of its own kind where nothing is computed', () => {
    expect(startRow(starter(''), 5, []).config).toBe(BARE);
    expect(startRow(starter(''), 5, [2, 4, 6])).toMatchObject({ loss: 28, medianMicroseconds: 5 });
  });

  it('with another gradient disagrees, and the bare process does not', () => {
    const rows = [[], [2, 4, 6], [6, 4, 2]].map((g) => startRow(starter(''), 5, g));
    expect(disagreements(rows)).toEqual([rows[2]]);
  });
});

describe('last words', () => {
  it('are the line that names the error, or else the last one', () => {
    expect(lastWords('a\nTypeError: b\n    at c\n\nNode.js v20')).toBe('TypeError: b');
    expect(lastWords('a\nb\n\n')).toBe('b');
    expect(lastWords('')).toBe('');
  });
});
