// The tables and the page that the comparison ends with.
import { describe, expect, it } from 'vitest';
import type { Comparison, Row } from '../../../bench/peers/figures.js';
import {
  agreement,
  figure,
  markdownTable,
  page,
  ratioTable,
  timeTable,
} from '../../../bench/peers/table.js';

const row = (config: string, lib: string, variant: string, time: number, loss = 1): Row => ({
  config,
  lib,
  variant,
  medianMicroseconds: time,
  loss,
});

const rows = [
  row('2-2/1', 'retrograd', 'compiled wasm', 4),
  row('2-2/1', 'TF.js', '1 cpu', 500),
  row('9-9/1', 'retrograd', 'compiled wasm', 1234),
];
const cpu: Comparison = {
  title: 'TF.js cpu',
  lib: 'TF.js',
  matches: (variant) => variant.endsWith('cpu'),
  against: 'wasm',
};
const jax: Comparison = { title: 'JAX', lib: 'JAX', matches: () => true, against: 'blas' };

describe('tables', () => {
  it('are aligned: the first column to the left, the others to the right', () => {
    expect(
      markdownTable(
        ['net', 'time'],
        [
          ['a', '1'],
          ['long', '22222'],
        ],
      ),
    ).toBe(
      ['| net  |  time |', '| ---- | ----: |', '| a    |     1 |', '| long | 22222 |'].join('\n'),
    );
  });

  it('give figures about three digits, and a dash for what is not known', () => {
    expect([0.4213, 7.3, 52.84, 1040.6, Number.NaN, null].map(figure)).toEqual([
      '0.42',
      '7.30',
      '52.8',
      '1041',
      '–',
      '–',
    ]);
  });

  it('of times have a row for each net and a column for each contender', () => {
    const [head, , ...body] = timeTable(rows).split('\n');
    expect(head).toMatch(/^\| net\/batch \| retrograd, compiled wasm \| TF\.js, 1 cpu \|$/);
    expect(body.map((line) => line.match(/\S+/g)?.filter((word) => word !== '|'))).toEqual([
      ['2-2/1', '4.00', '500'],
      ['9-9/1', '1234', '–'],
    ]);
  });

  it('of ratios leave out whoever took no part at all', () => {
    const [head, , first, second] = ratioTable(rows, [cpu, jax]).split('\n');
    expect(head).toContain('TF.js cpu ÷ compiled wasm');
    expect(head).not.toContain('JAX');
    expect(first.match(/[\d.]+(?= \|)|–/g)).toEqual(['125', '–']);
    expect(second.match(/–/g)).toHaveLength(2);
  });
});

describe('the page', () => {
  const outcome = { machine: '2 × CPU', date: '2025-01-01', rounds: 1, seconds: 2, steps: 5, rows };

  it('says when, where and how, that the losses agree, and who was absent', () => {
    const absent = [{ name: 'JAX', reason: 'there is no Python' }];
    const text = page({ ...outcome, absent, notes: [] }, [cpu]);
    expect(text).toContain('on 2025-01-01 by `npm run bench:peers` on 2 × CPU');
    expect(text).toContain('1 round of 2 s');
    expect(text).toContain('all losses agree within 0.001');
    expect(text).toContain('## Absent\n\n- JAX: there is no Python\n');
    expect(text).not.toContain('## Beside them');
  });

  it('names whose loss differs, and by how much', () => {
    const odd = row('2-2/1', 'JAX', 'XLA', 3, 1.5);
    expect(agreement([...rows, odd], 5)).toBe(
      'LOSSES DIFFER after 5 steps from the same weights:\n2-2/1: JAX, XLA has 1.5',
    );
  });
});
