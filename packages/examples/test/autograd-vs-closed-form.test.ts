import { describe, expect, it, vi } from 'vitest';
import { compareEveryWay, judgeFormulas, main } from '../src/autograd-vs-closed-form.js';

describe('the tape beside the closed form', () => {
  it('is equal to it to 1e-12 in every quantity of every layer', () => {
    const { report } = compareEveryWay();
    expect(report.rows).toHaveLength(16);
    for (const { relative } of report.rows) expect(relative).toBeLessThanOrEqual(1e-12);
  });

  it('is equal to it in both layouts and all three forms, with and without a penalty', () => {
    const { ways } = compareEveryWay();
    expect(ways).toHaveLength(12);
    for (const { largest } of ways) expect(largest).toBeLessThanOrEqual(1e-12);
  });

  it('names what is wrong with a formula, and finds nothing wrong with the right one', () => {
    const [right, ...wrong] = Object.values(judgeFormulas());
    expect(right.largest.relative).toBeLessThan(1e-12);
    expect(wrong.map(({ rows }) => rows.map(({ diagnosis }) => diagnosis?.kind))).toEqual([
      ['factor', 'factor'],
      ['missing-derivative', 'missing-derivative'],
      ['sign', 'sign'],
    ]);
  });

  it('is shown as a table', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    main();
    expect(log.mock.calls.flat().join('\n')).toMatch(/δ +\[33, 16\]/);
  });
});
