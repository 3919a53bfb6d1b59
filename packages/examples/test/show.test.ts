import { describe, expect, it, vi } from 'vitest';
import { bar, curve, exponential, logBar, scatter, table, whenRun } from '../src/show.js';

describe('text pictures', () => {
  it('set the columns of a table below each other', () => {
    expect(table(['a', 'bb'], [['ccc', 'd']])).toBe('a    bb\n───  ──\nccc  d');
  });

  it('fill a bar to an eighth of a cell, and never beyond its ends', () => {
    expect(bar(0.5, 1, 4)).toBe('██  ');
    expect(bar(1 / 32, 1, 4)).toBe('▏   ');
    expect(bar(7, 1, 4)).toBe('████');
    expect(bar(-1, 1, 4)).toBe('    ');
    expect(bar(1, 0, 4)).toBe('    ');
    expect(bar(Number.NaN, 1, 4)).toBe('    ');
    expect(bar(Number.POSITIVE_INFINITY, 1, 4)).toBe('████');
    expect(bar(1, Number.POSITIVE_INFINITY, 4)).toBe('    ');
  });

  it('fill a bar by orders of magnitude', () => {
    expect(logBar(1e-2, 1e-4, 1, 4)).toBe('██  ');
    expect(logBar(0, 1e-4, 1, 4)).toBe('    ');
    expect(logBar(Number.NaN, 1e-4, 1, 4)).toBe('    ');
  });

  it('draw a curve from its first value to its last', () => {
    expect(curve([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█');
    expect(curve([0, 1, 2, 3, 4, 5, 6, 7, 7], { width: 3 })).toBe('▁▅█');
    expect(curve([5, 5])).toBe('▁▁');
    expect(curve([])).toBe('');
    expect(curve([9, -9], { low: 0, high: 1 })).toBe('█▁');
  });

  it('draw a curve that has run away', () => {
    expect(curve([1, 2, Number.NaN, Number.POSITIVE_INFINITY])).toBe('▁█ █');
    expect(curve([Number.NaN])).toBe(' ');
  });

  it('set points in a frame, darker where there are more', () => {
    const points = [0, 0, 0, 4, 4, 9].map((x): [number, number] => [x, x]);
    const lines = scatter(points, { width: 4, height: 2, x: [0, 4], y: [0, 4] }).split('\n');
    expect(lines).toEqual(['       4 │   •', '       0 │●', '         └────', '          0  4']);
    expect(scatter([], { width: 2, height: 1, x: [0, 1], y: [0, 1], under: () => '/' })).toContain(
      '│//',
    );
    expect(scatter([[3, 5]], { width: 2, height: 2 })).toContain('│ ·');
  });

  it('write small numbers with an exponent, and 0 as 0', () => {
    expect(exponential(1.23e-13)).toBe('1.2e-13');
    expect(exponential(0)).toBe('0');
  });
});

describe('a file that is imported', () => {
  it('does not run its program', () => {
    const program = vi.fn();
    whenRun(import.meta.url, program);
    expect(program).not.toHaveBeenCalled();
  });
});
