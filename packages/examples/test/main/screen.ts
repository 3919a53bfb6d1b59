// A screen that remembers what was printed on it, and small tables to learn from.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll } from 'vitest';
import { readOptions } from '../../src/main/options.js';
import { run } from '../../src/main/run.js';
import { UsageError } from '../../src/usage-error.js';

/** A folder that is gone when the tests of a file are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'retrograd main-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file into a folder; returns its name. */
export function writeTable(folder: string, name: string, lines: readonly string[]): string {
  writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(''));
  return name;
}

/** Three well-separated classes of two numbers and a category, with gaps: `x,colour,z,kind`. */
export function clusters(rows = 60): string[] {
  const lines = Array.from({ length: rows }, (_, i) => {
    const kind = i % 3;
    const wobble = Math.sin(12.9898 * i);
    return `${kind + 0.2 * wobble},${['red', 'green'][i % 2]},${kind * kind - 0.3 * wobble},${'abc'[kind]}`;
  });
  return ['x,colour,z,kind', ...lines, ',red,1,a', '1,,1,b', '2,green,3,'];
}

/** y = 3x − 2z + 5 and a name nobody can learn from: `x,name,z,y`. */
export function line(rows = 80): string[] {
  const lines = Array.from({ length: rows }, (_, i) => {
    const [x, z] = [Math.sin(i), Math.cos(1.7 * i)];
    return `${x},row ${i},${z},${3 * x - 2 * z + 5}`;
  });
  return ['x,name,z,y', ...lines];
}

/** Runs the main job in a folder; returns what it printed. */
export async function runMain(
  folder: string,
  words: readonly string[],
  screen = new PassThrough(),
): Promise<string> {
  const request = readOptions(words);
  if (request.help) throw new Error('asked for help');
  const command = `npm start -- ${words.join(' ')}`;
  await run(request.options, { screen, directory: folder, command });
  return String(screen.read() ?? '');
}

/** The line in which the main job refuses. */
export async function refusal(folder: string, words: readonly string[]): Promise<string> {
  try {
    await runMain(folder, words);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error(`${words.join(' ')} was accepted`);
}
