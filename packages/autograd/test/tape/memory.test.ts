// Tests of what the tape leaves behind: a long run in a process of its own, and what losses that are kept hold.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { checkpoint, tensor } from '../../src/index.js';
import { Node } from '../../src/tape/node.js';

interface Report {
  /** Resident megabytes at step 1,000 and at the end. */
  readonly early: number;
  readonly end: number;
  readonly kept: number;
  readonly first: number;
  readonly last: number;
}

/** Bundles the program, runs it in plain Node without any option, and reads what it prints. */
async function runAlone(program: string): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'retrograd-memory-'));
  try {
    const outfile = join(folder, 'program.mjs');
    const entry = fileURLToPath(new URL(`./programs/${program}`, import.meta.url));
    await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile });
    const env = { ...process.env, NODE_OPTIONS: '' };
    const { stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: 'utf8', env });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('20,000 training steps without a pause, each loss kept, grow by at most 32 MB', async () => {
  const { early, end, kept, first, last } = await runAlone('training.ts');
  expect(kept).toBe(20_000);
  expect(last).toBeLessThan(first / 100);
  expect(early).toBeGreaterThan(10);
  expect(end).toBeLessThanOrEqual(early + 32);
}, 60_000);

describe('a loss that is kept', () => {
  const step = (rows: number) => {
    const x = tensor(new Float32Array(4 * rows).fill(1), { requiresGrad: true });
    const loss = x.square().sum();
    loss.backward();
    return loss.origin as Node;
  };

  test('holds neither inputs, nor saved values, nor attributes', () => {
    const node = step(3);
    expect([node.inputs, node.saved, node.savedOutputs, node.attrs]).toEqual([
      [],
      null,
      null,
      null,
    ]);
  });

  test('shares its list of names and shapes with the losses of equal structure', () => {
    const [full, ragged, again, raggedAgain] = [4, 3, 4, 3].map(step);
    expect(again.released).toBe(full.released);
    expect(raggedAgain.released).toBe(ragged.released);
    expect(full.released).not.toBe(ragged.released);
  });

  test('does not hold what a checkpoint closed over', () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const loss = checkpoint(() => x.square().sum())();
    loss.backward();
    expect(x.grad?.toArray()).toEqual([2, 4]);
    expect((loss.origin as Node).attrs).toBeNull();
  });

  test('keeps everything when it is retained', () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const loss = x.square().sum();
    loss.backward({ retain: true });
    const node = loss.origin as Node;
    expect(node.released).toBeNull();
    expect(node.inputs[0]).toBeInstanceOf(Node);
  });
});
