// The examples' blackboard: tables, bars and curves in plain text, and the way a file knows that it is the program.

import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Runs `program` where its file is what `tsx` was asked to run, and not where a test or another file imports it. */
export function whenRun(url: string, program: () => void | Promise<void>): void {
  const started = process.argv[1];
  if (started !== undefined && realpathSync(started) === realpathSync(fileURLToPath(url))) {
    void program();
  }
}

/** Rows under a head, each column as wide as its widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  const rule = line(widths.map((width) => '─'.repeat(width)));
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** How full `value` makes a bar of `width` cells whose end means `most`, to an eighth of a cell. */
export function bar(value: number, most: number, width = 30): string {
  const share = value > 0 && most > 0 ? Math.min(value / most, 1) || 0 : 0;
  const eighths = Math.round(share * width * 8);
  const rest = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8];
  return ('█'.repeat(Math.floor(eighths / 8)) + rest).padEnd(width);
}

/** The same over orders of magnitude: empty at `least` and below, full at `most`. */
export function logBar(value: number, least: number, most: number, width = 30): string {
  if (!(value > least)) return ' '.repeat(width);
  return bar(Math.log10(value / least), Math.log10(most / least), width);
}

const HEIGHTS = '▁▂▃▄▅▆▇█';

/** A curve of one line, at most `width` cells wide, between `low` and `high`; a gap where a value is NaN. */
export function curve(
  values: readonly number[],
  { width = 48, low, high }: { width?: number; low?: number; high?: number } = {},
): string {
  const finite = values.filter(Number.isFinite);
  const bottom = low ?? Math.min(...finite);
  const top = high ?? Math.max(...finite);
  const count = Math.min(width, values.length);
  const cells = Array.from({ length: count }, (_, i) => {
    const value = values[count < 2 ? 0 : Math.round((i * (values.length - 1)) / (count - 1))];
    if (Number.isNaN(value)) return ' ';
    const share = top > bottom ? (value - bottom) / (top - bottom) : 0;
    return HEIGHTS[Math.round(Math.min(Math.max(share, 0), 1) * (HEIGHTS.length - 1))];
  });
  return cells.join('');
}

/** A small number as `1.2e-13`, 0 as `0`. */
export function exponential(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}
