// Data: from a table to tensors. Rows without gaps, features and targets, a part to train on and a part to test with.

import type { Tensor } from '@retrograd/autograd';
import { checkFloatDType, type FloatDType } from '../init.js';
import type { Batch } from './batches.js';
import { DataError } from './errors.js';
import { encode, type Feature, type FilledColumn, featureNames, fitFeatures } from './features.js';
import { randomSplit, type Split, stratifiedSplit } from './split.js';
import type { Standardizer } from './standardizer.js';
import {
  type DataSummary,
  formatSummary,
  missingIn,
  type Role,
  summarizeColumn,
} from './summary.js';
import { type Column, checkTable, columnOf, listed, rowNumberOf, type Table } from './table.js';
import { encodeTarget, readTarget, type Target, type Task, targetScale } from './targets.js';

export interface PrepareOptions {
  /** The name of the column to be predicted. */
  target: string;
  /** Default: classification for categories and for few whole numbers, and regression otherwise. */
  task?: Task;
  /** Columns to be left out. */
  ignore?: readonly string[];
  /** What a cell without a value holds. Default: nothing, NA, NaN, null, or a dot. */
  missing?: readonly string[];
  /** The part of the rows that is kept for the test; of each class in classification. Default: 0.25. */
  testFraction?: number;
  /** What the rows of the test are drawn by. Default: 0. */
  seed?: number;
  /** Whether numbers to be predicted are standardised, by the training part. Default: true. */
  standardizeTarget?: boolean;
  /** Of inputs and of numbers to be predicted. Default: float32. */
  dtype?: FloatDType;
}

/** A table as tensors. */
export class PreparedData {
  readonly task: Task;
  /** The column that is predicted. */
  readonly target: string;
  /** x: [rows, features]; y: class indices, int32 [rows], or numbers, [rows, 1]. */
  readonly train: Batch;
  readonly test: Batch;
  /** How columns are encoded. */
  readonly features: readonly Feature[];
  /** The names of the columns of x. */
  readonly featureNames: readonly string[];
  /** The names of the classes, in the order of their indices; none in regression. */
  readonly classes: readonly string[];
  /** What undoes the standardisation of predicted numbers: `targetScale.undo(z)`. */
  readonly targetScale: Standardizer;
  readonly summary: DataSummary;
  readonly #dtype: FloatDType;
  readonly #missing: readonly string[] | undefined;

  /** @internal Use `prepareData(table, options)`. */
  constructor(parts: Prepared) {
    this.task = parts.read.task;
    this.target = parts.target;
    this.train = parts.train;
    this.test = parts.test;
    this.features = parts.features;
    this.featureNames = featureNames(parts.features);
    this.classes = parts.read.classes;
    this.targetScale = parts.scale;
    this.summary = parts.summary;
    this.#dtype = parts.dtype;
    this.#missing = parts.missing;
  }

  /** How many features a network takes. */
  get inputs(): number {
    return this.featureNames.length;
  }

  /** How many outputs a network gives: one for each class, or one number. */
  get outputs(): number {
    return this.task === 'classification' ? this.classes.length : 1;
  }

  /**
   * Other rows as inputs, encoded and standardised like those trained on: [rows, features]. The table may have more
   * columns, in any order.
   * @throws DataError for missing columns and values, texts among numbers, and categories that were never seen.
   */
  encode(table: Table): Tensor<[number, number]> {
    const columns = this.features.map(({ name }) => columnOf(table, name, this.#missing, 'encode'));
    const rows = Int32Array.from(table.rows, (_, i) => i);
    return encode(this.features, columns, rows, this.#dtype, (i) => rowNumberOf(table, i));
  }

  /** What was found, in lines for a terminal. */
  toString(): string {
    return formatSummary(this.summary);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

interface Prepared {
  readonly read: Target;
  readonly target: string;
  readonly train: Batch;
  readonly test: Batch;
  readonly features: readonly Feature[];
  readonly scale: Standardizer;
  readonly summary: DataSummary;
  readonly dtype: FloatDType;
  readonly missing: readonly string[] | undefined;
}

/**
 * Makes tensors of a table. Columns are typed by their first value, rows with a missing value are left out and counted;
 * categories become one-hot features, numbers are standardised by the mean and standard deviation of the training part.
 *
 * ```ts
 * const data = prepareData(readCsv('penguins.csv'), { target: 'species', seed: 7 });
 * console.log(data);                                    // the summary
 * const model = sequential(dense(data.inputs, 16), tanh, dense(16, data.outputs));
 * await train(model, data.train, { loss: crossEntropy, optimizer: adam(model.parameters()) });
 * ```
 *
 * @throws DataError for an unknown column, no complete row, no feature, a target with one value only, a text among
 *   numbers; ArgumentError for options out of range.
 */
export function prepareData(table: Table, options: PrepareOptions): PreparedData {
  const { target, ignore = [], testFraction = 0.25, seed = 0 } = options;
  const dtype = checkFloatDType('prepareData', options.dtype ?? 'float32');
  checkTable('prepareData', table);
  for (const name of [target, ...ignore]) checkColumn(table, name);
  if (ignore.includes(target)) {
    throw new DataError(
      `prepareData: the target is a column that is used, got '${target}', which is ignored. Choose one of the two.`,
    );
  }
  const columns = table.columns.map(
    (name): Column =>
      ignore.includes(name)
        ? { kind: 'empty', name }
        : columnOf(table, name, options.missing, 'prepareData'),
  );
  const targetColumn = columns[table.columns.indexOf(target)];
  const used = columns.filter(isFilled);
  const inputs = used.filter((column) => column !== targetColumn);
  if (!isFilled(targetColumn) || inputs.length === 0) throw nothingIn(target, targetColumn);

  const rows = completeRows(table, used);
  const read = readTarget(targetColumn, rows, options.task);
  const { train, test } = splitRows(read, rows, testFraction, seed);
  const features = fitFeatures(inputs, rows, train);
  const scale = targetScale(read, targetColumn, train, options.standardizeTarget ?? true);
  const samples = (part: Int32Array): Batch => ({
    x: encode(features, inputs, part, dtype, (i) => rowNumberOf(table, i)),
    y: encodeTarget(read, targetColumn, scale, part, dtype),
  });
  const roleOf = (name: string): Role =>
    name === target ? 'target' : ignore.includes(name) ? 'ignored' : 'feature';
  const summary: DataSummary = {
    rows: table.rows.length,
    used: rows.length,
    train: train.length,
    test: test.length,
    columns: columns.map((column) => {
      const classes = column === targetColumn ? read.classes : [];
      return summarizeColumn(column, roleOf(column.name), rows, table.rows.length, classes);
    }),
  };
  return new PreparedData({
    read,
    target,
    train: samples(train),
    test: samples(test),
    features,
    scale,
    summary,
    dtype,
    missing: options.missing,
  });
}

function checkColumn({ columns }: Table, name: string): void {
  if (columns.includes(name)) return;
  const hint = columns.length === 1 ? 'Is the delimiter right?' : 'Check the name.';
  throw new DataError(
    `prepareData: the table has the columns ${listed(columns)}, got '${name}'. ${hint}`,
  );
}

function isFilled(column: Column): column is FilledColumn {
  return column.kind !== 'empty';
}

function nothingIn(target: string, column: Column): DataError {
  return isFilled(column)
    ? new DataError(
        `prepareData: at least one column beside the target '${target}' has values, got none. ` +
          'Bring columns to predict from, or ignore fewer.',
      )
    : new DataError(
        `prepareData: the target has values, got none in any row of '${target}'. Choose another column.`,
      );
}

/** The positions of the rows that have a value in every column. */
function completeRows(table: Table, columns: readonly FilledColumn[]): Int32Array {
  const complete = table.rows.flatMap((_, i) =>
    columns.every(({ kind, values }) =>
      kind === 'number' ? !Number.isNaN(values[i]) : values[i] !== null,
    )
      ? [i]
      : [],
  );
  if (complete.length > 0) return Int32Array.from(complete);
  const counts = columns.map((column) => `'${column.name}' ${missingIn(column)}`);
  throw new DataError(
    `prepareData: at least one row has a value in every column, got none of ${table.rows.length} rows; ` +
      `missing values by column: ${counts.join(', ')}. Ignore the columns with the most.`,
  );
}

/** Positions in the table, split with every class in its share. */
function splitRows({ labels }: Target, rows: Int32Array, fraction: number, seed: number): Split {
  const { train, test } =
    labels === null
      ? randomSplit(rows.length, fraction, seed)
      : stratifiedSplit(
          rows.map((row) => labels[row]),
          fraction,
          seed,
        );
  return { train: train.map((i) => rows[i]), test: test.map((i) => rows[i]) };
}
