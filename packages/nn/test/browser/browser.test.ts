// In a browser that forbids eval, and perhaps WebAssembly, the engine in a worker: the figures of Node.
import { describe, expect, it } from 'vitest';
import { chromiumOr, visitAll } from '../../../autograd/test/browser/chromium.js';
import { type Learned, learn } from './learning.js';
import { type Trained, trainNet } from './plain.js';

/** Neither scripts from strings nor, unless they are allowed besides, WebAssembly. */
const policy = (allowed = ''): Record<string, string> => ({
  'Content-Security-Policy': `default-src 'none'; connect-src 'self'; script-src 'self' ${allowed}`,
});

const ALLOWED = new URL('./worker.ts', import.meta.url);
const FORBIDDEN = new URL('./plain-worker.ts', import.meta.url);

describe('in a browser', () => {
  it('a net learns in a worker what it learns in Node, without eval', async ({ skip }) => {
    const [report] = await visitAll(chromiumOr(skip), ALLOWED, [
      { runsIn: 'worker', headers: policy("'wasm-unsafe-eval'") },
    ]);
    expect(report).not.toHaveProperty('failure');
    const there = report as Learned;
    const here = learn();
    expect(there.evaluates).toBe(false);
    expect(there.gemm).toBe('wasm');
    for (const losses of [there.eager, there.compiled, here.compiled]) {
      expect(losses).toHaveLength(here.eager.length);
      losses.forEach((loss, k) => {
        expect(Math.abs(loss - here.eager[k])).toBeLessThan(1e-10);
      });
    }
    expect(there.compiled.at(-1)).toBeLessThan(there.compiled[0]);
  });

  it('training takes plain steps where WebAssembly is forbidden, and says so once', async ({
    skip,
  }) => {
    const [report] = await visitAll(chromiumOr(skip), FORBIDDEN, [
      { runsIn: 'worker', headers: policy() },
    ]);
    expect(report).not.toHaveProperty('failure');
    const there = report as Trained;
    expect(there.gemm).toBe('reference');
    expect(there.warnings).toHaveLength(1);
    expect(there.warnings[0]).toContain("Allow 'wasm-unsafe-eval' in the content security policy");
    const here = await trainNet(false);
    expect(here.warnings).toEqual([]);
    expect(there.losses).toHaveLength(here.losses.length);
    there.losses.forEach((loss, k) => {
      expect(Math.abs(loss - here.losses[k])).toBeLessThan(1e-10);
    });
  });
});
