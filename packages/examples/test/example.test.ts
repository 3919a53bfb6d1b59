import { describe, expect, it, vi } from 'vitest';
import { listExamples, runExample } from '../src/example.js';

describe('npm run example', () => {
  it('lists every example with its question', () => {
    const lines = listExamples().split('\n').slice(2);
    expect(lines).toHaveLength(15);
    for (const line of lines) expect(line).toMatch(/^[a-z-]+ {2,}.+\?$/);
  });

  it('lists them where no name is given', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    expect(await runExample(undefined)).toBe(0);
    expect(log).toHaveBeenCalledWith(listExamples());
  });

  it('refuses a name that there is not, in one line', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    for (const name of ['xnor', 'toString']) expect(await runExample(name)).toBe(1);
    expect(error.mock.calls[0][0]).toMatch(
      /^There is no example xnor\. Did you mean xor\? There are .*xor/,
    );
  });

  it('refuses an option that there is not, in one line', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(await runExample('xor', ['--epochs', '3'])).toBe(1);
    expect(await runExample('cars', ['--epochs', 'few'])).toBe(1);
    expect(error.mock.calls.flat()).toEqual([
      'xor: --epochs is no option. xor takes none.',
      'cars: --epochs takes a whole number of at least 1, got few.',
    ]);
  });

  it('refuses a text that is missing, in one line', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(await runExample('gpt', ['--text', 'missing.txt'])).toBe(1);
    expect(await runExample('char-gru', ['--text', 'missing.md'])).toBe(1);
    for (const [line] of error.mock.calls) expect(line).toMatch(/^--text: there is no file .*\.$/);
  });

  it('runs the one that is named', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    expect(await runExample('vanishing-gradients')).toBe(0);
    expect(log.mock.calls.flat().join('\n')).toContain('‖δˡ‖');
  });
});
