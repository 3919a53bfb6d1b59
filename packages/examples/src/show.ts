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

export interface ScatterOptions {
  readonly width?: number;
  readonly height?: number;
  /** [left, right] and [bottom, top]; default: from the least value to the greatest. */
  readonly x?: readonly [number, number];
  readonly y?: readonly [number, number];
  /** What is seen where there is no point, such as a line to compare with. */
  readonly under?: (x: number, y: number, cell: { width: number; height: number }) => string;
}

/**
 * Points [x, y] in a frame, darker where there are more of them; those outside of it are left out. A point [x, y, mark]
 * is shown by a letter of its own.
 */
export function scatter(
  points: readonly (readonly [x: number, y: number, mark?: string])[],
  options: ScatterOptions = {},
): string {
  const { width = 60, height = 16, under = () => ' ' } = options;
  const [left, right] = options.x ?? rangeOf(points.map(([x]) => x));
  const [bottom, top] = options.y ?? rangeOf(points.map(([, y]) => y));
  const cell = { width: (right - left) / width, height: (top - bottom) / height };
  const grid = Array.from({ length: height }, () => new Array<string>(width).fill(''));
  for (const [x, y, mark] of points) {
    if (!(x >= left && x <= right && y >= bottom && y <= top)) continue;
    const column = Math.min(Math.floor((x - left) / cell.width), width - 1);
    const row = Math.min(Math.floor((y - bottom) / cell.height), height - 1);
    const line = grid[height - 1 - row];
    line[column] = mark ?? DARKER[line[column]] ?? '·';
  }
  const lines = grid.map((row, i) => {
    const cells = row.map(
      (shown, j) =>
        shown || under(left + (j + 0.5) * cell.width, top - (i + 0.5) * cell.height, cell),
    );
    const mark = i === 0 ? top : i === height - 1 ? bottom : null;
    return `${mark === null ? '' : short(mark)}`.padStart(8).concat(' │', cells.join(''));
  });
  const axis = `${' '.repeat(9)}└${'─'.repeat(width)}`;
  const marks = `${' '.repeat(10)}${short(left).padEnd(width - short(right).length)}${short(right)}`;
  return [...lines.map((line) => line.trimEnd()), axis, marks].join('\n');
}

const DARKER: Readonly<Record<string, string>> = { '·': '•', '•': '●', '●': '●' };

const short = (value: number): string => String(Number(value.toPrecision(3)));

/** From the least to the greatest, and never empty. */
function rangeOf(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return high > low ? [low, high] : [low - 1, low + 1];
}

/** A small number as `1.2e-13`, 0 as `0`. */
export function exponential(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}
