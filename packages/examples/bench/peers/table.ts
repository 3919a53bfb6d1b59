// The measurements as tables in Markdown.
import type { Bundle } from './bundles.js';
import { BARE, type Comparison, type Row, ratio } from './figures.js';

/** Aligned, so that it is readable as text too: the first column to the left, the others to the right. */
export function markdownTable(
  head: readonly string[],
  body: readonly (readonly string[])[],
): string {
  const widths = head.map((title, i) =>
    Math.max(3, title.length, ...body.map((cells) => cells[i].length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join(' | ')} |`;
  const rule = widths.map((width, i) =>
    i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...body.map(line)].join('\n');
}

/** Three digits or so, without an exponent: 0.42, 7.31, 52.8, 1041. */
export function figure(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–';
  if (value >= 100) return String(Math.round(value));
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

const unique = (items: readonly string[]): string[] => [...new Set(items)];
export const columnOf = ({ lib, variant }: Row): string => `${lib}, ${variant}`;

/** Median microseconds: a row for each task, a column for each contender. */
export function timeTable(title: string, rows: readonly Row[]): string {
  const columns = unique(rows.map(columnOf));
  const body = unique(rows.map(({ config }) => config)).map((config) => [
    config,
    ...columns.map((column) => {
      const row = rows.find((each) => each.config === config && columnOf(each) === column);
      return figure(row?.medianMicroseconds ?? null);
    }),
  ]);
  return markdownTable([title, ...columns], body);
}

/** Peer time ÷ ours, compiled and eager, leaving out what can't be compared; null where nothing can. */
export function ratioTable(
  title: string,
  rows: readonly Row[],
  comparisons: readonly Comparison[],
): string | null {
  const configs = unique(rows.map(({ config }) => config));
  const columns = comparisons
    .flatMap((comparison) =>
      (['compiled', 'eager'] as const).map((mode) => ({
        head: `${comparison.title} ÷ ${mode} ${comparison.against}`,
        ratios: configs.map((config) => ratio(rows, config, comparison, mode)),
      })),
    )
    .filter(({ ratios }) => ratios.some((each) => each !== null));
  if (columns.length === 0) return null;
  const body = configs
    .map((config, i) => [config, ...columns.map(({ ratios }) => figure(ratios[i]))])
    .filter((_, i) => columns.some(({ ratios }) => ratios[i] !== null));
  return markdownTable([title, ...columns.map(({ head }) => head)], body);
}

/** Milliseconds from the start, how many bare processes that is, and how many of ours. */
export function startTable(rows: readonly Row[]): string {
  const bare = rows.find(({ config }) => config === BARE)?.medianMicroseconds ?? Number.NaN;
  const ours = rows.find(({ lib }) => lib === 'retrograd')?.medianMicroseconds ?? Number.NaN;
  const body = rows.map(({ lib, variant, medianMicroseconds: time, config }) => [
    config === BARE ? `${lib} ${variant}, nothing computed` : `${lib}, ${variant}`,
    figure(time / 1000),
    figure(time / bare),
    figure(time / ours),
  ]);
  return markdownTable(['program', 'ms', '÷ bare node', '÷ ours'], body);
}

/** In kB of 1,000 bytes. */
export function bundleTable(bundles: readonly Bundle[]): string {
  const body = bundles.map(({ name, minified, gzipped }) => [
    name,
    figure(minified / 1000),
    figure(gzipped / 1000),
  ]);
  return markdownTable(['bundle', 'kB minified', 'kB gzipped'], body);
}
