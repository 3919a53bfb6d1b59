import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { clusters, temporaryFolder, writeTable } from './screen.js';

const MAIN = fileURLToPath(new URL('../../src/main/main.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const TSX = pathToFileURL(createRequire(join(ROOT, 'package.json')).resolve('tsx')).href;

const folder = temporaryFolder();
writeTable(folder, 'clusters.csv', clusters());

/** Runs the program as npm does: elsewhere than the user, who is known by INIT_CWD. */
function start(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@retrograd/source', '--import', TSX, MAIN, ...words],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, INIT_CWD: folder, NODE_OPTIONS: '' } },
  );
  return { status, stdout, stderr };
}

describe('the program', () => {
  test('finds files, and puts the report, where the user is', () => {
    const words = ['--data', 'clusters.csv', '--target', 'kind', '--epochs', '2'];
    const { status, stdout, stderr } = start(...words, '--report', 'mine/r.html');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain(`Report: ${join(folder, 'mine', 'r.html')}`);
    expect(existsSync(join(folder, 'mine', 'r.html'))).toBe(true);
  });

  test('prints the help and nothing else', () => {
    const { status, stdout, stderr } = start('--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('--target COLUMN');
  });

  test.each([
    [['--hiden', '3'], '--hiden: is no option. Did you mean --hidden?'],
    [['--data', 'none.csv', '--target', 'y'], '--data: there is no file '],
    [['--data', 'clusters.csv', '--target', 'sort'], 'The columns are: x, colour, z, kind.'],
  ])('answers %s with one line on stderr and exit code 1', (words, sentence) => {
    const { status, stdout, stderr } = start(...words);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd()).not.toContain('\n');
  });
});
