// All that was measured as the page RESULTS.md.
import type { Bundle } from './bundles.js';
import { digitsSection, type Trained } from './digits.js';
import { type Comparison, disagreements, LOSS_TOLERANCE, type Row } from './figures.js';
import { bundleTable, columnOf, ratioTable, startTable, timeTable } from './table.js';

/** Someone who took no part, and why. */
export interface Absence {
  readonly name: string;
  readonly reason: string;
}

/** All that is known at the end; a part that didn't run is empty. */
export interface Outcome {
  readonly machine: string;
  readonly date: string;
  readonly rounds: number;
  readonly seconds: number;
  /** Training steps of nets. */
  readonly steps: readonly Row[];
  readonly ops: readonly Row[];
  readonly starts: readonly Row[];
  readonly digits: readonly Trained[];
  readonly bundles: readonly Bundle[];
  readonly absent: readonly Absence[];
  readonly notes: readonly string[];
}

/** Every row, in the order of the page. */
export function rowsOf({ steps, ops, starts }: Outcome): Row[] {
  return [...steps, ...ops, ...starts];
}

/** Whether everybody computed the same, in words. */
export function agreement(rows: readonly Row[]): string {
  const odd = disagreements(rows);
  if (odd.length === 0) return `All results agree within ${LOSS_TOLERANCE}, relative.`;
  const list = odd.map((row) => `${row.config}: ${columnOf(row)} has ${row.loss}`);
  return `RESULTS DIFFER:\n${list.join('\n')}`;
}

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

/** A chapter with both tables, or nothing where nothing was measured. */
function chapter(
  title: string,
  column: string,
  about: string,
  rows: readonly Row[],
  comparisons: readonly Comparison[],
): string[] {
  if (rows.length === 0) return [];
  const ratios = ratioTable(column, rows, comparisons);
  return [
    `## ${title}`,
    about,
    ...(ratios === null ? [] : ['### Peer time ÷ ours (above 1, ours is faster)', ratios]),
    '### Microseconds',
    timeTable(column, rows),
  ];
}

/** The page RESULTS.md. */
export function page(outcome: Outcome, comparisons: readonly Comparison[]): string {
  const { machine, date, rounds, seconds, steps, ops, starts, digits, bundles, absent, notes } =
    outcome;
  const sections = [
    '# Ours and theirs',
    `Measured on ${date} by \`npm run bench:peers\` on ${machine}. Everybody ran in turn, ${rounds} ` +
      `round${rounds === 1 ? '' : 's'} of ${seconds} s each (a third of that for single operations); the figures are ` +
      'medians over the rounds. float32. Of PyTorch, the ratios take the best of its thread counts.',
    ...chapter(
      'One training step',
      'net/batch',
      'Softmax cross-entropy, relu and gradient descent unless the name says otherwise. Each step takes another batch ' +
        'than the one before and ends with its loss as a number; losses are compared after five steps from the same weights.',
      steps,
      comparisons,
    ),
    ...chapter(
      'Single operations',
      'operation',
      'Forward only, but for the tape, where each operation is recorded and gone back through. Each call ends with the ' +
        'result, or an element of it where it is large, on the host; checksums of the results are compared.',
      ops,
      comparisons,
    ),
    ...digitsSection(digits),
  ];
  if (starts.length > 0) {
    sections.push(
      '## Process start to first gradient',
      'Fresh processes in turn, until the gradient of x·x at three places is printed; medians of ' +
        `${startRounds(rounds)}. Those for Node are bundled with their libraries.`,
      startTable(starts),
    );
  }
  if (bundles.length > 0) {
    sections.push(
      '## Size in a bundle',
      'For a browser, bundled and minified by esbuild, gzipped; 1 kB is 1,000 bytes.',
      bundleTable(bundles),
    );
  }
  const rows = rowsOf(outcome);
  if (rows.length > 0) sections.push('## Agreement', agreement(rows));
  if (notes.length > 0) sections.push('## Beside them', list(notes));
  if (absent.length > 0) {
    sections.push('## Absent', list(absent.map(({ name, reason }) => `${name}: ${reason}`)));
  }
  return `${sections.join('\n\n')}\n`;
}

/** Starts are short, and a few of them no median. */
export function startRounds(rounds: number): number {
  return Math.max(5, rounds);
}
