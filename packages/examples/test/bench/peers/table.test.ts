// The tables that the comparison ends with.
import { describe, expect, it } from 'vitest';
import { BARE, type Comparison, type Row } from '../../../bench/peers/figures.js';
import {
  bundleTable,
  figure,
  markdownTable,
  ratioTable,
  startTable,
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
    const [head, , ...body] = timeTable('net/batch', rows).split('\n');
    expect(head).toMatch(/^\| net\/batch \| retrograd, compiled wasm \| TF\.js, 1 cpu \|$/);
    expect(body.map((line) => line.match(/\S+/g)?.filter((word) => word !== '|'))).toEqual([
      ['2-2/1', '4.00', '500'],
      ['9-9/1', '1234', '–'],
    ]);
  });

  it('of ratios leave out whoever took no part at all, and our variants that did not, and tasks without any', () => {
    const [head, , first, ...others] = (ratioTable('net/batch', rows, [cpu, jax]) ?? '').split(
      '\n',
    );
    expect(head).toContain('TF.js cpu ÷ compiled wasm');
    expect(head).not.toContain('JAX');
    expect(head).not.toContain('eager');
    expect(first.match(/[\d.]+(?= \|)|–/g)).toEqual(['125']);
    expect(others).toEqual([]);
  });

  it('of ratios are none where nothing can be compared', () => {
    expect(ratioTable('net/batch', rows, [jax])).toBeNull();
  });

  it('of starts count in bare processes and in ours', () => {
    const starts = [
      row(BARE, 'Node', '20', 100_000, 0),
      row('gradient', 'retrograd', 'bundled', 125_000),
      row('gradient', 'PyTorch', 'Python', 1_000_000),
    ];
    expect(startTable(starts).split('\n').slice(2)).toEqual([
      '| Node 20, nothing computed |  100 |        1.00 |   0.80 |',
      '| retrograd, bundled        |  125 |        1.25 |   1.00 |',
      '| PyTorch, Python           | 1000 |        10.0 |   8.00 |',
    ]);
  });

  it('of bundles are in kilobytes', () => {
    const [, , line] = bundleTable([{ name: 'a', minified: 50_400, gzipped: 9_876 }]).split('\n');
    expect(line.match(/\S+/g)).toEqual(['|', 'a', '|', '50.4', '|', '9.88', '|']);
  });
});
