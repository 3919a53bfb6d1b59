// The page that is kept.
import { describe, expect, it } from 'vitest';
import { BARE, type Comparison, type Row } from '../../../bench/peers/figures.js';
import { agreement, type Outcome, page, rowsOf, startRounds } from '../../../bench/peers/page.js';

const row = (config: string, lib: string, variant: string, time: number, loss = 1): Row => ({
  config,
  lib,
  variant,
  medianMicroseconds: time,
  loss,
});

const steps = [row('2-2/1', 'retrograd', 'compiled wasm', 4), row('2-2/1', 'TF.js', '1 wasm', 500)];
const ops = [row('matmul 16', 'retrograd', 'eager wasm', 2, 9)];
const starts = [row(BARE, 'Node', '20', 100_000, 0)];
const nothing: Outcome = {
  machine: '2 × CPU',
  date: '2025-01-01',
  rounds: 1,
  seconds: 2,
  steps: [],
  ops: [],
  starts: [],
  digits: [],
  bundles: [],
  absent: [],
  notes: [],
};
const wasm: Comparison = {
  title: 'TF.js wasm',
  lib: 'TF.js',
  matches: (variant) => variant.endsWith('wasm'),
  against: 'wasm',
};

describe('the page', () => {
  it('says when, where and how, that the results agree, and who was absent', () => {
    const absent = [{ name: 'JAX', reason: 'there is no Python' }];
    const text = page({ ...nothing, steps, absent }, [wasm]);
    expect(text).toContain('on 2025-01-01 by `npm run bench:peers` on 2 × CPU');
    expect(text).toContain('1 round of 2 s');
    expect(text).toContain('All results agree within 0.001');
    expect(text).toContain('## Absent\n\n- JAX: there is no Python\n');
    expect(text).not.toContain('## Beside them');
  });

  it('has a chapter for each part that ran, and none for the others', () => {
    const chapters = (outcome: Partial<Outcome>) =>
      page({ ...nothing, ...outcome }, [wasm]).match(/^## .*$/gm);
    expect(chapters({})).toBeNull();
    expect(chapters({ steps })).toEqual(['## One training step', '## Agreement']);
    const bundles = [{ name: 'a', minified: 2000, gzipped: 1000 }];
    const digits = [{ lib: 'retrograd', variant: 'compiled wasm', seconds: [1], accuracies: [1] }];
    expect(chapters({ steps, ops, digits, starts, bundles, notes: ['a note'] })).toEqual([
      '## One training step',
      '## Single operations',
      '## A whole training: handwritten digits',
      '## Process start to first gradient',
      '## Size in a bundle',
      '## Agreement',
      '## Beside them',
    ]);
  });

  it('gives times alone where nobody is there to be compared with', () => {
    const text = page({ ...nothing, ops }, [wasm]);
    expect(text).not.toContain('Peer time');
    expect(text).toContain('### Microseconds');
  });

  it('says how many starts its medians are of: five at least', () => {
    expect([1, 5, 9].map(startRounds)).toEqual([5, 5, 9]);
    expect(page({ ...nothing, starts }, [])).toContain('medians of 5.');
  });

  it('keeps the rows of all parts in its order', () => {
    expect(rowsOf({ ...nothing, steps, ops, starts })).toEqual([...steps, ...ops, ...starts]);
  });

  it('names whose result differs, and by how much', () => {
    const odd = row('2-2/1', 'JAX', 'XLA', 3, 1.5);
    expect(agreement([...steps, odd])).toBe('RESULTS DIFFER:\n2-2/1: JAX, XLA has 1.5');
  });
});
