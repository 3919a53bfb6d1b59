// In a browser that allows WebAssembly and forbids eval, the engine in a worker: the figures of Node.
import { describe, expect, it } from 'vitest';
import { chromiumOr, visitAll } from '../../../autograd/test/browser/chromium.js';
import { type Learned, learn } from './learning.js';

const POLICY = "default-src 'none'; connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

const WORKER = new URL('./worker.ts', import.meta.url);

describe('in a browser', () => {
  it('a net learns in a worker what it learns in Node, without eval', async ({ skip }) => {
    const [report] = await visitAll(chromiumOr(skip), WORKER, [
      { runsIn: 'worker', headers: { 'Content-Security-Policy': POLICY } },
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
});
