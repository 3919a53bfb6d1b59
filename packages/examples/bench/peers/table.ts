// The measurements as tables in Markdown, and as the page that is kept.
import { type Comparison, disagreements, LOSS_TOLERANCE, type Row, ratio } from './figures.js';

/** Someone who took no part, and why. */
export interface Absence {
  readonly name: string;
  readonly reason: string;
}

/** All that is known at the end. */
export interface Outcome {
  readonly machine: string;
  readonly date: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly steps: number;
  readonly rows: readonly Row[];
  readonly absent: readonly Absence[];
  readonly notes: readonly string[];
}

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
const columnOf = ({ lib, variant }: Row): string => `${lib}, ${variant}`;

/** Median microseconds of a step: a row for each net, a column for each contender. */
export function timeTable(rows: readonly Row[]): string {
  const columns = unique(rows.map(columnOf));
  const body = unique(rows.map(({ config }) => config)).map((config) => [
    config,
    ...columns.map((column) => {
      const row = rows.find((each) => each.config === config && columnOf(each) === column);
      return figure(row?.medianMicroseconds ?? null);
    }),
  ]);
  return markdownTable(['net/batch', ...columns], body);
}

/** Peer time ÷ ours, compiled and eager. */
export function ratioTable(rows: readonly Row[], comparisons: readonly Comparison[]): string {
  const present = comparisons.filter(({ lib, matches }) =>
    rows.some((row) => row.lib === lib && matches(row.variant)),
  );
  const columns = present.flatMap((comparison) =>
    (['compiled', 'eager'] as const).map((mode) => ({ comparison, mode })),
  );
  const head = columns.map(({ comparison: c, mode }) => `${c.title} ÷ ${mode} ${c.against}`);
  const body = unique(rows.map(({ config }) => config)).map((config) => [
    config,
    ...columns.map(({ comparison, mode }) => figure(ratio(rows, config, comparison, mode))),
  ]);
  return markdownTable(['net/batch', ...head], body);
}

/** Whether all losses are the same, in words. */
export function agreement(rows: readonly Row[], steps: number): string {
  const odd = disagreements(rows);
  if (odd.length === 0) {
    return `After ${steps} steps from the same weights all losses agree within ${LOSS_TOLERANCE}, relative.`;
  }
  const list = odd.map((row) => `${row.config}: ${columnOf(row)} has ${row.loss}`);
  return `LOSSES DIFFER after ${steps} steps from the same weights:\n${list.join('\n')}`;
}

/** The page RESULTS.md. */
export function page(outcome: Outcome, comparisons: readonly Comparison[]): string {
  const { machine, date, rounds, seconds, steps, rows, absent, notes } = outcome;
  const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');
  const sections = [
    '# One training step, ours and theirs',
    `Measured on ${date} by \`npm run bench:peers\` on ${machine}. Everybody ran in turn, ${rounds} ` +
      `round${rounds === 1 ? '' : 's'} of ${seconds} s each; the figures are medians over the rounds. float32, ` +
      'softmax cross-entropy, relu and gradient descent unless the name says otherwise. Each step takes another batch ' +
      'than the one before and ends with its loss as a number.',
    '## Peer time ÷ ours (above 1, ours is faster)',
    `${ratioTable(rows, comparisons)}\n\nOf PyTorch, the best of its thread counts.`,
    '## Microseconds a step',
    timeTable(rows),
    agreement(rows, steps),
  ];
  if (notes.length > 0) sections.push('## Beside them', list(notes));
  if (absent.length > 0) {
    sections.push('## Absent', list(absent.map(({ name, reason }) => `${name}: ${reason}`)));
  }
  return `${sections.join('\n\n')}\n`;
}
