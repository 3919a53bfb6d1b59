// Models for people: the text that console.log shows.

import type { Variable } from '@retrograd/autograd';
import type { LayerFunction } from './typed-chain.js';

/** What is said about one layer. */
export interface Row {
  /** The module, or the function that stands as a layer. */
  readonly layer: object | LayerFunction;
  readonly depth: number;
  readonly name: string;
  readonly kind: string;
  readonly detail: string;
  /** The cells in its own fields. */
  readonly cells: readonly (readonly [name: string, cell: Variable])[];
}

/** How many numbers some cells hold. */
export function countOf(cells: Iterable<Variable>): number {
  let count = 0;
  for (const cell of cells) count += cell.size;
  return count;
}

/** 12345 as 12 345. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/**
 * A table with one line for each row, and the number of parameters at its foot, each tied cell counted once:
 *
 *     Sequential
 *       0  Dense  4 → 16   80
 *       1  tanh
 *       2  Dense  16 → 3   51
 *     131 parameters float32
 */
export function formatRows(rows: readonly Row[]): string {
  const seen = new Set<Variable>();
  const lines = rows.map(({ depth, name, kind, detail, cells }) => {
    const fresh = cells.map(([, cell]) => cell).filter((cell) => !seen.has(cell));
    for (const cell of fresh) seen.add(cell);
    const tied = cells.length > 0 && fresh.length === 0;
    const head = `${'  '.repeat(depth)}${name === '' ? '' : `${name}  `}${kind}`;
    return [head, detail, tied ? 'tied' : cells.length > 0 ? grouped(countOf(fresh)) : ''];
  });
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column].length)));
  const text = lines.map(([head, detail, count]) =>
    `${head.padEnd(widths[0])}  ${detail.padEnd(widths[1])}  ${count.padStart(widths[2])}`.trimEnd(),
  );
  const trained = [...seen].filter((cell) => cell.requiresGrad);
  const dtypes = [...new Set(trained.map((cell) => cell.dtype))].join(' and ');
  const other = countOf(seen) - countOf(trained);
  return [
    ...text,
    `${grouped(countOf(trained))} parameters ${dtypes}`.trimEnd() +
      (other > 0 ? `, ${grouped(other)} not trained` : ''),
  ].join('\n');
}
