// Tests of threads in processes of their own: when they start, what they compute, and that the process ends.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from './programs/step.js';

let folder = '';
let outfile = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retrograd-threads-'));
  outfile = join(folder, 'program.mjs');
  const entry = fileURLToPath(new URL('./programs/step.ts', import.meta.url));
  await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function runWith(threads: string): Report {
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    RETROGRAD_BLAS: 'off',
    RETROGRAD_THREADS: threads,
  };
  const { stdout, stderr, status } = spawnSync(process.execPath, [outfile], {
    encoding: 'utf8',
    env,
    timeout: 25_000,
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

test('a process starts workers with its first large step, and ends by itself', () => {
  const { threads, workersAfterSmall, workersAfterLarge } = runWith('3');
  expect({ threads, workersAfterSmall }).toEqual({ threads: 3, workersAfterSmall: 0 });
  expect(workersAfterLarge).toBe(2);
});

test('RETROGRAD_THREADS=off leaves everything to one thread, with the same bits', () => {
  const off = runWith('off');
  expect(off).toMatchObject({ threads: 1, settable: false, workersAfterLarge: 0, shared: false });
  const two = runWith('2');
  expect(two).toMatchObject({ threads: 2, settable: true, workersAfterLarge: 1, shared: true });
  expect(two.results).toEqual(off.results);
});

test('many large steps leave no arrays behind', () => {
  const { arraysBefore, arraysAfter } = runWith('2');
  expect(arraysAfter - arraysBefore).toBeLessThan(2 ** 20);
});
