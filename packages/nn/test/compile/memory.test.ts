// What compiled steps leave behind: nothing, over 10,000 of them in a process of their own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

interface Growth {
  readonly memories: number;
  /** Growth from the tenth step to the last, in bytes. */
  readonly wasm: number;
  readonly arrayBuffers: number;
  readonly heap: number;
  readonly last: number;
}

/**
 * Bundles the program, runs it in Node with the collector in its hands, and reads what it prints. Without the optimising
 * compiler, whose code lies in the heap too and comes whenever it pleases: 50 to 150 kB, the same after 40,000 steps.
 */
async function runAlone(program: string): Promise<Growth> {
  const folder = mkdtempSync(join(tmpdir(), 'retrograd-steps-'));
  try {
    const outfile = join(folder, 'program.mjs');
    await build({
      entryPoints: [fileURLToPath(new URL(`./programs/${program}`, import.meta.url))],
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@retrograd/source'],
      outfile,
    });
    const env = { ...process.env, NODE_OPTIONS: '' };
    // From Node 22 on there are two optimising compilers.
    const flags = Number.parseInt(process.versions.node, 10) < 22 ? [] : ['--no-maglev'];
    const options = ['--expose-gc', '--no-opt', ...flags, outfile];
    const { stdout, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8', env });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('10,000 compiled steps take no memory that the first ten have not taken', async () => {
  const { memories, wasm, arrayBuffers, heap, last } = await runAlone('steps.ts');
  expect(memories).toBeGreaterThan(0);
  expect(wasm).toBe(0);
  expect(arrayBuffers).toBeLessThanOrEqual(0);
  expect(heap).toBeLessThanOrEqual(100_000);
  expect(last).toBeGreaterThan(0);
}, 60_000);
