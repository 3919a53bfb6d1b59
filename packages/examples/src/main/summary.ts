// What the terminal shows besides the progress.
import {
  type ColumnSummary,
  MISSING,
  type PreparedData,
  type Table,
  type TrainReport,
} from '@retrograd/nn';
import { formatSeconds } from '../progress.js';
import type { TestResult } from './fit.js';
import type { Source } from './load.js';
import type { Plan } from './plan.js';
import type { ColumnRow } from './report/content.js';

/** A heading over a part of what is printed. */
export function heading(title: string): string {
  return `\n${title}\n${'─'.repeat(title.length)}`;
}

/** `4–16–16–3`. */
export function formatSizes(sizes: readonly number[]): string {
  return sizes.join('–');
}

/** The columns, what each is used for and what it holds. */
export function columnRows({ table, target, leftOut }: Source, data: PreparedData): ColumnRow[] {
  return data.summary.columns.map((column) => {
    const { name, role } = column;
    const missing = role === 'ignored' ? missingCells(table, name) : column.missing;
    const reason = leftOut.get(name) ?? (role === 'empty' ? 'left out: no values' : undefined);
    const used = name === target ? `target (${data.task})` : (reason ?? 'feature');
    return { name, role: used, contents: contentsOf(column), missing };
  });
}

/** Missing values of a column that isn't used, and that nothing else has counted. */
function missingCells({ columns, rows }: Table, name: string): number {
  const at = columns.indexOf(name);
  return rows.filter((row) => MISSING.includes(row[at].trim())).length;
}

/** Categories that are listed with their counts. */
const SHOWN_CATEGORIES = 8;

function contentsOf({ counts, range }: ColumnSummary): string {
  if (counts !== undefined) {
    const shown = counts.slice(0, SHOWN_CATEGORIES).map(([name, count]) => `${name} ${count}`);
    const more = counts.length - shown.length;
    return shown.join(', ') + (more > 0 ? `, and ${more} more` : '');
  }
  return range === undefined
    ? ''
    : `${short(range.min)} … ${short(range.max)}, mean ${short(range.mean)}`;
}

/** A number with at most four digits that count. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Columns that are listed one by one in the terminal; the report lists them all. */
const SHOWN_COLUMNS = 24;

/** The rows and columns of the file, in lines. */
export function dataLines(source: Source, data: PreparedData): string[] {
  const { rows, used, train, test, columns } = data.summary;
  const lacking = columns.filter(({ name, missing }) => missing > 0 && !source.leftOut.has(name));
  const missing = lacking.map((column) => `${column.name} ${column.missing}`).join(', ');
  const shown = columnRows(source, data);
  const [few, more] = [shown.slice(0, SHOWN_COLUMNS), shown.length - SHOWN_COLUMNS];
  const width = (of: (row: ColumnRow) => string) => Math.max(...few.map((row) => of(row).length));
  const [names, roles] = [width(({ name }) => name), width(({ role }) => role)];
  return [
    ...few.map(({ name, role, contents }) =>
      `  ${name.padEnd(names)}  ${role.padEnd(roles)}  ${contents}`.trimEnd(),
    ),
    ...(more > 0 ? [`  … and ${more} more columns`] : []),
    used === rows
      ? `  ${rows} rows, none with a missing value`
      : `  ${rows} rows, of which ${rows - used} with missing values ${rows - used === 1 ? 'is' : 'are'} left out (${missing})`,
    `  ${train} rows to train on, ${test} to test with`,
  ];
}

/** The network and how it is trained, as names and values. */
export function planEntries(plan: Plan): (readonly [string, string])[] {
  const { sizes, activation, loss, optimizer, mode, batchSize, epochs, lr, weightDecay } = plan;
  const step = mode === 'mini-batch' ? `mini-batches of ${batchSize}` : `${mode} mode`;
  const held =
    plan.validation === 0 ? 'none' : `${short(100 * plan.validation)} % of the training samples`;
  return [
    ['network', `${formatSizes(sizes)}, ${sizes.length > 2 ? activation : 'no hidden layer'}`],
    ['loss', loss],
    ['optimizer', `${optimizer}, learning rate ${lr}, weight decay ${weightDecay}`],
    ['steps', `${step}, ${counted(epochs, 'epoch')}`],
    ['held back', held],
    ['seed', String(plan.seed)],
  ];
}

/** The plan in one line. */
export function planLine(plan: Plan): string {
  const [network, loss, optimizer, steps] = planEntries(plan).map(([, value]) => value);
  return `  ${[network, loss, optimizer, steps].join('; ')}`;
}

/** How training ended, in a line. */
export function endLine({ epochs, elapsed, best, history }: TrainReport): string {
  const time = formatSeconds(elapsed / 1000);
  const kept =
    best === null
      ? ''
      : `; kept: the weights after epoch ${best.epoch}, validation loss ${short(best.loss)}`;
  const last = history.loss[history.loss.length - 1];
  return `  ${counted(epochs, 'epoch')} in ${time}, training loss ${short(last)}${kept}`;
}

/** Classes that a terminal has room for, side by side. */
const MOST_CLASSES_SHOWN = 12;

/** What the test came to, in lines. */
export function testLines(result: TestResult): string[] {
  if (result.kind === 'classes') {
    const { confusion } = result;
    if (confusion.labels.length > MOST_CLASSES_SHOWN) {
      const { value, label } = resultOf(result);
      return [
        `  ${value} ${label} (the report shows which of the ${confusion.labels.length} classes)`,
      ];
    }
    return confusion
      .toString()
      .split('\n')
      .map((line) => `  ${line}`);
  }
  const { actual, r2, meanAbsoluteError } = result;
  return [
    `  R² ${r2.toFixed(3)}, mean absolute error ${short(meanAbsoluteError)}, ${actual.length} samples`,
  ];
}

/** The result in a few words, such as `test accuracy 98.8 %`. */
export function resultOf(result: TestResult): { readonly value: string; readonly label: string } {
  if (result.kind === 'numbers') {
    return {
      value: `R² ${result.r2.toFixed(3)}`,
      label: `on ${result.actual.length} test samples`,
    };
  }
  const { accuracy, counts, total } = result.confusion;
  const right = counts.reduce((sum, row, c) => sum + row[c], 0);
  return { value: percent(accuracy), label: `test accuracy: ${right} of ${total} right` };
}

/** `1 epoch`, `2 epochs`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `98.8 %` */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
