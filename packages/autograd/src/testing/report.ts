// What gradcheck returns when everything agrees: the largest error of every comparison, as a table.

import { inColumns, Printed } from '../tensor/text.js';

/** One comparison of a rule with differences. */
export interface ReportLine {
  /** The function. */
  readonly name: string;
  readonly order: 'first' | 'second';
  /** How the derivative was computed: `reverse mode`, `forward over reverse`, … */
  readonly mode: string;
  /** By what: `input 0`. */
  readonly by: string;
  /** The largest difference, relative to the largest derivative by that input. */
  readonly error: number;
}

export class GradcheckReport extends Printed {
  readonly name: string;
  readonly lines: readonly ReportLine[];

  /** @internal Made by `gradcheck`. */
  constructor(name: string, lines: readonly ReportLine[]) {
    super();
    this.name = name;
    this.lines = lines;
  }

  /** The largest relative error of the derivatives of one order; 0 if none was checked. */
  largest(order: ReportLine['order']): number {
    return this.lines.reduce(
      (most, line) => (line.order === order ? Math.max(most, line.error) : most),
      0,
    );
  }

  toString(): string {
    const rows = this.lines.map(({ order, mode, by, error }) => [
      order,
      mode,
      by,
      error.toExponential(1),
    ]);
    const table = inColumns([['order', 'mode', 'by', 'relative error'], ...rows]);
    return `gradcheck of ${this.name}\n${table}`;
  }
}
