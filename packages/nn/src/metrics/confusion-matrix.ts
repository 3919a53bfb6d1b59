// The confusion matrix: what was taken for what, and every rate that follows from that.

import { ArgumentError } from '@retrograd/autograd';
import type { Classified } from './classes.js';

/**
 * How the values of the classes become one: their mean (`macro`), their mean weighted by the samples of each class
 * (`weighted`), or one value from the counts of all classes together (`micro`); `none` leaves one for each class.
 */
export type Average = 'macro' | 'micro' | 'weighted' | 'none';

/** What a class has of right and wrong predictions. */
interface Tally {
  /** Numerator and denominator of a rate. */
  readonly part: number;
  readonly whole: number;
  /** The samples of the class. */
  readonly support: number;
}

/** A rate with nothing below the line is 0: no NaN for classes without samples or without predictions. */
function rateOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function averaged(average: Average, tallies: readonly Tally[]): number | number[] {
  const rates = tallies.map(({ part, whole }) => rateOf(part, whole));
  switch (average) {
    case 'none':
      return rates;
    case 'macro':
      return rateOf(sumOf(rates), rates.length);
    case 'micro':
      return rateOf(sumOf(tallies.map((t) => t.part)), sumOf(tallies.map((t) => t.whole)));
    case 'weighted':
      return rateOf(
        sumOf(rates.map((rate, c) => rate * tallies[c].support)),
        sumOf(tallies.map((t) => t.support)),
      );
    default:
      throw new ArgumentError(
        `confusionMatrix: average is 'macro', 'micro', 'weighted' or 'none', got ${String(average)}. ` +
          'Pass one of these four.',
      );
  }
}

/** How many samples of each class (row) were taken for each class (column). */
export class ConfusionMatrix {
  /** counts[actual][predicted]. */
  readonly counts: readonly (readonly number[])[];
  readonly labels: readonly string[];

  /** @internal Use `confusionMatrix(prediction, target)`. */
  constructor({ predicted, actual, classes }: Classified, labels?: readonly string[]) {
    if (labels !== undefined && labels.length !== classes) {
      throw new ArgumentError(
        `confusionMatrix: labels has one name for each of ${classes} classes, got ${labels.length}. ` +
          'Pass as many names as the model has outputs.',
      );
    }
    const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
    predicted.forEach((guess, i) => {
      counts[actual[i]][guess]++;
    });
    this.counts = counts;
    this.labels = labels ?? counts.map((_, c) => String(c));
  }

  /** The number of samples. */
  get total(): number {
    return sumOf(this.support);
  }

  /** The number of samples of each class. */
  get support(): number[] {
    return this.counts.map(sumOf);
  }

  /** The share of samples that were classified right; NaN without samples. */
  get accuracy(): number {
    return sumOf(this.counts.map((row, c) => row[c])) / this.total;
  }

  /** The number of samples that were taken for each class. */
  get predicted(): number[] {
    return this.counts.map((_, c) => sumOf(this.counts.map((row) => row[c])));
  }

  /** Of what was taken for a class, the share that was of it; 0 for a class that nothing was taken for. */
  precision(average: 'none'): number[];
  precision(average?: Exclude<Average, 'none'>): number;
  precision(average?: Average): number | number[];
  precision(average: Average = 'macro'): number | number[] {
    return averaged(
      average,
      this.#tallies((c) => this.predicted[c]),
    );
  }

  /** Of what was of a class, the share that was taken for it; 0 for a class without samples. */
  recall(average: 'none'): number[];
  recall(average?: Exclude<Average, 'none'>): number;
  recall(average?: Average): number | number[];
  recall(average: Average = 'macro'): number | number[] {
    return averaged(
      average,
      this.#tallies((c) => this.support[c]),
    );
  }

  /** The harmonic mean of precision and recall, 2TP / (2TP + FP + FN); 0 for a class that doesn't occur. */
  f1(average: 'none'): number[];
  f1(average?: Exclude<Average, 'none'>): number;
  f1(average?: Average): number | number[];
  f1(average: Average = 'macro'): number | number[] {
    return averaged(
      average,
      this.#tallies((c) => (this.predicted[c] + this.support[c]) / 2),
    );
  }

  #tallies(whole: (c: number) => number): Tally[] {
    return this.counts.map((row, c) => ({ part: row[c], whole: whole(c), support: sumOf(row) }));
  }

  /** A table: rows are what samples are, columns what they were taken for. */
  toString(): string {
    const percent = (rate: number) => `${(100 * rate).toFixed(1)} %`;
    const recall = this.recall('none');
    const rows = [
      ['actual \\ predicted', ...this.labels, 'recall'],
      ...this.counts.map((row, c) => [this.labels[c], ...row.map(String), percent(recall[c])]),
      ['precision', ...this.precision('none').map(percent), ''],
    ];
    const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
    const table = rows.map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
        .join('  ')
        .trimEnd(),
    );
    const { total } = this;
    const right = total === 0 ? 'no samples' : `accuracy ${percent(this.accuracy)} of ${total}`;
    return [...table, right].join('\n');
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
